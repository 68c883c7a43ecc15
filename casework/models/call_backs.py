from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.contacts import Contact
from casework.models.lots import Lot, drawn_with_place_and_day, not_by_its_author
from casework.querysets import CallBackQuerySet
from casework.states import CALL_BACK_MOVES, CallBackState

USER = settings.AUTH_USER_MODEL


class CallBack(Lot):
    """The lot of a contact: whether a manager calls the client and asks whether it was so, and what they say.

    What the client says takes the contact out of nothing by itself: the programme's manager decides.
    """

    class Answer(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")
        UNSURE = "unsure", _("cannot say")

    DONE_AT = "logged_at"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="call_backs")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="call_back")
    logged_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=CallBackState.choices, default=CallBackState.SPARED)
    # The days on which nobody was reached. Once the client says no, `due_on` is the day by which it is decided.
    tried_on = ArrayField(models.DateField(), blank=True, default=list)
    called_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    called_at = models.DateTimeField(null=True, blank=True)
    took_place = models.CharField(_("the talk took place"), max_length=10, choices=Answer.choices, blank=True)
    is_as_agreed = models.CharField(
        _("what was agreed is what stands there"), max_length=10, choices=Answer.choices, blank=True
    )
    is_content = models.CharField(_("the client is content"), max_length=10, choices=Answer.choices, blank=True)
    words = models.CharField(_("what the client said"), max_length=300, blank=True)
    settled_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(_("what was decided"), max_length=300, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "case", "contact", "author", "logged_at", "state", "read_at", "drawn_at", "due_on", "tried_on",
        "called_by", "called_at", "took_place", "is_as_agreed", "is_content", "settled_by", "settled_at",
    }  # fmt: skip
    NEVER_COPIED = {"words", "decision"}

    MOVES = CALL_BACK_MOVES
    objects = CallBackQuerySet.as_manager()

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        indexes = [
            models.Index(fields=["read_at", "due_on", "id"], name="casework_back_to_call", condition=Q(state="drawn")),
            models.Index(fields=["due_on", "id"], name="casework_back_to_decide", condition=Q(state="denied")),
            models.Index(fields=["author", "logged_at"], name="casework_back_by_author"),
        ]
        constraints = [
            drawn_with_place_and_day("casework_back_drawn_with_place_and_day"),
            not_by_its_author("casework_back_not_called_by_author", "called_by"),
            models.CheckConstraint(
                name="casework_back_called_by_somebody",
                condition=Q(state__in=["spared", "drawn", "ended"], called_by__isnull=True, called_at__isnull=True)
                | (
                    Q(state__in=["called", "denied", "settled", "vain"])
                    & Q(called_by__isnull=False, called_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="casework_back_says_whether_it_was",
                condition=(Q(state="called") & ~Q(took_place__in=["", "no"]))
                | Q(state__in=["denied", "settled"], took_place="no")
                | Q(state__in=["spared", "drawn", "ended", "vain"], took_place=""),
            ),
            models.CheckConstraint(
                name="casework_back_decided_by_somebody",
                condition=(Q(state="settled", settled_by__isnull=False, settled_at__isnull=False) & ~Q(decision=""))
                | (~Q(state="settled") & Q(settled_by__isnull=True, settled_at__isnull=True, decision="")),
            ),
        ]

    def __str__(self) -> str:
        return f"callback {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:call-back-detail", args=[self.pk])
