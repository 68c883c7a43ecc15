"""Everything that may hang on one person on file and on their business: a row of every relation that a merge knows."""

import datetime as dt

from django.utils import timezone

from casework.models import Barrier
from enterprises import relations
from enterprises.models import Address, DocumentKind, Grant, IntakeRow, Person
from enterprises.relations import ENTERPRISE, PERSON
from formalisation.models import Registration, RegistrationKind
from journal.events import ADVISORS, record
from tests.enterprises.joining import business
from tests.factories import casework as cases
from tests.factories import enterprises as people
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.barriers import BarrierFactory, BarrierReportFactory
from tests.factories.call_backs import DrawnCallBackFactory
from tests.factories.enterprises import system
from tests.factories.grievances import GrievanceFactory
from tests.factories.health import HealthCheckFactory
from tests.factories.intakes import IntakeRowFactory
from tests.factories.loans import ApplicationFactory, GuarantorFactory, LoanFactory, RequestFactory
from tests.factories.messaging import MessageFactory
from tests.factories.outcomes import FollowUpFactory, MeasureFactory, ToldFollowUpFactory
from tests.factories.papers import CardFactory, DocumentFactory, DocumentRequestFactory, PassportFactory
from tests.factories.training import EnrolmentFactory


def earlier():
    """Somebody with a lower number than whoever is looked at."""
    return Person.objects.order_by("pk").first()


def obstacle():
    """One for all: two records of one person met the same."""
    return Barrier.objects.first() or BarrierFactory()


def plan_of(case):
    return case.business_plans.first() or cases.ApprovedPlanFactory(case=case)


def register_business(one):
    Registration.objects.create(
        enterprise=business(one),
        kind=RegistrationKind.objects.get(code="ntn"),
        number=f"{one.pk:07d}-1",
        obtained_on=dt.date(2026, 1, 1),
        seen_by=system(),
    )


WORLD = {
    # casework
    "contact": lambda one: cases.ContactFactory(case=one.cases.get()),
    "note": lambda one: cases.NoteFactory(case=one.cases.get()),
    "call": lambda one: cases.CallFactory(case=one.cases.get(), kind="loans.receipt"),
    "step": lambda one: cases.StepFactory(case=one.cases.get(), kind=cases.StepKindFactory._meta.model.objects.first()),
    "plan": lambda one: plan_of(one.cases.get()),
    "referral": lambda one: cases.ReferralFactory(case=one.cases.get(), business_plan=plan_of(one.cases.get())),
    "enquiry": lambda one: cases.EnquiryFactory(enterprise=business(one)),
    "attempt": lambda one: cases.AttemptFactory(case=one.cases.get()),
    "pause": lambda one: cases.PauseFactory(case=one.cases.get()),
    "appointment": lambda one: cases.MeetingFactory(case=one.cases.get()),
    "business check": lambda one: HealthCheckFactory(case=one.cases.get()),
    "asked for": lambda one: cases.TransferFactory(case=one.cases.get()),
    "sent elsewhere": lambda one: cases.IntroductionFactory(case=one.cases.get()),
    "flag": lambda one: cases.FlagFactory(case=one.cases.get()),
    "text": lambda one: cases.SentWritingFactory(case=one.cases.get()),
    "plan drawn": lambda one: cases.DrawnPlanFactory(
        case=one.cases.get(),
        first_step=cases.StepFactory(case=one.cases.get(), closed_at=timezone.now(), closed_by=system()),
    ),
    "drawn to call back": lambda one: DrawnCallBackFactory(case=one.cases.get()),
    "opened again": lambda one: cases.ClosureFactory(
        case=one.cases.get(), outcome="moved", reopened_at=timezone.now(), reopened_by=system(), reason="Back in town."
    ),
    "obstacle": lambda one: BarrierReportFactory(case=one.cases.get(), barrier=obstacle()),
    "asked for results": lambda one: FollowUpFactory(case=one.cases.get()),
    "told results": lambda one: ToldFollowUpFactory(case=one.cases.get(), point="m12"),
    "result": lambda one: MeasureFactory(case=one.cases.get(), point="baseline"),
    "complaint": lambda one: GrievanceFactory(complainant=one),
    # the person
    "consent": lambda one: people.ConsentFactory(person=one, kind="named"),
    "statement": lambda one: people.StatementFactory(person=one, field="phone"),
    "address": lambda one: people.AddressFactory(person=one),
    "paper": lambda one: CardFactory(person=one),
    "pin": lambda one: people.PinFactory(person=one),
    "sheet": lambda one: people.SheetCodeFactory(sheet__person=one),
    "code": lambda one: people.OneTimeCodeFactory(person=one),
    "changed": lambda one: people.ApprovedChangeFactory(person=one, enterprise=business(one), asked_by=system()),
    "renamed": lambda one: people.NameCorrectionFactory(person=one),
    "user": lambda one: Person.objects.filter(pk=one.pk).update(user=EntrepreneurUserFactory()),
    "nothing known": lambda one: Person.objects.filter(pk=one.pk).update(phone="", parent_name="", education=""),
    # registering, and whose card it is
    "draft": lambda one: people.DraftFactory(person=one, enterprise=business(one)),
    "claim": lambda one: people.ClaimFactory(person=one),
    "came with a number": lambda one: people.ClaimFactory(on_file=True, newcomer=one, enterprise=business(one)),
    "card lost": lambda one: people.CardReleaseFactory(claim__person=one, done=True, enterprise=business(one)),
    "card taken": lambda one: people.CardReleaseFactory(done=True, taker=one),
    "listed": lambda one: IntakeRowFactory(enterprise=business(one), verdict=IntakeRow.Verdict.REGISTERED, cells=[]),
    # others
    "alike": lambda one: people.LookAlikeFactory(first=one),
    "alike the other way": lambda one: people.LookAlikeFactory(first=earlier(), second=one),
    "joined before": lambda one: people.MergeFactory(kept=one, gone__merged_into=one),
    "taken apart before": lambda one: people.MergeFactory(gone=one, undone_at=timezone.now(), undone_by=system()),
    "family": lambda one: people.KinshipFactory(person=one),
    "family the other way": lambda one: people.KinshipFactory(person=earlier(), relative=one),
    "family asked": lambda one: people.FamilyQuestionFactory(person=one),
    "household": lambda one: people.ResidenceFactory(person=one),
    # the business
    "business": lambda one: people.EnterpriseFactory(merged_into=business(one)),
    "statement of the business": lambda one: people.StatementFactory(
        person=None, enterprise=business(one), field="sales"
    ),
    "place": lambda one: people.AddressFactory(person=None, enterprise=business(one), kind=Address.Kind.BUSINESS),
    "moved": lambda one: people.CorrectionFactory(enterprise=business(one)),
    "paper of the business": lambda one: DocumentFactory(enterprise=business(one)),
    "asked": lambda one: DocumentRequestFactory(
        person=one, enterprise=business(one), kind=DocumentKind.objects.first()
    ),
    "passport": lambda one: PassportFactory(person=one, enterprise=business(one)),
    "grant": lambda one: people.GrantFactory(enterprise=business(one), user=system(), purpose="case"),
    "registration": register_business,
    # services
    "course": lambda one: EnrolmentFactory(person=one, enterprise=business(one)),
    "application": lambda one: ApplicationFactory(person=one, enterprise=business(one)),
    "needed": lambda one: RequestFactory(application__person=one, application__enterprise=business(one)),
    "loan": lambda one: LoanFactory(person=one, enterprise=business(one)),
    "vouches": lambda one: GuarantorFactory(person=one),
    "vouched for": lambda one: GuarantorFactory(application__person=one),
    # by number alone
    "message": lambda one: MessageFactory(person_id=one.pk),
    "event": lambda one: record("casework.assigned", target=one.cases.get(), by=system(), audience=[ADVISORS]),
}
# Where both have one, nothing is joined.
ONCE = {"referral", "loan", "appointment", "business check"}


def everything(one, *, but=()):
    """All of it hangs on this record."""
    for thing in sorted(set(WORLD) - set(but)):
        WORLD[thing](one)


def untouched(one):
    """The relations of which no row points at this person, their businesses, cases, or who sees them."""
    cases_of, grants_of = one.cases.values("pk"), Grant.objects.filter(enterprise=business(one)).values("pk")
    numbers = {
        PERSON: [one.pk],
        ENTERPRISE: [business(one).pk],
        "casework.Case": [row["pk"] for row in cases_of],
        "enterprises.Grant": [row["pk"] for row in grants_of],
    }
    found = relations.installed()
    return sorted(relation.path for relation in found if not relation.rows(*numbers[relation.target]).exists())
