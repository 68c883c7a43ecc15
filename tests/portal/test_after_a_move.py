"""A business moves: whatever waits of it goes to the desk there, and nothing stays with the office of before."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from casework.models import Case
from enterprises.actions import districts
from enterprises.actions.statements import state
from enterprises.models import Consent, Enterprise, Person, Statement
from journal.open_items import Scope
from portal.open_items import ITEM_KINDS
from portal.pages.items import earliest, of_colleague
from tests.factories.accounts import colleague
from tests.factories.casework import (
    ApprovedPlanFactory,
    CalledFactory,
    CallFactory,
    CaseFactory,
    ConfirmedMeetingFactory,
    DeclinedReferralFactory,
    FlagFactory,
    IntroductionFactory,
    MeetingFactory,
    OfferedIntroductionFactory,
    ReferralFactory,
    RefusedTransferFactory,
    RemarkedPlanFactory,
    ReturnedPlanFactory,
    StepFactory,
    SubmittedPlanFactory,
    TransferFactory,
    WithdrawnReferralFactory,
    WritingFactory,
    consents,
    smeda_office,
)
from tests.factories.enterprises import (
    ApprovedChangeFactory,
    CardReleaseFactory,
    ClaimFactory,
    ConsentFactory,
    PhoneChangeFactory,
    district,
)
from tests.factories.loans import (
    ApplicationFactory,
    LoanFactory,
    MisfortuneFactory,
    RequestFactory,
    approved,
    bring_papers,
    family_visited,
)
from tests.factories.outcomes import FollowUpFactory, ToldFollowUpFactory
from tests.factories.papers import DocumentRequestFactory
from tests.factories.training import EnrolmentFactory, SeatedFactory, SittingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_folder")]
# No business stands behind it, or it is about what an office did and not about where the business is.
STAYS = {
    "enterprises.draft",
    "casework.grievance",
    "casework.plan_review",
    "casework.call_back",
    "casework.call_back_no",
}
# The page is that of a class, which stays where it is: whoever teaches or advises there reads it on.
OF_A_CLASS = {"training.sitting"}
# Who was asked to take a case reads for 30 days how it was decided, though nothing waits any more.
READ_ON = OF_A_CLASS | {"casework.transfer"}
# An appointment is with the advisor who made it: it ends, the client is told, and another is made.
ENDS = {"casework.transfer", "casework.transfer_refused", "casework.meeting", "casework.meeting_answer"}


def claimed(case, **facts):
    return ClaimFactory(on_file=True, newcomer=case.person, enterprise=case.enterprise, **facts)


def lost_card(case):
    release = CardReleaseFactory(done=True, **taken_off(case), enterprise=case.enterprise)
    Person.objects.filter(pk=case.person_id).update(cnic=None, cnic_standing="none")
    return release


def card_back(case):
    Person.objects.filter(pk=case.person_id).update(cnic_standing="claimed")
    undone = {"undone_at": timezone.now(), "undone_by": case.advisor, "undone_because": "It was hers."}
    return CardReleaseFactory(done=True, **taken_off(case), **undone)


def taken_off(case):
    """Whoever saw the card elsewhere may see it again, wherever the business is."""
    return {"claim__person": case.person, "claim__district": district("quetta")}


def changed(case):
    Person.objects.filter(pk=case.person_id).update(phone_reader="unsaid")
    return ApprovedChangeFactory(person=case.person, enterprise=case.enterprise)


def lapsed(case):
    Enterprise.objects.filter(pk=case.enterprise_id).update(client_since=timezone.now())
    yesterday, now = timezone.localdate() - dt.timedelta(days=1), timezone.now()
    return ConsentFactory(
        person=case.person, kind=Consent.Kind.SHARE, withdrawn_at=now, lapsed_at=now, until_on=yesterday
    )


def called_wrong(case):
    state(case.person, ["name"], source="assisted", by=case.advisor)
    Statement.objects.filter(person=case.person).update(disputed_at=timezone.now())


def seat(case):
    tomorrow = timezone.now() + dt.timedelta(days=1)
    first = SittingFactory(starts_at=tomorrow, run__starts_on=timezone.localdate(tomorrow), run__seats_taken=1)
    return SeatedFactory(run=first.run, **theirs(case))


def payout(case):
    application = ApplicationFactory(**approved(), **theirs(case), person__cnic_standing="verified")
    bring_papers(application)
    Person.objects.filter(pk=case.person_id).update(cnic_standing="verified")


def called_long_ago(case):
    Case.objects.filter(pk=case.pk).update(first_contact_at=timezone.now() - dt.timedelta(days=20))


def approved_plan(case):
    Enterprise.objects.filter(pk=case.enterprise_id).update(client_since=timezone.now())
    return ApprovedPlanFactory(case=case)


def willing(case):
    consents(case.person, "share")
    return approved_plan(case)


def theirs(case):
    return {"person": case.person, "enterprise": case.enterprise}


WAITS = {
    "enterprises.claim": claimed,
    "enterprises.release": lambda case: CardReleaseFactory(claim=claimed(case)),
    "enterprises.card_lost": lost_card,
    "enterprises.card_back": card_back,
    "enterprises.phone_change": lambda case: PhoneChangeFactory(**theirs(case)),
    "enterprises.phone_facts": changed,
    "enterprises.consent_lapsed": lapsed,
    "enterprises.called_wrong": called_wrong,
    "enterprises.document": lambda case: DocumentRequestFactory(
        **theirs(case), asked_by=case.advisor, office=case.office
    ),
    "casework.first_contact": None,
    "casework.next_contact": None,
    "casework.call": lambda case: CallFactory(case=case),
    "casework.lost_text": lambda case: CallFactory(case=case, kind="loans.receipt", is_lost=True),
    "casework.step": lambda case: StepFactory(case=case),
    "casework.business_plan": lambda case: SubmittedPlanFactory(
        case=case, author=colleague(Role.ADVISOR, office=case.office)
    ),
    "casework.business_plan_return": lambda case: ReturnedPlanFactory(case=case),
    "casework.to_refer": willing,
    "casework.to_share": approved_plan,
    "casework.outcome": lambda case: FollowUpFactory(case=case),
    "casework.outcome_told": lambda case: ToldFollowUpFactory(case=case),
    "casework.meeting": lambda case: ConfirmedMeetingFactory(case=case),
    "casework.meeting_answer": lambda case: MeetingFactory(case=case),
    "casework.health_check": called_long_ago,
    "casework.offered_answer": lambda case: OfferedIntroductionFactory(case=case),
    "casework.introduction": lambda case: IntroductionFactory(case=case),
    "casework.writing": lambda case: WritingFactory(case=case),
    "casework.flag": lambda case: FlagFactory(case=case),
    "casework.plan_remark": lambda case: RemarkedPlanFactory(case=case),
    "casework.transfer": lambda case: TransferFactory(case=case, to_office=case.office, to_advisor=case.advisor),
    "casework.transfer_refused": lambda case: RefusedTransferFactory(case=case, by=case.advisor),
    "casework.referral": lambda case: ReferralFactory(case=case),
    "casework.answer": lambda case: DeclinedReferralFactory(case=case),
    "casework.withdrawn": lambda case: WithdrawnReferralFactory(case=case),
    "training.sitting": seat,
    "training.waiting": lambda case: EnrolmentFactory(**theirs(case)),
    "loans.application": lambda case: ApplicationFactory(**theirs(case)),
    "loans.disbursement": payout,
    "loans.card": lambda case: ApplicationFactory(**approved(), **theirs(case)),
    "loans.papers": lambda case: ApplicationFactory(**approved(), **theirs(case)),
    "loans.request": lambda case: RequestFactory(application=ApplicationFactory(**theirs(case))),
    "loans.request_of_smeda": lambda case: RequestFactory(application=ApplicationFactory(**theirs(case)), of="smeda"),
    "loans.family_visit": lambda case: MisfortuneFactory(loan=LoanFactory(**theirs(case))),
    "loans.misfortune": lambda case: MisfortuneFactory(loan=LoanFactory(**theirs(case)), **family_visited()),
    "loans.instalment": lambda case: LoanFactory(**theirs(case)),
}


def on_desk(user, kind):
    """The pages of what is on the user's desk of this kind."""
    asked = Scope(user_id=user.pk, office_ids=user.office_ids)
    rows = [item for item in earliest(of_colleague, asked, limit=50) if item["kind"] == kind]
    return [reverse(ITEM_KINDS[kind].url_name, args=[item["target_id"]]) for item in rows]


def test_every_kind_is_walked_or_stays_for_a_reason():
    assert {*WAITS} | STAYS == {*ITEM_KINDS}


@pytest.mark.parametrize("kind", WAITS)
def test_what_waits_of_a_business_goes_with_it(signed_in, kind):
    """R12: on the desk of the new office with a page that opens, and off the old one, whose page is closed."""
    here = colleague(Role.ADVISOR, office=smeda_office())
    there = colleague(Role.ADVISOR, office=smeda_office("lahore"))
    agreed = {"next_contact_on": timezone.localdate()}
    facts = {"office_id": min(here.office_ids), "advisor": here}
    case = CaseFactory(**facts) if kind == "casework.first_contact" else CalledFactory(**agreed, **facts)
    if make := WAITS[kind]:
        make(case)
    before = on_desk(here, kind)

    case.enterprise.refresh_from_db()
    told = {"kind": "moved", "district": district("lahore"), "place": "", "reason": "Told me."}
    districts.change(enterprise=case.enterprise, by=here, version=case.enterprise.version, **told)

    old, new = signed_in(here), signed_in(there)
    after = [] if kind in ENDS else before
    assert (len(before), on_desk(here, kind), on_desk(there, kind)) == (1, [], after)
    closed = 200 if kind in READ_ON else 404
    assert {(old.get(url).status_code, new.get(url).status_code) for url in before} <= {(closed, 200)}
