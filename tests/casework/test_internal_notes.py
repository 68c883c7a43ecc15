"""No URL whatsoever gives an internal note to a partner. Of clients, see tests/portal/test_audiences.py."""

from functools import partial
from itertools import product

import pytest
from django.urls import Resolver404, resolve

from accounts.roles import Role
from journal.events import ADVISORS, LENDER, record
from portal.doors import door_of
from tests.factories.accounts import colleague
from tests.factories.barriers import BarrierReportFactory
from tests.factories.call_backs import SettledFactory
from tests.factories.casework import (
    ApprovedPlanFactory,
    BackWritingFactory,
    ClearedFlagFactory,
    ContactFactory,
    EndedIntroductionFactory,
    FlagFactory,
    MeetingFactory,
    NoteFactory,
    PauseFactory,
    ReferralFactory,
    RefusedTransferFactory,
    RemarkedPlanFactory,
    StepFactory,
    SubmittedPlanFactory,
    TransferFactory,
    WritingFactory,
)
from tests.factories.enterprises import GrantFactory, system
from tests.factories.health import DoneHealthCheckFactory
from tests.factories.outcomes import FollowUpFactory, MeasureFactory
from tests.portal.everywhere import routes
from tests.portal.planting import line_up

pytestmark = pytest.mark.django_db
SECRET = "Her uncle keeps the shop keys: speak to her alone."


@pytest.fixture
def case():
    """A referred case with an internal note, and records of every kind around it."""
    line_up()
    referral = ReferralFactory()
    case = referral.case
    NoteFactory(case=case, text=SECRET)
    NoteFactory(case=case, text="Bring the electricity bill.", is_shared=True)
    ContactFactory(case=case)
    PauseFactory(case=case, note=SECRET)
    MeetingFactory(case=case)
    DoneHealthCheckFactory(case=case)
    BarrierReportFactory(case=case, barrier__what=SECRET[:160])
    MeasureFactory(case=case, follow_up=FollowUpFactory(case=case))
    FlagFactory(case=case, text=SECRET)
    RemarkedPlanFactory(case=case, remark=SECRET)
    BackWritingFactory(case=case, text=SECRET, is_clients=False, due_on=None, by=case.advisor)
    WritingFactory(case=case)
    SettledFactory(case=case, words=SECRET, decision=SECRET)
    EndedIntroductionFactory(case=case, why=SECRET, reason=SECRET)
    ClearedFlagFactory(case=case, clearing=SECRET)
    RefusedTransferFactory(case=case, reason=SECRET, refusal=SECRET)
    TransferFactory(case=case, reason=SECRET)
    StepFactory(case=case)
    SubmittedPlanFactory(case=case, number=2)
    record("loans.received", target=case.enterprise, by=system(), audience={ADVISORS, LENDER})
    return case


def ids_of(case):
    """Every number that could stand in a URL and lead to something of this case."""
    near = [case, case.enterprise, case.person, case.person.user, case.advisor, case.office]
    hanging = [*case.notes.all(), *case.contacts.all(), *case.steps.all(), *case.business_plans.all()]
    hanging += [*case.meetings.all(), *case.health_checks.all()]
    hanging += [*case.meetings.all(), *case.follow_ups.all(), *case.measures.all()]
    hanging += [*case.barrier_reports.all(), *(report.barrier for report in case.barrier_reports.all())]
    hanging += [*case.flags.all(), *case.transfers.all(), *case.introductions.all(), *case.plan_reviews.all()]
    hanging += [*case.writings.all()]
    hanging += [*case.call_backs.all()]
    sent = [*case.referrals.all(), *(referral.grant for referral in case.referrals.all())]
    return sorted({str(item.pk) for item in (*near, *hanging, *sent)} | {case.enterprise.reference})


def filled(route, number):
    """The route with the number for every converter."""
    parts = route.split("<")
    return "/" + parts[0] + "".join(number + part.partition(">")[2] for part in parts[1:])


def pages_of(case):
    return {filled(route, number) for route in routes() for number in (ids_of(case) if "<" in route else ["1"])}


def open_to(user, page):
    """A door refuses the whole address, whatever the number in it and the method: see tests/portal/test_doors.py."""
    try:
        door = door_of(resolve(page))
    except Resolver404:  # no such address
        return False
    return door is None or door.admits(user)


def leaks(client, user, case):
    """The addresses that show the secret, by GET or by POST."""
    pages = [page for page in sorted(pages_of(case)) if open_to(user, page)]
    ways = [client.get, partial(client.post, data={"version": "0"})]
    for way, page in product(ways, pages):
        answer = way(page)
        if not answer.streaming and SECRET in answer.text:
            yield page


def test_the_walk_comes_past_the_pages_of_the_case(case):
    """Otherwise the tests below would prove nothing: the advisor does find the note on the way."""
    pages = pages_of(case)

    assert len(pages) > 100
    assert case.get_absolute_url() in pages


def test_the_advisor_finds_the_note(case, signed_in):
    assert case.get_absolute_url() in leaks(signed_in(case.advisor), case.advisor, case)


@pytest.mark.parametrize("role", [Role.LOAN_OFFICER, Role.BRANCH_MANAGER, Role.TRAINER])
def test_no_page_shows_it_to_a_partner(role, case, signed_in):
    user = colleague(role, office=case.referrals.get().to_office)
    GrantFactory(enterprise=case.enterprise, user=user, purpose="enrolment")
    ApprovedPlanFactory(case=case, number=3)

    assert list(leaks(signed_in(user), user, case)) == []
