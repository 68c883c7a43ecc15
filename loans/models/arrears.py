"""What is done about a late instalment: visits, an agreed day, and last of all the guarantors. Each is written once.

`due_on` is the due day of the oldest unpaid instalment when the row was written: it names the lateness. Once that
instalment is paid, what was done about it counts no more, and a later one begins anew.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from loans.models.guarantors import Guarantor
from loans.models.loans import Loan
from loans.models.products import MOST_RUPEES
from loans.querysets import AboutLatenessQuerySet

# Guarantors are never spoken to before so many visits about the instalment that is late now.
VISITS_BEFORE_GUARANTORS = 2


class AboutLateness(models.Model):
    """A row about a late instalment. A trigger refuses every UPDATE and DELETE."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("loan"))
    branch = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("branch"))
    due_on = models.DateField(_("late since"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("typed at"), default=timezone.now)

    objects = AboutLatenessQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def enterprise_id(self) -> int:
        return self.loan.enterprise_id

    @property
    def person_id(self) -> int:
        """The borrower: whose lateness it is."""
        return self.loan.person_id


class Visit(AboutLateness):
    """Somebody of the branch went to see a late borrower. Two on one day are one visit."""

    class Place(models.TextChoices):
        HOME = "home", _("At home")
        BUSINESS = "business", _("At the business")
        ELSEWHERE = "elsewhere", _("Elsewhere")

    class Met(models.TextChoices):
        BORROWER = "borrower", _("The borrower")
        HOUSEHOLD = "household", _("A grown-up of the household")
        NOBODY = "nobody", _("Nobody")

    class Outcome(models.TextChoices):
        PAYS = "pays", _("Will pay")
        HARDSHIP = "hardship", _("Cannot pay now: illness, loss or no sales")
        DISAGREES = "disagrees", _("Says that it is paid, or that the amount is wrong")
        UNWILLING = "unwilling", _("Does not want to pay")
        AWAY = "away", _("Was not there")
        MOVED = "moved", _("Has moved away")

    number = models.PositiveSmallIntegerField(_("visit"))
    visited_on = models.DateField(_("day of the visit"))
    place = models.CharField(_("where"), max_length=9, choices=Place.choices)
    whom_met = models.CharField(_("whom did you meet"), max_length=9, choices=Met.choices)
    outcome = models.CharField(_("what came of it"), max_length=9, choices=Outcome.choices)
    note = models.CharField(_("note for colleagues"), max_length=300, blank=True)

    SAFE_TO_COPY = {
        "id", "loan", "branch", "due_on", "by", "at", "number", "visited_on", "place", "whom_met", "outcome",
    }  # fmt: skip
    NEVER_COPIED = {"note"}

    class Meta:
        verbose_name = _("visit to a late borrower")
        verbose_name_plural = _("visits to late borrowers")
        indexes = [models.Index(fields=["loan", "due_on", "visited_on"], name="loans_visit_by_lateness")]
        constraints = [
            models.UniqueConstraint(fields=["branch", "loan", "due_on", "number"], name="loans_visit_number_once"),
            models.UniqueConstraint(fields=["branch", "loan", "visited_on"], name="loans_visit_once_a_day"),
            models.CheckConstraint(name="loans_visit_is_numbered", condition=Q(number__gte=1)),
            models.CheckConstraint(name="loans_visit_after_the_due_day", condition=Q(visited_on__gt=F("due_on"))),
            models.CheckConstraint(
                name="loans_visit_meets_whom_it_says",
                condition=~Q(whom_met="nobody") | Q(outcome__in=["away", "moved"]),
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"


class Promise(AboutLateness):
    """A day by which the borrower pays so much. Until it is over nobody reminds, visits or writes.

    Whether it was kept is computed of the ledger (`loans.promises`), never typed.
    """

    pay_on = models.DateField(_("pays by"))
    amount = models.IntegerField(_("amount, rupees"))

    SAFE_TO_COPY = {"id", "loan", "branch", "due_on", "by", "at", "pay_on", "amount"}
    NEVER_COPIED: set[str] = set()

    class Meta:
        verbose_name = _("agreed day of a late borrower")
        verbose_name_plural = _("agreed days of late borrowers")
        indexes = [models.Index(fields=["loan", "-id"], name="loans_promise_by_loan")]
        constraints = [
            models.CheckConstraint(name="loans_promise_is_of_money", condition=Q(amount__range=(1, MOST_RUPEES))),
            models.CheckConstraint(name="loans_promise_comes_later", condition=Q(pay_on__gt=F("due_on"))),
        ]

    def __str__(self) -> str:
        return f"promise {self.pk}"


class GuarantorContact(AboutLateness):
    """Somebody of the branch spoke with who vouched. The database refuses it before two visits about this lateness."""

    class Outcome(models.TextChoices):
        PASSES_ON = "passes_on", _("Will speak with the borrower")
        PAYS = "pays", _("Will pay, or see to it that it is paid")
        UNWILLING = "unwilling", _("Does not want to help")
        AWAY = "away", _("Was not reached")

    guarantor = models.ForeignKey(
        Guarantor, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("guarantor")
    )
    spoken_on = models.DateField(_("day of the talk"))
    outcome = models.CharField(_("what came of it"), max_length=9, choices=Outcome.choices)
    note = models.CharField(_("note for colleagues"), max_length=300, blank=True)

    SAFE_TO_COPY = {"id", "loan", "branch", "due_on", "by", "at", "guarantor", "spoken_on", "outcome"}
    NEVER_COPIED = {"note"}

    class Meta:
        verbose_name = _("talk with a guarantor")
        verbose_name_plural = _("talks with guarantors")
        indexes = [models.Index(fields=["loan", "due_on"], name="loans_contact_by_lateness")]
        constraints = [
            models.UniqueConstraint(fields=["branch", "guarantor", "spoken_on"], name="loans_guarantor_once_a_day"),
            models.CheckConstraint(name="loans_contact_after_the_due_day", condition=Q(spoken_on__gt=F("due_on"))),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"
