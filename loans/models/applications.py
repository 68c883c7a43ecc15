"""An application on its way through the lender's own steps: received, visited, guaranteed, decided, paid out."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from casework.models import BusinessPlan, Referral
from enterprises.models import Enterprise, Person
from journal.models import Versioned
from loans.models.products import MOST_MONTHS, MOST_RUPEES, FinancingPartner, Product, RefusalReason
from loans.querysets import ApplicationQuerySet
from loans.states import APPLICATION_MOVES, OPEN_APPLICATIONS, UNDECIDED, ApplicationState

USER = settings.AUTH_USER_MODEL


def together(*names: str) -> Q:
    """All of these columns are set, or none of them is."""
    return Q(**{f"{name}__isnull": True for name in names}) | Q(**{f"{name}__isnull": False for name in names})


def differ(name: str, other: str) -> Q:
    """Two people, as far as both are known: who makes is not who checks."""
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{other}__isnull": True}) | ~Q(**{name: F(other)})


class Application(Versioned):
    """One person asks one lender for one loan. `due_on` is the day by which the present step is to be taken."""

    class Place(models.TextChoices):
        HOME = "home", _("at home")
        WORK = "work", _("at the business")
        BOTH = "both", _("at home and at the business")

    reference = models.CharField(_("reference"), max_length=20, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="loan_applications")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="loan_applications")
    partner = models.ForeignKey(FinancingPartner, on_delete=models.PROTECT, related_name="applications")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    # Out of which fund: what may be lent, and to whom, belongs to the pair (`Offer`).
    scheme = models.ForeignKey(
        "loans.FundingScheme", on_delete=models.PROTECT, related_name="+", verbose_name=_("funding scheme")
    )
    branch = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("branch"))
    # Empty for those who walk into the branch by themselves.
    referral = models.OneToOneField(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="loan_application"
    )
    business_plan = models.ForeignKey(
        BusinessPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="loan_applications"
    )
    amount_wanted = models.IntegerField(_("amount, rupees"), validators=[MinValueValidator(1)])
    months = models.PositiveSmallIntegerField(_("months to repay"), validators=[MinValueValidator(1)])
    purpose = models.CharField(_("what the money is for"), max_length=200)
    state = models.CharField(
        _("state"), max_length=12, choices=ApplicationState.choices, default=ApplicationState.RECEIVED
    )
    officer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("loan officer"))
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    due_on = models.DateField(_("due day"))

    visited_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    visited_at = models.DateTimeField(_("visited"), null=True, blank=True)
    visit_place = models.CharField(_("where"), max_length=4, choices=Place.choices, blank=True)
    whom_met = models.CharField(_("whom you met"), max_length=200, blank=True)
    household_agrees = models.BooleanField(_("the household agrees"), null=True, blank=True)

    guaranteed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    guaranteed_at = models.DateTimeField(_("guarantors found"), null=True, blank=True)

    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    amount_approved = models.IntegerField(_("amount approved, rupees"), null=True, blank=True)
    refusal = models.ForeignKey(
        RefusalReason,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reason of the refusal"),
    )
    refusal_text = models.CharField(_("explanation"), max_length=300, blank=True)
    ask_again_on = models.DateField(_("ask again from"), null=True, blank=True)

    disbursed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    disbursed_at = models.DateTimeField(_("paid out"), null=True, blank=True)
    # Withdrawn because whoever applied no longer lets SMEDA share with the lender.
    unshared_at = models.DateTimeField(_("permission to share taken back"), null=True, editable=False)

    SAFE_TO_COPY = {
        "id", "version", "reference", "enterprise", "person", "partner", "product", "scheme", "branch", "referral",
        "business_plan", "amount_wanted", "months", "state", "officer", "received_at", "due_on", "visited_by",
        "visited_at", "visit_place", "household_agrees", "guaranteed_by", "guaranteed_at", "decided_by", "decided_at",
        "amount_approved", "refusal", "ask_again_on", "disbursed_by", "disbursed_at",
        "unshared_at",
    }  # fmt: skip
    NEVER_COPIED = {"purpose", "whom_met", "refusal_text"}

    MOVES = APPLICATION_MOVES
    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan application")
        verbose_name_plural = _("loan applications")
        indexes = [
            models.Index(
                fields=["branch", "due_on", "id"],
                name="loans_application_open",
                condition=Q(state__in=sorted(OPEN_APPLICATIONS)),
            ),
            models.Index(fields=["branch", "received_at", "id"], name="loans_application_by_branch"),
            # What is promised out of a fund and not given yet.
            models.Index(
                fields=["scheme"],
                include=["amount_approved"],
                name="loans_application_promised",
                condition=Q(state="approved"),
            ),
            models.Index(
                fields=["unshared_at", "id"], name="loans_application_unshared", condition=Q(unshared_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "partner"],
                condition=Q(state__in=sorted(OPEN_APPLICATIONS)),
                name="loans_one_open_application",
                violation_error_message=_("This person has an open application with the lender already."),
            ),
            models.CheckConstraint(
                name="loans_application_asks_for_something",
                condition=Q(amount_wanted__range=(1, MOST_RUPEES), months__range=(1, MOST_MONTHS)) & ~Q(purpose=""),
            ),
            models.CheckConstraint(
                name="loans_visited_by_at_and_facts_together",
                condition=Q(visited_by=None, visited_at=None, household_agrees=None, visit_place="", whom_met="")
                | (
                    Q(visited_by__isnull=False, visited_at__isnull=False, household_agrees__isnull=False)
                    & ~Q(visit_place="")
                    & ~Q(whom_met="")
                ),
            ),
            models.CheckConstraint(
                name="loans_guaranteed_by_and_at_together", condition=together("guaranteed_by", "guaranteed_at")
            ),
            models.CheckConstraint(
                name="loans_decided_by_and_at_together", condition=together("decided_by", "decided_at")
            ),
            models.CheckConstraint(
                name="loans_disbursed_by_and_at_together", condition=together("disbursed_by", "disbursed_at")
            ),
            models.CheckConstraint(
                name="loans_state_rests_on_its_steps",
                condition=Q(state="received", visited_at=None)
                | Q(state="visited", visited_at__isnull=False, guaranteed_at=None)
                | Q(state__in=["refused", "withdrawn"])
                | Q(
                    state__in=["guaranteed", "approved", "disbursed"],
                    visited_at__isnull=False,
                    household_agrees=True,
                    guaranteed_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="loans_approved_with_an_amount",
                condition=Q(
                    state__in=["approved", "disbursed"], decided_at__isnull=False, amount_approved__isnull=False
                )
                & Q(amount_approved__gte=1, amount_approved__lte=F("amount_wanted"))
                | Q(state="withdrawn")
                | Q(state__in=[*sorted(UNDECIDED), "refused"], amount_approved=None),
            ),
            models.CheckConstraint(
                name="loans_refused_with_reason_and_day",
                condition=Q(
                    state="refused", refusal__isnull=False, ask_again_on__isnull=False, decided_at__isnull=False
                )
                | (~Q(state="refused") & Q(refusal=None, ask_again_on=None, refusal_text="")),
            ),
            models.CheckConstraint(
                name="loans_disbursed_with_a_day",
                condition=Q(state="disbursed", disbursed_at__isnull=False)
                | (~Q(state="disbursed") & Q(disbursed_at=None)),
            ),
            models.CheckConstraint(
                name="loans_unshared_is_withdrawn", condition=Q(unshared_at=None) | Q(state="withdrawn")
            ),
            models.CheckConstraint(
                name="loans_appraiser_does_not_decide", condition=differ("decided_by", "visited_by")
            ),
            models.CheckConstraint(
                name="loans_verifier_does_not_decide", condition=differ("decided_by", "guaranteed_by")
            ),
            models.CheckConstraint(
                name="loans_verifier_does_not_disburse", condition=differ("disbursed_by", "guaranteed_by")
            ),
            models.CheckConstraint(
                name="loans_decider_does_not_disburse", condition=differ("disbursed_by", "decided_by")
            ),
            models.CheckConstraint(
                name="loans_appraiser_does_not_disburse", condition=differ("disbursed_by", "visited_by")
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("loans:application-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_APPLICATIONS

    @property
    def offer(self) -> Any:
        """What the product lends out of this fund; it stands for as long as the application does."""
        return self.product.offers.select_related("product", "scheme").get(scheme=self.scheme_id)

    @property
    def amount(self) -> int:
        """What is to be lent: the amount approved, and what was asked for until then."""
        return self.amount_wanted if self.amount_approved is None else self.amount_approved
