import re

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from casework.querysets import (
    BusinessPlanQuerySet,
    CallQuerySet,
    CaseQuerySet,
    ContactQuerySet,
    EnquiryQuerySet,
    NoteQuerySet,
    ReferralQuerySet,
    StepKindQuerySet,
    StepQuerySet,
)
from casework.states import (
    BUSINESS_PLAN_MOVES,
    CASE_MOVES,
    REFERRAL_MOVES,
    BusinessPlanState,
    CaseState,
    ReferralState,
)
from enterprises.models import Enterprise, Grant, Help, Person
from journal.models import Versioned
from places.models import Bilingual, District

USER = settings.AUTH_USER_MODEL


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone call")
    OFFICE = "office", _("At our office")
    VISIT = "visit", _("Visit to the business")
    MESSAGE = "message", _("SMS or WhatsApp")
    EVENT = "event", _("Event or camp")


class Topic(Bilingual):
    """What an enquiry is about, as the helpdesk counts it."""

    code = models.SlugField(_("code"), unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    SAFE_TO_COPY = {"id", "name", "name_ur", "code", "order"}
    NEVER_COPIED: set[str] = set()

    class Meta:
        verbose_name = _("topic of enquiries")
        verbose_name_plural = _("topics of enquiries")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.label


class Enquiry(models.Model):
    """A question answered at the helpdesk. Most of a day's work; not a case, no clock."""

    channel = models.CharField(_("how they came"), max_length=10, choices=Channel.choices, default=Channel.PHONE)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, verbose_name=_("about"))
    district = models.ForeignKey(District, on_delete=models.PROTECT, verbose_name=_("district"))
    answer = models.CharField(_("answer given"), max_length=300)
    name = models.CharField(_("name, if they gave it"), max_length=120, blank=True)
    phone = models.CharField(_("phone, if they gave it"), max_length=16, blank=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {"id", "channel", "topic", "district", "office", "by", "at"}
    NEVER_COPIED = {"answer", "name", "phone"}

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["district", "-at", "-id"], name="casework_enquiry_by_district"),
            models.Index(fields=["phone"], name="casework_enquiry_by_phone"),
        ]

    def __str__(self) -> str:
        return f"enquiry {self.pk}"


class Case(Versioned):
    """The hand-holding of one enterprise: who has it, and what is due when. Never without an advisor and an office."""

    class Outcome(models.TextChoices):
        GRADUATED = "graduated", _("stands on its own")
        DROPPED_OUT = "dropped_out", _("does not want to go on")
        UNTRACEABLE = "untraceable", _("cannot be found")
        MOVED = "moved", _("moved away")
        DIED = "died", _("died")
        MERGED = "merged", _("joined with another case")

    enterprise = models.OneToOneField(Enterprise, on_delete=models.PROTECT, related_name="case")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="cases")
    advisor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.NEW)
    opened_at = models.DateTimeField(default=timezone.now)
    first_contact_due_on = models.DateField()
    first_contact_at = models.DateTimeField(null=True, blank=True)
    last_contact_at = models.DateTimeField(null=True, blank=True)
    next_contact_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("how it ended"), max_length=12, choices=Outcome.choices, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "enterprise", "person", "office", "advisor", "state", "opened_at", "first_contact_due_on",
        "first_contact_at", "last_contact_at", "next_contact_on", "closed_at", "outcome",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    MOVES = CASE_MOVES
    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(
                fields=["advisor", "first_contact_due_on", "id"], name="casework_uncalled", condition=Q(state="new")
            ),
            models.Index(fields=["office", "opened_at", "id"], name="casework_case_by_office"),
            # The case list, newest first, whether of one advisor or of all in sight.
            models.Index(fields=["advisor", "-opened_at", "-id"], name="casework_case_by_advisor"),
            models.Index(fields=["-opened_at", "-id"], name="casework_case_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="casework_called_once_contacted",
                condition=Q(state__in=["new", "closed"]) | Q(first_contact_at__isnull=False),
            ),
            models.CheckConstraint(
                name="casework_closed_with_day_and_outcome",
                condition=(Q(state="closed", closed_at__isnull=False) & ~Q(outcome=""))
                | (~Q(state="closed") & Q(closed_at__isnull=True, outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:case-detail", args=[self.pk])


class Contact(models.Model):
    """A call, a visit, a talk at the office: what was agreed, and how long it took."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contacts")
    channel = models.CharField(_("how"), max_length=10, choices=Channel.choices, default=Channel.PHONE)
    agreed = models.TextField(_("what was agreed"), max_length=1000)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10, validators=[MaxValueValidator(600)])
    next_on = models.DateField(_("next contact on"), null=True, blank=True)
    is_unasked = models.BooleanField(_("the client got in touch"), default=False, db_default=False)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {"id", "case", "channel", "minutes", "next_on", "is_unasked", "by", "at"}
    NEVER_COPIED = {"agreed"}

    objects = ContactQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "-at", "-id"], name="casework_contact_by_case")]
        constraints = [models.CheckConstraint(name="casework_contact_says_what", condition=~Q(agreed=""))]

    def __str__(self) -> str:
        return f"contact {self.pk}"


CALL_WAITS = Q(contact__isnull=True, arrived_at__isnull=True)


class Call(models.Model):
    """A call to make where no text may go to the phone, or none arrived: one for each kind of message, until said.

    It ends when somebody talked with the client, or when a later text of the kind arrived.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="calls")
    # The kind of message (portal/message_kinds.py); it says what the call is about.
    kind = models.CharField(max_length=60)
    # A text was given up. Otherwise none may go at all.
    is_lost = models.BooleanField(default=False, db_default=False)
    since = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="calls")
    arrived_at = models.DateTimeField(null=True)

    SAFE_TO_COPY = {"id", "case", "kind", "is_lost", "since", "due_on", "contact", "arrived_at"}
    NEVER_COPIED: set[str] = set()

    objects = CallQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_on", "id"], name="casework_call_to_make", condition=CALL_WAITS)]
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], condition=CALL_WAITS, name="casework_call_waits_once"),
            models.CheckConstraint(
                name="casework_only_a_lost_text_arrives_later", condition=Q(arrived_at__isnull=True) | Q(is_lost=True)
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"

    @property
    def enterprise_id(self) -> int:
        return self.case.enterprise_id

    @property
    def person_id(self) -> int:
        return self.case.person_id


class StepKind(Bilingual):
    """A step that plans are made of: its words, what to bring, and the event that closes it by itself."""

    class Owner(models.TextChoices):
        ENTREPRENEUR = "entrepreneur", _("the entrepreneur")
        ADVISOR = "advisor", _("the advisor")
        PARTNER = "partner", _("the partner")

    code = models.SlugField(_("code"), unique=True)
    owner = models.CharField(_("who does it"), max_length=12, choices=Owner.choices)
    bring = models.CharField(_("what to bring"), max_length=200, blank=True)
    bring_ur = models.CharField(_("what to bring, in Urdu"), max_length=200, blank=True)
    days = models.PositiveSmallIntegerField(_("usual days"), default=14)
    # The journal's event that closes such a step, and the `kind` it must carry in its data where one is named.
    closed_by_event = models.CharField(_("closed by event"), max_length=60, blank=True)
    closed_by_code = models.SlugField(_("closed by code"), blank=True)
    closed_by_hand = models.BooleanField(_("a colleague may say that it is done"), default=True)
    suggested_for = models.CharField(_("suggested to who asks for"), max_length=10, choices=Help.choices, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("offered in forms"), default=True)

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "code", "suggested_for", "owner", "bring", "bring_ur", "days", "closed_by_event",
        "closed_by_code", "closed_by_hand", "order", "is_open",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = StepKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of plan step")
        verbose_name_plural = _("kinds of plan steps")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                name="casework_step_kind_can_be_closed",
                condition=Q(closed_by_hand=True) | ~Q(closed_by_event=""),
                violation_error_message=_("Say which event closes this step, or let a colleague close it."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def names_a_loan(self) -> bool:
        """On a phone that others read, a message must not say such a step."""
        return self.closed_by_event.startswith("loans.")

    @property
    def things_to_bring(self) -> list[str]:
        """What to bring, one by one, in the reader's language; commas of both scripts part them."""
        return [thing.strip() for thing in re.split("[,،]", self.in_language("bring")) if thing.strip()]


class Step(models.Model):
    """One dated step of the plan, in plain words, with its owner; closed by an event or by a person."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    kind = models.ForeignKey(StepKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    due_on = models.DateField(_("by"))
    set_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    # The journal's event that closed it, where one did.
    closing_event_id = models.BigIntegerField(null=True)

    SAFE_TO_COPY = {"id", "case", "kind", "due_on", "set_by", "set_at", "closed_at", "closed_by", "closing_event_id"}
    NEVER_COPIED: set[str] = set()

    objects = StepQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["case", "due_on", "id"], name="casework_step_by_case"),
            models.Index(fields=["due_on", "id"], name="casework_step_open", condition=Q(closed_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="casework_step_closed_by_and_at_together",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, closing_event_id__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(closed_at__isnull=True), name="casework_open_step_once"
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:step-detail", args=[self.pk])

    @property
    def enterprise_id(self) -> int:
        return self.case.enterprise_id

    @property
    def person_id(self) -> int:
        return self.case.person_id


class BusinessPlan(Versioned):
    """One page: what it costs, what it earns a month, own money, the loan wanted. Whole rupees.

    Written by one advisor and approved by another: the lender lends to approved plans.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="business_plans")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=BusinessPlanState.choices, default=BusinessPlanState.DRAFT)
    purpose = models.CharField(_("what the money is for"), max_length=200)
    sales = models.PositiveIntegerField(_("sales a month"), validators=[MaxValueValidator(100_000_000)])
    costs = models.PositiveIntegerField(_("costs a month"), validators=[MaxValueValidator(100_000_000)])
    own_share = models.PositiveIntegerField(_("own money"), validators=[MaxValueValidator(100_000_000)])
    loan_wanted = models.PositiveIntegerField(
        _("loan wanted"), validators=[MinValueValidator(1), MaxValueValidator(10_000_000)]
    )
    months = models.PositiveSmallIntegerField(
        _("months to repay"), validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # By when a colleague reads it, counted from the day it was sent.
    due_on = models.DateField(null=True, blank=True)
    approved_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "case", "number", "state", "sales", "costs", "own_share", "loan_wanted", "months", "author",
        "written_at", "submitted_at", "due_on", "approved_by", "approved_at",
    }  # fmt: skip
    NEVER_COPIED = {"purpose", "remark"}

    MOVES = BUSINESS_PLAN_MOVES
    objects = BusinessPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("business plan")
        verbose_name_plural = _("business plans")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="casework_business_plan_number_once"),
            models.UniqueConstraint(
                fields=["case"], condition=~Q(state="approved"), name="casework_one_business_plan_in_the_making"
            ),
            models.CheckConstraint(
                name="casework_business_plan_submitted_has_due_day",
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False, due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="casework_business_plan_approved_by_and_at_together",
                condition=Q(state="approved", approved_by__isnull=False, approved_at__isnull=False)
                | (~Q(state="approved") & Q(approved_by__isnull=True, approved_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="casework_business_plan_maker_is_not_checker",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("author")),
            ),
        ]

    def __str__(self) -> str:
        return f"business plan {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:business-plan-detail", args=[self.pk])

    @property
    def enterprise_id(self) -> int:
        return self.case.enterprise_id

    @property
    def person_id(self) -> int:
        return self.case.person_id

    @property
    def profit(self) -> int:
        """What is left a month, in rupees; may be negative."""
        return self.sales - self.costs

    @property
    def monthly_instalment(self) -> int:
        """Rupees a month if the loan wanted were repaid evenly, rounded up."""
        return -(-self.loan_wanted // self.months)


class Referral(Versioned):
    """A client handed to a course or a lender, with what came of it. The grant of sight lives and ends with it."""

    class To(models.TextChoices):
        COURSE = "course", _("a course")
        LENDER = "lender", _("the lender")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    to = models.CharField(max_length=10, choices=To.choices)
    to_office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("office"))
    state = models.CharField(max_length=10, choices=ReferralState.choices, default=ReferralState.SENT)
    business_plan = models.ForeignKey(BusinessPlan, on_delete=models.PROTECT, null=True, related_name="referrals")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # The day by which the lender answers; after a no, by which the advisor has told the client.
    due_on = models.DateField()
    # The journal's event that answered it, or the reason why it was declined or taken back.
    answering_event_id = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "case", "to", "to_office", "state", "business_plan", "grant", "by", "at", "due_on",
        "answering_event_id", "ended_at",
    }  # fmt: skip
    NEVER_COPIED = {"reason"}

    MOVES = REFERRAL_MOVES
    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        indexes = [
            models.Index(
                fields=["to_office", "due_on", "id"],
                name="casework_referral_open",
                condition=Q(state__in=["sent", "taken"]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="casework_referral_ends_in_evidence",
                condition=Q(state__in=["sent", "taken"], ended_at__isnull=True)
                | Q(state="answered", answering_event_id__isnull=False, ended_at__isnull=False)
                | (Q(state__in=["declined", "withdrawn"], ended_at__isnull=False) & ~Q(reason="")),
            ),
            models.UniqueConstraint(
                fields=["case", "to"],
                condition=Q(state__in=["sent", "taken"], to="lender"),
                name="casework_lender_referral_once",
            ),
        ]

    def __str__(self) -> str:
        return f"referral {self.pk}"

    @property
    def enterprise_id(self) -> int:
        return self.case.enterprise_id

    @property
    def person_id(self) -> int:
        return self.case.person_id


class Note(models.Model):
    """Free text on a case: shared with the entrepreneur, or internal to SMEDA."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(_("note"), max_length=2000)
    is_shared = models.BooleanField(_("the entrepreneur sees it"), default=False)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {"id", "case", "is_shared", "by", "at"}
    NEVER_COPIED = {"text"}

    objects = NoteQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "-at", "-id"], name="casework_note_by_case")]

    def __str__(self) -> str:
        return f"note {self.pk}"
