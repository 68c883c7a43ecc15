from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models import Document, DocumentKind
from journal.models import Versioned
from loans.models.applications import Application
from loans.querysets import RequestQuerySet
from loans.states import REQUEST_MOVES, RequestState

USER = settings.AUTH_USER_MODEL


class Request(Versioned):
    """One thing that the lender still needs for an application: a paper, or the answer to a question.

    Only that is open again; everything else stands. A paper answers by itself when it comes.
    """

    class Of(models.TextChoices):
        APPLICANT = "applicant", _("the applicant")
        SMEDA = "smeda", _("SMEDA's advisor")

    class Kind(models.TextChoices):
        PAPER = "paper", _("a paper")
        ADDRESS = "address", _("where home or business is")
        USE = "use", _("what the money buys")
        INCOME = "income", _("sales, costs or other income")
        DEBTS = "debts", _("other loans and debts")
        GUARANTORS = "guarantors", _("the guarantors")
        OTHER = "other", _("something else")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="requests")
    of = models.CharField(_("who is asked"), max_length=10, choices=Of.choices, default=Of.APPLICANT)
    kind = models.CharField(_("what is needed"), max_length=10, choices=Kind.choices)
    paper = models.ForeignKey(
        DocumentKind, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("which paper")
    )
    words = models.CharField(_("in words"), max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.WAITING)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(_("by when"))
    ended_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=600, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("why it is not needed any more"), max_length=300, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "application", "of", "kind", "paper", "state", "asked_by", "asked_at", "due_on", "ended_by",
        "ended_at", "document",
    }  # fmt: skip
    NEVER_COPIED = {"words", "answer", "reason"}

    MOVES = REQUEST_MOVES
    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("question of the lender")
        verbose_name_plural = _("questions of the lender")
        ordering = ["asked_at", "id"]
        indexes = [
            models.Index(fields=["due_on", "id"], name="loans_request_waiting", condition=Q(state="waiting")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "paper"],
                condition=Q(state="waiting", paper__isnull=False),
                name="loans_paper_asked_once",
                violation_error_message=_("This paper was asked for already."),
            ),
            models.CheckConstraint(
                name="loans_request_says_what",
                condition=Q(kind="paper", paper__isnull=False, of="applicant")
                | (~Q(kind="paper") & Q(paper=None) & ~Q(words="")),
            ),
            models.CheckConstraint(
                name="loans_request_ends_with_what_came",
                condition=Q(state="waiting", ended_by=None, ended_at=None, answer="", document=None, reason="")
                | Q(
                    state="answered",
                    kind="paper",
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                    document__isnull=False,
                    answer="",
                    reason="",
                )
                | (
                    Q(state="answered", ended_by__isnull=False, ended_at__isnull=False, document=None, reason="")
                    & ~Q(kind="paper")
                    & ~Q(answer="")
                )
                | (
                    Q(state="withdrawn", ended_by__isnull=False, ended_at__isnull=False, document=None, answer="")
                    & ~Q(reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("loans:request-detail", args=[self.pk])

    @property
    def what(self) -> Any:
        """The name of the paper, or what the question is about."""
        return self.paper.label if self.paper is not None else self.get_kind_display()

    @property
    def is_waiting(self) -> bool:
        return self.state == RequestState.WAITING

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for it: nobody does where the application has ended."""
        return self.is_waiting and self.application.is_open

    @property
    def is_of_applicant(self) -> bool:
        return self.of == self.Of.APPLICANT

    # Whose it is and where it stands, as the application says.
    @property
    def enterprise(self) -> Any:
        return self.application.enterprise

    @property
    def enterprise_id(self) -> int:
        return self.application.enterprise_id

    @property
    def person(self) -> Any:
        return self.application.person

    @property
    def person_id(self) -> int:
        return self.application.person_id

    @property
    def branch(self) -> Any:
        return self.application.branch

    @property
    def branch_id(self) -> int:
        return self.application.branch_id
