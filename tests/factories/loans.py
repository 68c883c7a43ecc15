import datetime as dt
from types import SimpleNamespace

import factory

from accounts.models import Office
from accounts.roles import Role
from casework.models import BusinessPlan, Case, Referral
from enterprises.models import DocumentKind, Grant
from loans.conditions import PAPERS_OF
from loans.effects import Kind
from loans.models import (
    Application,
    ApprovalLimit,
    FinancingPartner,
    FundingScheme,
    Guarantor,
    GuarantorContact,
    LedgerEntry,
    Loan,
    Misfortune,
    Offer,
    Product,
    Promise,
    PurseEntry,
    ReceiptBook,
    RefusalReason,
    Request,
    SpoiltSlip,
    Terms,
    Visit,
    Vote,
)
from tests.factories.accounts import EntrepreneurUserFactory, OfficeFactory, UserFactory, colleague
from tests.factories.enterprises import EnterpriseFactory, GrantFactory, OwnershipFactory, PersonFactory
from tests.factories.papers import DocumentFactory

NOON = dt.datetime(2026, 10, 12, 7, 0, tzinfo=dt.UTC)
LENT_ON = dt.date(2026, 9, 10)


class FinancingPartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FinancingPartner

    code = factory.Sequence("lender-{}".format)
    name = factory.Sequence("Lender {}".format)
    name_ur = factory.Sequence("ادارہ {}".format)
    office = factory.SubFactory(OfficeFactory, organisation=Office.Organisation.LENDER, depth=0)


class ProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Product
        skip_postgeneration_save = True

    partner = factory.SubFactory(FinancingPartnerFactory)
    code = factory.Sequence("product-{}".format)
    name = factory.Sequence("Product {}".format)
    name_ur = factory.Sequence("قرض {}".format)
    min_amount = 1000
    max_amount = 150_000
    max_months = 36
    multiple = 1

    @factory.post_generation
    def offer(self, create, extracted, **kwargs):
        """Out of the partner's own fund, like everything."""
        Offer.objects.create(product=self, scheme=own_fund(self.partner))


def own_fund(partner):
    """The partner's own fund, out of which everything is lent."""
    facts = {"name": f"{partner.name}: own fund", "name_ur": f"{partner.name_ur}: اپنا فنڈ", "is_counted": False}
    found, _is_new = FundingScheme.objects.get_or_create(
        partner=partner, code=f"{partner.code}-own", defaults=facts | {"opens_on": dt.date(2001, 1, 1)}
    )
    return found


class FundingSchemeFactory(factory.django.DjangoModelFactory):
    """A fund that counts what it received: nothing yet."""

    class Meta:
        model = FundingScheme

    partner = factory.SubFactory(FinancingPartnerFactory)
    code = factory.Sequence("scheme-{}".format)
    name = factory.Sequence("Scheme {}".format)
    name_ur = factory.Sequence("سکیم {}".format)
    opens_on = dt.date(2026, 1, 1)


class OfferFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Offer

    scheme = factory.SubFactory(FundingSchemeFactory)
    product = factory.LazyAttribute(lambda made: ProductFactory(partner=made.scheme.partner))


class PurseEntryFactory(factory.django.DjangoModelFactory):
    """Money that came in, checked by a second person."""

    class Meta:
        model = PurseEntry

    scheme = factory.SubFactory(FundingSchemeFactory)
    kind = PurseEntry.Kind.RECEIVED
    amount = 1_000_000
    on = dt.date(2026, 10, 1)
    paper = factory.Sequence("Letter {}".format)
    by = factory.SubFactory(UserFactory)
    checked_by = factory.SubFactory(UserFactory)
    checked_at = NOON


class ApprovalLimitFactory(factory.django.DjangoModelFactory):
    """A branch manager's yes carries up to Rs 5,000."""

    class Meta:
        model = ApprovalLimit

    partner = factory.SubFactory(FinancingPartnerFactory)
    level = "branch"
    up_to = 5000
    from_on = dt.date(2026, 1, 1)


class RefusalReasonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RefusalReason

    code = factory.Sequence("reason-{}".format)
    name = factory.Sequence("Reason {}".format)
    name_ur = factory.Sequence("وجہ {}".format)
    remedy = factory.Sequence("Remedy {}".format)
    remedy_ur = factory.Sequence("حل {}".format)


class ApplicationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Application

    reference = factory.Sequence("MUL-A-T{}".format)
    person = factory.SubFactory(PersonFactory)
    enterprise = factory.LazyAttribute(lambda made: OwnershipFactory(person=made.person).enterprise)
    product = factory.SubFactory(ProductFactory)
    partner = factory.SelfAttribute("product.partner")
    scheme = factory.LazyAttribute(lambda made: own_fund(made.partner))
    branch = factory.LazyAttribute(lambda made: branch_of(made.partner))
    amount_wanted = 6000
    months = 6
    purpose = "A sewing machine"
    officer = factory.SubFactory(UserFactory)
    received_at = NOON
    due_on = dt.date(2026, 10, 29)


class GuarantorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Guarantor

    application = factory.SubFactory(ApplicationFactory)
    applicant = factory.SelfAttribute("application.person")
    person = factory.SubFactory(PersonFactory)
    relation = Guarantor.Relation.NEIGHBOUR
    consent = Guarantor.Consent.BEFORE
    consented_at = NOON
    added_by = factory.SubFactory(UserFactory)


class RequestFactory(factory.django.DjangoModelFactory):
    """A question of the lender to the applicant that waits."""

    class Meta:
        model = Request

    application = factory.SubFactory(ApplicationFactory)
    kind = Request.Kind.USE
    words = "Which machine, and from whom?"
    asked_by = factory.SubFactory(UserFactory)
    asked_at = NOON
    due_on = dt.date(2026, 10, 19)


class VoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Vote

    application = factory.SubFactory(ApplicationFactory)
    member = factory.SubFactory(UserFactory)
    appraised_by = factory.SubFactory(UserFactory)
    approves = True
    amount = 6000


class LoanFactory(factory.django.DjangoModelFactory):
    """A loan of Rs 6,000 in six instalments; its application is made to fit."""

    class Meta:
        model = Loan

    reference = factory.Sequence("MUL-L-T{}".format)
    principal = 6000
    count = 6
    instalment = factory.LazyAttribute(lambda made: made.principal // made.count)
    step_months = 1
    multiple = 1
    rounding = "nearest"
    disbursed_on = LENT_ON
    first_due_on = dt.date(2026, 10, 7)
    application = factory.LazyAttribute(lambda made: disbursed(amount=made.principal, months=made.count))
    enterprise = factory.SelfAttribute("application.enterprise")
    person = factory.SelfAttribute("application.person")
    partner = factory.SelfAttribute("application.partner")
    product = factory.SelfAttribute("application.product")
    scheme = factory.SelfAttribute("application.scheme")
    branch = factory.SelfAttribute("application.branch")
    district = factory.SelfAttribute("enterprise.district")
    sector = factory.SelfAttribute("enterprise.sector")
    sex = factory.SelfAttribute("person.sex")


class MisfortuneFactory(factory.django.DjangoModelFactory):
    """A death that somebody told of; the loan rests."""

    class Meta:
        model = Misfortune
        skip_postgeneration_save = True

    loan = factory.SubFactory(LoanFactory)
    branch = factory.SelfAttribute("loan.branch")
    kind = Misfortune.Kind.DEATH
    happened_on = dt.date(2026, 10, 10)
    told_by = "Her brother"
    reported_by = factory.SubFactory(UserFactory)
    visitor = factory.SubFactory(UserFactory)
    due_on = dt.date(2026, 10, 15)

    @factory.post_generation
    def rest(self, create, extracted, **kwargs):
        if self.is_open:
            Loan.objects.filter(pk=self.loan_id).update(frozen_for=self)
            self.loan.frozen_for = self


def family_visited(**attributes):
    """Facts of a visit to the family."""
    facts = {
        "state": "visited",
        "visited_by": UserFactory(),
        "visited_on": dt.date(2026, 10, 13),
        "whom_met": "Her son",
    }
    return facts | attributes


def proposed(**attributes):
    """A waiver that somebody verified."""
    facts = {"state": "proposed", "ground": "death", "paper": "council", "paper_number": "77", "amount": 6000}
    return family_visited() | facts | {"verified_by": UserFactory(), "verified_at": NOON} | attributes


class TermsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Terms

    loan = factory.SubFactory(LoanFactory)
    branch = factory.SelfAttribute("loan.branch")
    number = 1
    reason = Terms.Reason.DISBURSEMENT
    principal = factory.SelfAttribute("loan.principal")
    instalment = factory.SelfAttribute("loan.instalment")
    count = factory.SelfAttribute("loan.count")
    step_months = 1
    multiple = 1
    rounding = "nearest"
    first_due_on = factory.SelfAttribute("loan.first_due_on")
    approved_by = factory.SelfAttribute("loan.application.decided_by")


class LedgerEntryFactory(factory.django.DjangoModelFactory):
    """A bare row, which moves no total: for constraints. Money moves by the actions."""

    class Meta:
        model = LedgerEntry

    loan = factory.SubFactory(LoanFactory)
    branch = factory.SelfAttribute("loan.branch")
    kind = Kind.REPAYMENT
    amount = 1000
    received_on = dt.date(2026, 10, 7)
    posted_on = dt.date(2026, 10, 7)
    by = factory.SubFactory(UserFactory)
    book = 118
    number = factory.Sequence(lambda n: n + 1)
    correction = 0


class AboutLatenessFactory(factory.django.DjangoModelFactory):
    """Of a loan whose instalment of 7 October is late."""

    class Meta:
        abstract = True

    loan = factory.SubFactory(LoanFactory)
    branch = factory.SelfAttribute("loan.branch")
    due_on = dt.date(2026, 10, 7)
    by = factory.SubFactory(UserFactory)


class VisitFactory(AboutLatenessFactory):
    class Meta:
        model = Visit

    number = 1
    visited_on = dt.date(2026, 10, 12)
    place = Visit.Place.HOME
    whom_met = Visit.Met.BORROWER
    outcome = Visit.Outcome.HARDSHIP
    at = NOON


class PromiseFactory(AboutLatenessFactory):
    class Meta:
        model = Promise

    pay_on = dt.date(2026, 10, 16)
    amount = 1000
    at = NOON


class GuarantorContactFactory(AboutLatenessFactory):
    """The database asks for two visits before."""

    class Meta:
        model = GuarantorContact

    guarantor = factory.SubFactory(GuarantorFactory, application=factory.SelfAttribute("..loan.application"))
    spoken_on = dt.date(2026, 10, 21)
    outcome = GuarantorContact.Outcome.PASSES_ON


def visited_twice(loan):
    """What comes before a guarantor is spoken to."""
    days = (dt.date(2026, 10, 12), dt.date(2026, 10, 15))
    return [VisitFactory(loan=loan, number=number, visited_on=day) for number, day in enumerate(days, start=1)]


def branch_of(partner, **attributes):
    """A branch of the partner."""
    return OfficeFactory(parent=partner.office, organisation=Office.Organisation.LENDER, depth=3, **attributes)


def staff_of(branch):
    """One colleague for each step of the lender's way."""
    return SimpleNamespace(
        officer=colleague(Role.LOAN_OFFICER, office=branch, full_name="Officer"),
        manager=colleague(Role.BRANCH_MANAGER, office=branch, full_name="Branch manager"),
        area=colleague(Role.AREA_MANAGER, office=branch, full_name="Area manager"),
        cashier=colleague(Role.CASHIER, office=branch, full_name="Cashier"),
    )


def lender(**product):
    """A partner with a product, a branch and its staff."""
    chosen = ProductFactory(**product)
    branch = branch_of(chosen.partner)
    staff = staff_of(branch)
    return SimpleNamespace(product=chosen, offer=chosen.offers.get(), branch=branch, staff=staff)


def head_of(place):
    """The area manager at the lender's head office."""
    return colleague(Role.AREA_MANAGER, office=place.product.partner.office, full_name="Head office")


def referral(*, branch, advisor=None, plan_state="approved", **enterprise):
    """A client with an approved business plan, handed to the branch."""
    advisor = advisor or UserFactory()
    person = PersonFactory(user=EntrepreneurUserFactory())
    enterprise = OwnershipFactory(person=person, enterprise=EnterpriseFactory(**enterprise)).enterprise
    case = Case.objects.create(
        enterprise=enterprise,
        person=person,
        office=OfficeFactory(),
        advisor=advisor,
        first_contact_due_on=dt.date(2026, 10, 14),
    )
    approved = {"approved_by": UserFactory(), "approved_at": NOON} if plan_state == "approved" else {}
    plan = BusinessPlan.objects.create(
        case=case,
        number=1,
        state=plan_state,
        purpose="A sewing machine",
        sales=60_000,
        costs=40_000,
        own_share=5000,
        loan_wanted=6000,
        months=6,
        author=advisor,
        **plan_facts(),
        **approved,
    )
    grant = GrantFactory(enterprise=enterprise, office=branch, purpose=Grant.Purpose.REFERRAL)
    return Referral.objects.create(
        case=case,
        to=Referral.To.LENDER,
        to_office=branch,
        business_plan=plan,
        grant=grant,
        by=advisor,
        due_on=dt.date(2026, 10, 19),
    )


def plan_facts():
    """What the plan's own constraints ask for besides."""
    names = {field.name for field in BusinessPlan._meta.fields}
    return {"submitted_at": NOON, "due_on": dt.date(2026, 10, 19)} if "due_on" in names else {"submitted_at": NOON}


def visited(**attributes):
    """Facts of a visit."""
    return {
        "state": "visited",
        "visited_by": UserFactory(),
        "visited_at": NOON,
        "visit_place": "home",
        "whom_met": "Her mother",
        "household_agrees": True,
    } | attributes


def bring_papers(application):
    """The papers that the lender needs are here."""
    for kind in DocumentKind.objects.all():
        if PAPERS_OF in kind.steps:
            owner = {"enterprise": application.enterprise}
            if kind.about == DocumentKind.About.PERSON:
                owner = {"enterprise": None, "person": application.person}
            DocumentFactory(kind=kind, **owner)


def guaranteed(**attributes):
    return visited(state="guaranteed", guaranteed_by=UserFactory(), guaranteed_at=NOON) | attributes


def approved(*, amount=6000, **attributes):
    facts = {"state": "approved", "decided_by": UserFactory(), "decided_at": NOON, "amount_approved": amount}
    return guaranteed() | facts | attributes


def refused(**attributes):
    """A no before the committee met, with its reason and the day to ask again."""
    facts = {"refusal": RefusalReasonFactory(), "ask_again_on": dt.date(2027, 4, 12)}
    return facts | {"state": "refused", "decided_by": UserFactory(), "decided_at": NOON} | attributes


def disbursed(*, amount=6000, months=6, **attributes):
    """An application whose money was given."""
    facts = approved(amount=amount) | {"state": "disbursed", "disbursed_by": UserFactory(), "disbursed_at": NOON}
    product = attributes.pop("product", None) or ProductFactory(max_amount=1_000_000, max_months=120)
    facts |= {"amount_wanted": amount, "months": months}
    return ApplicationFactory(product=product, **(facts | attributes))


class ReceiptBookFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReceiptBook

    branch = factory.SubFactory(OfficeFactory, organisation=Office.Organisation.LENDER, depth=3)
    number = factory.Sequence(lambda n: n + 1)
    first = 1
    last = 100
    issued_to = factory.SubFactory(UserFactory)
    issued_by = factory.SubFactory(UserFactory)


class SpoiltSlipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SpoiltSlip

    book = factory.SubFactory(ReceiptBookFactory)
    branch = factory.SelfAttribute("book.branch")
    number = 1
    why = SpoiltSlip.Why.SPOILT
    holder = factory.SelfAttribute("book.issued_to")
    by = factory.SubFactory(UserFactory)
