"""What is known of somebody who may ask for a loan, whatever they ask for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Exists, OuterRef

from accounts.models import Office, OfficeDistrict, User
from casework.actions.referrals import ask_again_on
from casework.models import BusinessPlan, Case
from enterprises.family_querysets import household_members_of
from enterprises.models import DocumentKind, Enterprise, Person
from loans.conditions import has_finished_course
from loans.guarantee import guarantors_left
from loans.models import Application, FundingScheme, Guarantor, Loan, Offer
from loans.precheck import Asking
from loans.purse import purses
from loans.querysets import PAPERS_OF, OfferQuerySet


@dataclass
class Known:
    """Facts that the rules of `loans.precheck` ask for: each is looked up once, when a rule first asks for it.

    In rupees or numbers, as far as `reader` may learn them, and nobody else is named; as many queries for any number.
    `case` is with whom SMEDA has the business; `application`, once somebody applied, what it rests on; `branch` is
    None before one is chosen.
    """

    person: Person
    enterprise: Enterprise
    schemes: Collection[FundingScheme]
    reader: User
    on: date
    branch: Office | None = None
    case: Case | None = None
    application: Application | None = None

    @property
    def is_own(self) -> bool:
        return self.reader.is_entrepreneur

    @cached_property
    def records(self) -> list[int]:
        return self.person.record_ids()

    @cached_property
    def offered(self) -> frozenset[int]:
        """Which offers are lent there."""
        offers = lent_at(self.branch, district_id=self.enterprise.district_id, on=self.on)
        return frozenset(offers.values_list("pk", flat=True))

    @cached_property
    def purses(self) -> dict[int, int]:
        """What each fund has left to promise."""
        return {pk: purse.left for pk, purse in purses({one.pk: one for one in self.schemes}.values()).items()}

    @cached_property
    def is_near(self) -> bool:
        return is_near(self.branch, district_id=self.enterprise.district_id, on=self.on)

    @cached_property
    def plan(self) -> BusinessPlan | None:
        if self.application is not None:
            return self.application.business_plan
        return plan_of(self.case)

    @cached_property
    def income(self) -> int | None:
        """What the plan leaves a month."""
        return self.plan.profit if self.plan is not None else None

    @cached_property
    def lacking(self) -> list[str]:
        lacking = DocumentKind.objects.lacking(
            PAPERS_OF, on=self.on, person=self.person.pk, enterprise=self.enterprise.pk
        )
        return [kind.label for kind in lacking]

    @cached_property
    def has_course(self) -> bool:
        return has_finished_course(self.enterprise.pk)

    @cached_property
    def instalments(self) -> list[tuple[int, int]]:
        """Of the loans that the person still owes: rupees, and the months between two."""
        owed = Loan.objects.owed().filter(person__in=self.records)
        return list(owed.values_list("instalment", "step_months"))

    @property
    def running(self) -> int:
        return len(self.instalments)

    @property
    def paying(self) -> int:
        """Rupees a month, rounded up."""
        return sum(-(-instalment // step) for instalment, step in self.instalments)

    @cached_property
    def guarantees(self) -> int:
        return Guarantor.objects.standing().filter(person__in=self.records).count()

    @cached_property
    def owing_at_home(self) -> int | None:
        return owing_at_home(self.person, reader=self.reader, on=self.on)

    @cached_property
    def left(self) -> int | None:
        """How many guarantors are still to be found; None before anybody applied."""
        return guarantors_left(self.application) if self.application is not None else None

    @property
    def agrees(self) -> bool | None:
        return self.application.household_agrees if self.application is not None else None

    @cached_property
    def applied_to(self) -> frozenset[int]:
        """With which lenders another application of theirs is open."""
        theirs = Application.objects.open().filter(person__in=self.records)
        own = [self.application.pk] if self.application is not None else []
        return frozenset(theirs.exclude(pk__in=own).values_list("partner_id", flat=True))

    @cached_property
    def again_on(self) -> date | None:
        """From which day they may ask again: as the newest refusal says, and the newest referral that came back."""
        refusals = Application.objects.filter(person__in=self.records, state="refused").order_by("-decided_at", "-id")
        days = [refusals.values_list("ask_again_on", flat=True).first()]
        days += [ask_again_on(self.case)] if self.case is not None else []
        return max(filter(None, days), default=None)


def plan_of(case: Case | None) -> BusinessPlan | None:
    """The newest approved plan of the case."""
    return None if case is None else case.business_plans.approved().order_by("number").last()


def lent_at(branch: Office | None, *, district_id: int, on: date) -> OfferQuerySet:
    """What is lent on that day to a business of the district: by the branch, or before one is chosen by any lender."""
    offers = Offer.objects.in_force(on=on).reaching(district_id)
    return offers.filter(product__partner__is_open=True) if branch is None else offers.at(branch)


def is_near(branch: Office | None, *, district_id: int, on: date) -> bool:
    """Whether the branch, or any of a lender's, serves the district."""
    cover = OfficeDistrict.objects.held(on=on).filter(district=district_id)
    if branch is not None:
        return cover.filter(holder_id=branch.pk).exists()
    lenders = Office.objects.filter(organisation=Office.Organisation.LENDER).open(on=on)
    return lenders.filter(pk__in=cover.values("holder_id")).exists()


def owing_at_home(person: Person, *, reader: User, on: date) -> int | None:
    """How many others at home repay a loan or vouch for one; None for whoever may not read of the family.

    Whoever applies asks at home: a record of theirs would tell them what a relative did not.
    """
    if reader.is_entrepreneur or not reader.has_perm("enterprises.view_family", person):
        return None
    others = household_members_of(person, on=on)
    owes = Exists(Loan.objects.owed().filter(person=OuterRef("pk")))
    vouches = Exists(Guarantor.objects.standing().filter(person=OuterRef("pk")))
    return others.filter(owes | vouches).count()


def askings_of(case: Case, *, reader: User, on: date) -> list[Asking]:
    """The loan of the case's approved plan under each offer there; none without a plan."""
    plan, enterprise = plan_of(case), case.enterprise
    if plan is None:
        return []
    offers = list(lent_at(None, district_id=enterprise.district_id, on=on).for_choice())
    known = Known(case.person, enterprise, [offer.scheme for offer in offers], reader, on, case=case)
    return [Asking(known, offer, plan.loan_wanted, plan.months) for offer in offers]
