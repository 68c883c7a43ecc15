import datetime as dt

import factory
from django.utils import timezone

from accounts.models import Office, OfficeDistrict
from accounts.roles import Role
from casework.models import (
    Attempt,
    BusinessPlan,
    Call,
    Case,
    Channel,
    Closure,
    Contact,
    Enquiry,
    Flag,
    HelpdeskEvent,
    Introduction,
    Meeting,
    Note,
    Pause,
    PlanReview,
    Referral,
    Step,
    StepKind,
    Topic,
    Transfer,
    Writing,
)
from casework.states import (
    BusinessPlanState,
    CaseState,
    FlagState,
    IntroductionState,
    MeetingState,
    PlanReviewState,
    ReferralState,
    TransferState,
    WritingState,
)
from enterprises.models import Consent, Grant
from journal.events import ADVISORS, record
from tests.factories.accounts import LONG_AGO, EntrepreneurUserFactory, OfficeFactory, colleague
from tests.factories.enterprises import (
    ConsentFactory,
    EnterpriseFactory,
    GrantFactory,
    OwnershipFactory,
    PersonFactory,
    district,
    system,
)

DUE = dt.date(2026, 11, 26)


def smeda_office(*codes, **attributes):
    """An office of SMEDA that covers the districts of these codes."""
    office = OfficeFactory(**attributes)
    for code in codes or ("multan",):
        OfficeDistrict.objects.create(office=office, district=district(code), from_on=LONG_AGO)
    return office


def branch(*codes, **attributes):
    """A branch of the lender that serves the districts of these codes."""
    return smeda_office(*codes, organisation=Office.Organisation.LENDER, **attributes)


class CaseFactory(factory.django.DjangoModelFactory):
    """A case of an entrepreneur in Multan who can sign in, with an advisor whose office covers it."""

    class Meta:
        model = Case
        skip_postgeneration_save = True

    enterprise = factory.SubFactory(EnterpriseFactory)
    person = factory.LazyAttribute(
        lambda case: (
            OwnershipFactory(enterprise=case.enterprise, person=PersonFactory(user=EntrepreneurUserFactory())).person
        )
    )
    office = factory.LazyFunction(smeda_office)
    advisor = factory.LazyAttribute(lambda case: colleague(Role.ADVISOR, office=case.office))
    opened_at = factory.LazyFunction(timezone.now)
    assigned_at = factory.SelfAttribute("opened_at")
    first_contact_due_on = DUE

    @factory.post_generation
    def lets_contact(self, create, extracted, **kwargs):
        """Unless a test says otherwise, they gave the permission to be contacted."""
        if extracted is not False and not self.person.lets_contact:
            ConsentFactory(person=self.person, kind=Consent.Kind.CONTACT)


class CalledFactory(CaseFactory):
    """The first call was made."""

    state = CaseState.CONTACTED
    first_contact_at = factory.LazyFunction(timezone.now)
    last_contact_at = factory.SelfAttribute("first_contact_at")


class PlannedFactory(CalledFactory):
    state = CaseState.PLANNED


class ClosedFactory(CaseFactory):
    state = CaseState.CLOSED
    closed_at = factory.LazyFunction(timezone.now)
    outcome = Case.Outcome.GRADUATED


class CallFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Call

    case = factory.SubFactory(CaseFactory)
    kind = "loans.decision"
    due_on = DUE


CASES = {
    CaseState.NEW: CaseFactory,
    CaseState.CONTACTED: CalledFactory,
    CaseState.PLANNED: PlannedFactory,
    CaseState.CLOSED: ClosedFactory,
}


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    case = factory.SubFactory(CalledFactory)
    agreed = factory.Sequence("Agreed {}".format)
    at = factory.LazyFunction(timezone.now)
    on = factory.LazyAttribute(lambda contact: timezone.localdate(contact.at))
    by = factory.SelfAttribute("case.advisor")


class AttemptFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attempt

    case = factory.SubFactory(CaseFactory)
    result = Attempt.Result.NO_ANSWER
    by = factory.SelfAttribute("case.advisor")


class PauseFactory(factory.django.DjangoModelFactory):
    """For a week."""

    class Meta:
        model = Pause

    case = factory.SubFactory(CaseFactory)
    reason = Pause.Reason.AWAY
    until_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=7))
    by = factory.SelfAttribute("case.advisor")


class MeetingFactory(factory.django.DjangoModelFactory):
    """A visit to the office tomorrow at ten, which the client has not answered."""

    class Meta:
        model = Meeting

    case = factory.SubFactory(CalledFactory)
    advisor = factory.SelfAttribute("case.advisor")
    by = factory.SelfAttribute("case.advisor")
    channel = Channel.OFFICE
    starts_at = factory.LazyFunction(lambda: at_ten(days=1))
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + dt.timedelta(minutes=30))


def at_ten(*, days):
    """Ten o'clock, so many days from today."""
    day = timezone.localdate() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(10)))


class ConfirmedMeetingFactory(MeetingFactory):
    state = MeetingState.CONFIRMED
    answered_at = factory.LazyFunction(timezone.now)


class DeclinedMeetingFactory(ConfirmedMeetingFactory):
    state = MeetingState.DECLINED


class CancelledMeetingFactory(MeetingFactory):
    state = MeetingState.CANCELLED
    reason = "The office is shut."


class HeldMeetingFactory(MeetingFactory):
    state = MeetingState.HELD
    contact = factory.LazyAttribute(lambda meeting: ContactFactory(case=meeting.case, channel=meeting.channel))


class MissedMeetingFactory(MeetingFactory):
    state = MeetingState.MISSED


MEETINGS = {
    MeetingState.PROPOSED: MeetingFactory,
    MeetingState.CONFIRMED: ConfirmedMeetingFactory,
    MeetingState.DECLINED: DeclinedMeetingFactory,
    MeetingState.CANCELLED: CancelledMeetingFactory,
    MeetingState.HELD: HeldMeetingFactory,
    MeetingState.MISSED: MissedMeetingFactory,
}


class NoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Note

    case = factory.SubFactory(CaseFactory)
    text = factory.Sequence("Note {}".format)
    by = factory.SelfAttribute("case.advisor")


class ClosureFactory(factory.django.DjangoModelFactory):
    """How a case ended."""

    class Meta:
        model = Closure

    case = factory.SubFactory(ClosedFactory)
    outcome = factory.SelfAttribute("case.outcome")
    closed_by = factory.SelfAttribute("case.advisor")


class TransferFactory(factory.django.DjangoModelFactory):
    """The advisor asks a colleague of another office that covers the district."""

    class Meta:
        model = Transfer

    case = factory.SubFactory(CalledFactory)
    from_office = factory.SelfAttribute("case.office")
    from_advisor = factory.SelfAttribute("case.advisor")
    to_office = factory.LazyFunction(lambda: smeda_office("lahore"))
    to_advisor = factory.LazyAttribute(lambda transfer: colleague(Role.ADVISOR, office=transfer.to_office))
    reason = "She moved there."
    by = factory.SelfAttribute("case.advisor")
    due_on = DUE


class AcceptedTransferFactory(TransferFactory):
    state = TransferState.ACCEPTED
    decided_by = factory.SelfAttribute("to_advisor")
    decided_at = factory.LazyFunction(timezone.now)


class RefusedTransferFactory(AcceptedTransferFactory):
    state = TransferState.REFUSED
    refusal = "Nobody here drives that far."


class WithdrawnTransferFactory(AcceptedTransferFactory):
    state = TransferState.WITHDRAWN
    decided_by = factory.SelfAttribute("by")


class UndoneTransferFactory(AcceptedTransferFactory):
    state = TransferState.UNDONE
    undone_at = factory.LazyFunction(timezone.now)


TRANSFERS = {
    TransferState.PROPOSED: TransferFactory,
    TransferState.ACCEPTED: AcceptedTransferFactory,
    TransferState.REFUSED: RefusedTransferFactory,
    TransferState.WITHDRAWN: WithdrawnTransferFactory,
    TransferState.UNDONE: UndoneTransferFactory,
}


class FlagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Flag

    case = factory.SubFactory(CaseFactory)
    kind = Flag.Kind.SAFETY
    text = factory.Sequence("Mind this, {}".format)
    owner = factory.SelfAttribute("case.advisor")
    by = factory.SelfAttribute("case.advisor")
    due_on = DUE


class ClearedFlagFactory(FlagFactory):
    state = FlagState.CLEARED
    cleared_by = factory.SelfAttribute("owner")
    cleared_at = factory.LazyFunction(timezone.now)
    clearing = "Her brother goes with her now."


class IntroductionFactory(factory.django.DjangoModelFactory):
    """The client was sent to a chamber of commerce."""

    class Meta:
        model = Introduction

    case = factory.SubFactory(CalledFactory)
    to = Introduction.To.OUTSIDE
    where = "The chamber of commerce"
    why = "To meet buyers."
    by = factory.SelfAttribute("case.advisor")
    due_on = DUE


class AnsweredIntroductionFactory(IntroductionFactory):
    state = IntroductionState.ANSWERED
    contact = factory.LazyAttribute(lambda sent: ContactFactory(case=sent.case))
    ended_at = factory.LazyFunction(timezone.now)
    ended_by = factory.SelfAttribute("by")


class EndedIntroductionFactory(IntroductionFactory):
    state = IntroductionState.ENDED
    reason = "They did not let her in."
    ended_at = factory.LazyFunction(timezone.now)
    ended_by = factory.SelfAttribute("by")


class OfferedIntroductionFactory(IntroductionFactory):
    """Sent to a course, and on another one."""

    class Meta:
        skip_postgeneration_save = True

    to = Introduction.To.COURSE
    about = "cash-book"
    where = "Keep your accounts"
    where_ur = "حساب کتاب"

    @factory.post_generation
    def enrolled(self, create, extracted, **kwargs):
        told = {"audience": {ADVISORS}, "data": {"course": "pricing", "run": 1}}
        record("training.enrolled", target=self.case.enterprise, by=system(), **told)
        self.refresh_from_db()


INTRODUCTIONS = {
    IntroductionState.SENT: IntroductionFactory,
    IntroductionState.ANSWERED: AnsweredIntroductionFactory,
    IntroductionState.ENDED: EndedIntroductionFactory,
}


class WritingFactory(factory.django.DjangoModelFactory):
    """The client asks something, and nobody has opened it."""

    class Meta:
        model = Writing

    case = factory.SubFactory(CalledFactory)
    text = factory.Sequence("When is the office open, {}?".format)
    is_clients = True
    state = WritingState.WAITING
    by = factory.LazyAttribute(lambda writing: writing.case.person.user)
    due_on = DUE


class AnsweredWritingFactory(WritingFactory):
    state = WritingState.ANSWERED
    read_at = factory.LazyFunction(timezone.now)
    read_by = factory.SelfAttribute("case.advisor")
    ended_at = factory.LazyFunction(timezone.now)
    ended_by = factory.SelfAttribute("case.advisor")


class SettledWritingFactory(AnsweredWritingFactory):
    state = WritingState.SETTLED


class BackWritingFactory(WritingFactory):
    state = WritingState.BACK
    ended_at = factory.LazyFunction(timezone.now)
    ended_by = factory.SelfAttribute("by")


class SentWritingFactory(WritingFactory):
    """The advisor wrote, and the client has not opened it."""

    text = factory.Sequence("From nine to five, {}.".format)
    is_clients = False
    state = WritingState.SENT
    by = factory.SelfAttribute("case.advisor")
    due_on = None


WRITINGS = {
    WritingState.WAITING: WritingFactory,
    WritingState.ANSWERED: AnsweredWritingFactory,
    WritingState.SETTLED: SettledWritingFactory,
    WritingState.SENT: SentWritingFactory,
    WritingState.BACK: BackWritingFactory,
}

FLAGS = {FlagState.RAISED: FlagFactory, FlagState.CLEARED: ClearedFlagFactory}


class StepKindFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StepKind

    code = factory.Sequence("step-{}".format)
    name = factory.Sequence("Step {}".format)
    name_ur = factory.Sequence("قدم {}".format)
    owner = StepKind.Owner.ENTREPRENEUR


class StepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Step

    case = factory.SubFactory(PlannedFactory)
    kind = factory.SubFactory(StepKindFactory)
    due_on = DUE
    set_by = factory.SelfAttribute("case.advisor")


class BusinessPlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BusinessPlan

    case = factory.SubFactory(CalledFactory)
    number = 1
    purpose = "A second sewing machine"
    sales = 60_000
    costs = 40_000
    own_share = 5_000
    loan_wanted = 50_000
    months = 12
    author = factory.SelfAttribute("case.advisor")


class SubmittedPlanFactory(BusinessPlanFactory):
    state = BusinessPlanState.SUBMITTED
    submitted_at = factory.LazyFunction(timezone.now)
    due_on = DUE


class ReturnedPlanFactory(SubmittedPlanFactory):
    state = BusinessPlanState.RETURNED
    returned_at = factory.LazyFunction(timezone.now)
    remark = "The rent is missing."


class ApprovedPlanFactory(SubmittedPlanFactory):
    state = BusinessPlanState.APPROVED
    approved_by = factory.LazyAttribute(lambda plan: colleague(Role.ADVISOR, office=plan.case.office))
    approved_at = factory.LazyFunction(timezone.now)


PLANS = {
    BusinessPlanState.DRAFT: BusinessPlanFactory,
    BusinessPlanState.SUBMITTED: SubmittedPlanFactory,
    BusinessPlanState.RETURNED: ReturnedPlanFactory,
    BusinessPlanState.APPROVED: ApprovedPlanFactory,
}


class ReferralFactory(factory.django.DjangoModelFactory):
    """A referral to a branch in Multan, which sees the enterprise by the referral's grant."""

    class Meta:
        model = Referral

    case = factory.SubFactory(CalledFactory)
    to = Referral.To.LENDER
    to_office = factory.LazyFunction(branch)
    business_plan = factory.LazyAttribute(lambda referral: ApprovedPlanFactory(case=referral.case))
    grant = factory.LazyAttribute(
        lambda referral: GrantFactory(
            enterprise=referral.case.enterprise, office=referral.to_office, purpose=Grant.Purpose.REFERRAL
        )
    )
    by = factory.SelfAttribute("case.advisor")
    due_on = DUE


class TakenReferralFactory(ReferralFactory):
    state = ReferralState.TAKEN


class AnsweredReferralFactory(ReferralFactory):
    state = ReferralState.ANSWERED
    answering_event_id = 1
    ended_at = factory.LazyFunction(timezone.now)


class DeclinedReferralFactory(ReferralFactory):
    state = ReferralState.DECLINED
    reason = "Too far from the branch."
    ended_at = factory.LazyFunction(timezone.now)


class WithdrawnReferralFactory(DeclinedReferralFactory):
    state = ReferralState.WITHDRAWN


REFERRALS = {
    ReferralState.SENT: ReferralFactory,
    ReferralState.TAKEN: TakenReferralFactory,
    ReferralState.ANSWERED: AnsweredReferralFactory,
    ReferralState.DECLINED: DeclinedReferralFactory,
    ReferralState.WITHDRAWN: WithdrawnReferralFactory,
}


class TopicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Topic

    code = factory.Sequence("topic-{}".format)
    name = factory.Sequence("Topic {}".format)
    name_ur = factory.Sequence("موضوع {}".format)


class HelpdeskEventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HelpdeskEvent

    name = factory.Sequence("Chamber of Multan {}".format)
    kind = HelpdeskEvent.Kind.CHAMBER
    district = factory.LazyFunction(district)
    on = factory.LazyFunction(timezone.localdate)
    office = factory.LazyFunction(smeda_office)
    by = factory.LazyAttribute(lambda event: colleague(Role.ADVISOR, office=event.office))


class EnquiryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enquiry

    channel = Channel.PHONE
    topic = factory.SubFactory(TopicFactory)
    district = factory.LazyFunction(district)
    answer = "Told how to register."
    office = factory.LazyFunction(smeda_office)
    by = factory.LazyAttribute(lambda enquiry: colleague(Role.ADVISOR, office=enquiry.office))


def consents(person, *kinds):
    """What the person agreed to, if they had not yet; every kind when none is named."""
    for kind in set(kinds or Consent.Kind.values).difference(person.consents.standing().values_list("kind", flat=True)):
        Consent.objects.create(person=person, kind=kind, given_to=person.created_by)


def ready_to_refer(**attributes):
    """A case with an approved plan, whose owner lets SMEDA share, and a branch near it."""
    plan = ApprovedPlanFactory(**attributes)
    consents(plan.case.person)
    branch()
    return plan.case


class SparedPlanFactory(factory.django.DjangoModelFactory):
    """A plan whose lot fell on nothing."""

    class Meta:
        model = PlanReview

    case = factory.SubFactory(CalledFactory)
    first_step = factory.LazyAttribute(lambda lot: StepFactory(case=lot.case))
    author = factory.SelfAttribute("case.advisor")
    agreed_at = factory.LazyFunction(timezone.now)


class DrawnPlanFactory(SparedPlanFactory):
    state = PlanReviewState.DRAWN
    read_at = factory.SelfAttribute("case.office")
    drawn_at = factory.LazyFunction(timezone.now)
    due_on = DUE


class SoundPlanFactory(DrawnPlanFactory):
    state = PlanReviewState.SOUND
    read_by = factory.LazyAttribute(lambda lot: colleague(Role.REGIONAL_MANAGER, office=lot.case.office))
    reviewed_at = factory.LazyFunction(timezone.now)


class RemarkedPlanFactory(SoundPlanFactory):
    state = PlanReviewState.REMARKED
    remark = "No step says who pays for the licence."


class TalkedPlanFactory(RemarkedPlanFactory):
    state = PlanReviewState.TALKED
    talked_by = factory.SelfAttribute("author")
    talked_at = factory.LazyFunction(timezone.now)


PLAN_REVIEWS = {
    PlanReviewState.SPARED: SparedPlanFactory,
    PlanReviewState.DRAWN: DrawnPlanFactory,
    PlanReviewState.SOUND: SoundPlanFactory,
    PlanReviewState.REMARKED: RemarkedPlanFactory,
    PlanReviewState.TALKED: TalkedPlanFactory,
}
