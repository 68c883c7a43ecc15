"""A death or a disability that somebody told of: the loan rests until somebody has been with the family."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from journal.models import Versioned
from loans.models.applications import USER
from loans.models.loans import Loan
from loans.querysets import MisfortuneQuerySet
from loans.states import MISFORTUNE_MOVES, OPEN_MISFORTUNES, MisfortuneState


class Misfortune(Versioned):
    """What happened to a borrower, who told of it, who visits the family, and what followed.

    While it is open every loan of the borrower rests (`Loan.frozen_for`): nobody reminds, nobody asks the guarantors.
    It counts as late all the same. Who verified it is never who forgives, and who reported it not who takes it back.
    """

    class Kind(models.TextChoices):
        DEATH = "death", _("The borrower died")
        DISABILITY = "disability", _("The borrower cannot work any more")

    class Ground(models.TextChoices):
        DEATH = "death", _("The borrower died")
        NO_WORK = "no_work", _("The borrower will never work again")
        LESS_WORK = "less_work", _("The borrower can work, and earns less for good")

    class Paper(models.TextChoices):
        COUNCIL = "council", _("Death certificate of the union council or NADRA")
        HOSPITAL = "hospital", _("Paper of a hospital or doctor")
        DISABILITY = "disability", _("Certificate of disability")
        ELDERS = "elders", _("Written word of imam or elders and two neighbours")

    class Ending(models.TextChoices):
        WAIVED = "waived", _("The loan was forgiven, wholly or in part")
        GOES_ON = "goes_on", _("It is true, and the loan goes on as agreed with the family")
        WRONG = "wrong", _("The report was wrong")

    branch = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("branch"))
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="misfortunes", verbose_name=_("loan"))
    kind = models.CharField(_("what happened"), max_length=10, choices=Kind.choices)
    happened_on = models.DateField(_("day on which it happened"))
    told_by = models.CharField(_("who told us"), max_length=120)
    reported_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("written down by"))
    reported_at = models.DateTimeField(_("written down"), default=timezone.now)
    state = models.CharField(
        _("state"), max_length=10, choices=MisfortuneState.choices, default=MisfortuneState.REPORTED
    )
    visitor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("who visits"))
    due_on = models.DateField(_("due day"))

    visited_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    visited_on = models.DateField(_("day of the visit"), null=True, blank=True)
    whom_met = models.CharField(_("whom you met"), max_length=200, blank=True)

    ground = models.CharField(_("why it is forgiven"), max_length=10, choices=Ground.choices, blank=True)
    paper = models.CharField(_("paper that was seen"), max_length=10, choices=Paper.choices, blank=True)
    paper_number = models.CharField(_("number or day of the paper"), max_length=60, blank=True)
    amount = models.IntegerField(_("amount to forgive, rupees"), null=True, blank=True)
    verified_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)

    ending = models.CharField(_("how it ended"), max_length=10, choices=Ending.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    ended_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "branch", "loan", "kind", "happened_on", "reported_by", "reported_at", "state", "visitor",
        "due_on", "visited_by", "visited_on", "ground", "paper", "amount", "verified_by", "verified_at", "ending",
        "ended_by", "ended_at",
    }  # fmt: skip
    NEVER_COPIED = {"told_by", "whom_met", "paper_number", "reason"}

    MOVES = MISFORTUNE_MOVES
    objects = MisfortuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("misfortune of a borrower")
        verbose_name_plural = _("misfortunes of borrowers")
        indexes = [
            models.Index(
                fields=["branch", "due_on", "id"],
                name="loans_misfortune_open",
                condition=Q(state__in=sorted(OPEN_MISFORTUNES)),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["loan"],
                condition=Q(state__in=sorted(OPEN_MISFORTUNES)),
                name="loans_one_open_misfortune",
                violation_error_message=_("This is written down already."),
            ),
            models.CheckConstraint(
                name="loans_misfortune_visited_by_somebody",
                condition=(Q(visited_by__isnull=False, visited_on__isnull=False) & ~Q(whom_met=""))
                | Q(visited_by=None, visited_on=None, whom_met="", state__in=["reported", "ended"]),
            ),
            models.CheckConstraint(
                name="loans_misfortune_proposed_with_paper",
                condition=(
                    Q(amount__gte=1, verified_by__isnull=False, verified_at__isnull=False, visited_by__isnull=False)
                    & ~Q(ground="")
                    & ~Q(paper="")
                    & ~Q(paper_number="")
                )
                | (
                    Q(amount=None, verified_by=None, verified_at=None, ground="", paper="", paper_number="")
                    & ~Q(state="proposed")
                    & ~Q(ending="waived")
                ),
            ),
            models.CheckConstraint(
                name="loans_misfortune_ended_how_by_whom",
                condition=(Q(state="ended", ended_by__isnull=False, ended_at__isnull=False) & ~Q(ending=""))
                | (~Q(state="ended") & Q(ended_by=None, ended_at=None, ending="")),
            ),
            models.CheckConstraint(
                name="loans_verifier_does_not_forgive",
                condition=~Q(ending="waived") | (Q(ended_by__isnull=False) & ~Q(ended_by=F("verified_by"))),
            ),
            models.CheckConstraint(
                name="loans_reporter_does_not_take_back",
                condition=~Q(ending="wrong") | (Q(ended_by__isnull=False) & ~Q(ended_by=F("reported_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"misfortune {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("loans:misfortune-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_MISFORTUNES

    @property
    def person(self) -> Any:
        return self.loan.person

    @property
    def person_id(self) -> int:
        return self.loan.person_id

    @property
    def enterprise(self) -> Any:
        return self.loan.enterprise

    @property
    def enterprise_id(self) -> int:
        return self.loan.enterprise_id
