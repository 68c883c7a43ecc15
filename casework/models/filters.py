from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from casework.querysets import SavedFilterQuerySet
from journal.models import Versioned


class SavedFilter(Versioned):
    """What a colleague often looks for in the list of cases, under a name of their own. Nobody else sees it."""

    MOST = 12

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_filters")
    name = models.CharField(_("name"), max_length=40)
    # By the names of the list's own filters; never an address, so that it leads nowhere else.
    chosen = models.JSONField(_("what is looked for"))

    SAFE_TO_COPY = {"id", "version", "user"}
    NEVER_COPIED = {"name", "chosen"}

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [
            models.UniqueConstraint(
                "user",
                Lower("name"),
                name="casework_savedfilter_one_of_a_name",
                violation_error_message=_("You have a filter of this name already. Choose another name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('casework:case-list')}?{urlencode(self.chosen)}"
