"""The kept texts give what the plain querysets give: for everybody, on every day, one after the other."""

import datetime as dt
from types import SimpleNamespace
from unittest import mock

import pytest
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as law
from hypothesis import strategies as st

from accounts.models import Office, User
from accounts.roles import Role
from casework.open_items import open_items as of_casework
from enterprises.actions.statements import state
from enterprises.models import Enterprise, Statement
from journal import open_items
from journal.open_items import COUNTS, OWN, Cursor, Owner, Scope, united
from kit.given import FrozenLiteralError
from portal.pages import items
from portal.pages.items import earliest, numbered, of_clients, of_colleague, of_offices, of_team, week_after
from tests.factories.accounts import colleague
from tests.factories.call_backs import DeniedFactory, DrawnCallBackFactory
from tests.factories.casework import (
    ApprovedPlanFactory,
    CalledFactory,
    CallFactory,
    CaseFactory,
    ClosedFactory,
    ConfirmedMeetingFactory,
    DeclinedReferralFactory,
    DrawnPlanFactory,
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
    smeda_office,
)
from tests.factories.enterprises import (
    ApprovedChangeFactory,
    CardReleaseFactory,
    ClaimFactory,
    ConsentFactory,
    DraftFactory,
    PhoneChangeFactory,
    district,
)
from tests.factories.grievances import GrievanceFactory
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
from tests.thorough import examples

pytestmark = pytest.mark.django_db
SHAPES = [of_clients, of_colleague, of_team, of_offices]
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
KINDS = {
    "enterprises.claim",
    "enterprises.release",
    "enterprises.card_lost",
    "enterprises.card_back",
    "enterprises.draft",
    "enterprises.phone_change",
    "enterprises.phone_facts",
    "enterprises.consent_lapsed",
    "enterprises.called_wrong",
    "enterprises.document",
    "casework.first_contact",
    "casework.next_contact",
    "casework.call",
    "casework.lost_text",
    "casework.step",
    "casework.business_plan",
    "casework.business_plan_return",
    "casework.to_refer",
    "casework.to_share",
    "casework.meeting",
    "casework.meeting_answer",
    "casework.health_check",
    "casework.outcome",
    "casework.outcome_told",
    "casework.referral",
    "casework.answer",
    "casework.withdrawn",
    "casework.grievance",
    "casework.introduction",
    "casework.offered_answer",
    "casework.transfer",
    "casework.transfer_refused",
    "casework.flag",
    "casework.writing",
    "casework.plan_review",
    "casework.plan_remark",
    "casework.call_back",
    "casework.call_back_no",
    "training.sitting",
    "training.waiting",
    "loans.application",
    "loans.disbursement",
    "loans.card",
    "loans.papers",
    "loans.family_visit",
    "loans.misfortune",
    "loans.instalment",
    "loans.request",
    "loans.request_of_smeda",
}


def due(days):
    return NOON.date() + days * DAY


def drawn_by_lot(office, advisor, manager):
    for author in (advisor, manager):
        case = CalledFactory(office=office, advisor=advisor)
        DrawnPlanFactory(case=case, author=author, due_on=due(-1))
        RemarkedPlanFactory(case=case, due_on=due(-1))
        for made in (DrawnCallBackFactory, DeniedFactory):
            made(case=CalledFactory(office=office, advisor=advisor), author=author, due_on=due(-1))
    DrawnPlanFactory(due_on=due(-1))
    DrawnCallBackFactory(due_on=due(-1))


def people():
    """One of each kind of open item, at an office with an advisor and its manager, and some of another office."""
    office = smeda_office(depth=3)  # it covers Multan
    manager = colleague(Role.REGIONAL_MANAGER, office=office)
    advisor = colleague(Role.ADVISOR, office=office)
    for mine in ({"office": office, "advisor": advisor}, {}):
        CaseFactory(first_contact_due_on=due(-2), **mine)
        CaseFactory(first_contact_due_on=due(2), **mine)
        CalledFactory(next_contact_on=due(0), **mine)
        CallFactory(case=CalledFactory(**mine), due_on=due(1))
        CallFactory(case=CalledFactory(**mine), kind="loans.receipt", is_lost=True, due_on=due(1))
        CalledFactory(first_contact_at=NOON - 14 * DAY, **mine)
        step = StepFactory(case=CalledFactory(**mine), due_on=due(-1))
        for made in (MeetingFactory, ConfirmedMeetingFactory):
            made(case=CalledFactory(**mine), starts_at=NOON + DAY * (2 + (made is MeetingFactory)))
        FollowUpFactory(case=CalledFactory(**mine), due_on=due(5))
        FollowUpFactory(case=ClosedFactory(**mine), due_on=due(5))
        for told in (CalledFactory, ClosedFactory):
            ToldFollowUpFactory(case=told(**mine), answered_at=NOON - 2 * DAY)
        for made in (SubmittedPlanFactory, ReturnedPlanFactory, ApprovedPlanFactory):
            made(case=CalledFactory(**mine), due_on=due(3))
        willing = ApprovedPlanFactory(case=CalledFactory(**mine), due_on=due(3)).case.person
        ConsentFactory(person=willing, kind="share")
        IntroductionFactory(case=CalledFactory(**mine), due_on=due(-1))
        for wrote in (CalledFactory(**mine), ClosedFactory(**mine)):
            WritingFactory(case=wrote, due_on=due(-1))
        OfferedIntroductionFactory(case=CalledFactory(**mine), due_on=due(-1))
        DocumentRequestFactory(enterprise=step.case.enterprise, asked_by=step.case.advisor, due_on=due(8))
    ReferralFactory()
    DeclinedReferralFactory()
    for asked in (advisor, None):
        RefusedTransferFactory(case=CalledFactory(office=office, advisor=advisor), due_on=due(-1))
        TransferFactory(to_office=office, to_advisor=asked, due_on=due(-1))
    TransferFactory(due_on=due(1))
    for owner in (advisor, manager):
        FlagFactory(case=CalledFactory(office=office, advisor=advisor), owner=owner, due_on=due(-1))
    FlagFactory(due_on=due(3))
    drawn_by_lot(office, advisor, manager)
    WithdrawnReferralFactory()
    GrievanceFactory(owner=manager, office=office, due_on=due(-1))
    GrievanceFactory(due_on=due(1))
    GrievanceFactory(owner=None, office=office, due_on=due(2))
    ClaimFactory(due_on=due(0))
    for asker in (advisor, manager):
        CardReleaseFactory(claim__due_on=due(1), asked_by=asker)
    lost = CardReleaseFactory(done=True, enterprise=step.case.enterprise, due_on=due(4))
    type(lost.loser).objects.filter(pk=lost.loser_id).update(cnic=None, cnic_standing="none")
    back = {"undone_at": NOON, "undone_by": advisor, "undone_because": "It was the sister's card."}
    CardReleaseFactory(done=True, claim__person__cnic_standing="claimed", due_on=due(4), **back)
    DraftFactory(touched_at=NOON - 2 * HOUR, call_due_on=due(0), district=district())
    DraftFactory(touched_at=NOON - HOUR / 2, call_due_on=due(0), district=district())
    PhoneChangeFactory(due_on=due(1))
    for reader in ("unsaid", "self"):
        changed = ApprovedChangeFactory().person
        type(changed).objects.filter(pk=changed.pk).update(phone_reader=reader)
        ConsentFactory(person=changed, kind="contact")
    ConsentFactory(person=changed, withdrawn_at=NOON, lapsed_at=NOON, until_on=due(-1))
    state(changed, ["name"], source="assisted", by=advisor)
    Statement.objects.update(disputed_at=NOON)
    begun = SittingFactory(starts_at=NOON - HOUR, run__starts_on=due(0), run__seats_taken=1)
    SittingFactory(run=begun.run, starts_at=NOON + 3 * DAY)
    SeatedFactory(run=begun.run)
    EnrolmentFactory(run__starts_on=due(2))
    application = ApplicationFactory(due_on=due(4))
    ApplicationFactory(**approved(), due_on=due(-3))
    ready = ApplicationFactory(**approved(), person__cnic_standing="verified", due_on=due(2))
    bring_papers(ready)
    ApplicationFactory(**approved(), person=step.case.person, enterprise=step.case.enterprise, due_on=due(2))
    RequestFactory(application__enterprise=step.case.enterprise, due_on=due(1))
    RequestFactory(application__enterprise=step.case.enterprise, of="smeda", due_on=due(1))
    MisfortuneFactory(due_on=due(-1))
    MisfortuneFactory(due_on=due(2), **family_visited())
    loan = LoanFactory()
    loan.next_due_on = due(5)
    loan.save()
    return SimpleNamespace(
        advisor=advisor,
        manager=manager,
        office=office,
        users=list(User.objects.values_list("pk", flat=True)),
        offices=list(Office.objects.values_list("pk", flat=True)),
        enterprises=[*Enterprise.objects.values_list("pk", flat=True), application.enterprise_id],
    )


def narrow(scope, rows, *, enterprise, holder, office):
    """What a scope keeps, said in one sentence that no index serves."""
    wanted = Q(pk__in=[])
    if scope.enterprise_ids is not None:
        wanted |= Q(**{f"{enterprise}__in": scope.enterprise_ids})
    if scope.user_id and holder:
        wanted |= Q(**{holder: scope.user_id})
    if scope.office_ids and office:
        at_office = Q(**{f"{office}__in": scope.office_ids})
        wanted |= at_office if scope.is_team or not holder else at_office & Q(**{f"{holder}__isnull": True})
    return rows.filter(wanted)


def is_shown(row, show, scope):
    today, is_ours = scope.today, row["owner"] == Owner.ADVISOR
    return {
        "late": row["due_on"] < today,
        "today": row["due_on"] == today and is_ours,
        "week": today < row["due_on"] <= week_after(today) and is_ours,
        "waiting": not is_ours,
        OWN: row["due_on"] < today or is_ours,
        "": True,
    }[show]


def plainly(shape, scope):
    """Everything of the scope in its order, by that sentence and built anew."""
    with mock.patch.object(Scope, "narrow", narrow):
        rows = united(items.sources(shape(scope)), limit=10_000)
    return sorted(rows, key=lambda row: Cursor.at(row).parts())


def asked(shape, scope, *, limit=9, show="", after=None):
    return numbered(shape, scope, limit=limit, show=show, after=after)[1]


def everything(**values):
    """A scope with all parts; a shape takes what it asks for."""
    return Scope(**{"enterprise_ids": frozenset(), "today": NOON.date(), "now": NOON} | values)


def hold(known, shape, data):
    """The kept text counts and lists what the sentence says, from whichever row on, whatever is shown."""
    moment = NOON + data.draw(st.integers(-4, 9)) * DAY
    scope = everything(
        user_id=data.draw(st.sampled_from([known.advisor.pk, known.manager.pk, *known.users])),
        office_ids=frozenset(data.draw(st.sets(st.sampled_from([known.office.pk, *known.offices])))),
        enterprise_ids=data.draw(st.sets(st.sampled_from(known.enterprises))),
        today=moment.date(),
        now=moment,
    )
    show = data.draw(st.sampled_from(["", *COUNTS]))
    rows = plainly(shape, scope)
    shown = [row for row in rows if is_shown(row, show, scope)]
    place = data.draw(st.integers(0, max(len(shown) - 1, 0)))
    last = shown[place] if shown else None
    after = Cursor.at(last) if last else None

    counts = {count: sum(is_shown(row, count, scope) for row in rows) for count in COUNTS}
    assert numbered(shape, scope, limit=5, show=show) == (counts, shown[:5])
    assert numbered(shape, scope, limit=5, show=show, after=after) == (counts, shown[place + 1 : place + 6])
    first = [Cursor.at(row).parts()[:3] for row in rows[:5]]
    assert [Cursor.at(row).parts()[:3] for row in earliest(shape, scope, limit=5)] == first


LAW = law(max_examples=examples(3), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.mark.parametrize("shape", SHAPES)
@LAW
@given(data=st.data())
def test_the_kept_text_gives_what_one_sentence_says(known, shape, data):
    hold(known, shape, data)


def first_alone(rows, wanted, *, is_few):
    """An arm that was forgotten."""
    return rows.filter(wanted[0]) if wanted else rows.none()


@pytest.fixture
def forgotten(monkeypatch):
    monkeypatch.setattr(open_items, "either", first_alone)
    items.listing.cache_clear()
    items.numbering.cache_clear()
    yield
    items.listing.cache_clear()
    items.numbering.cache_clear()


@pytest.mark.xfail(strict=True, raises=AssertionError)
def test_an_arm_that_is_forgotten_is_found_out_control(known, forgotten):
    scope = everything(
        user_id=known.manager.pk,
        office_ids=frozenset(known.offices),
        enterprise_ids=frozenset(known.enterprises),
    )

    assert asked(of_team, scope, limit=10_000) == plainly(of_team, scope)


@pytest.fixture
def known(db, papers_folder):
    return people()


def test_every_kind_is_among_what_the_law_is_tried_on(known):
    scope = everything(office_ids=frozenset(known.offices), enterprise_ids=frozenset(known.enterprises))
    of_all = [shape(scope) for shape in (of_offices, of_clients)]

    found = {item["kind"] for one in of_all for item in united(items.sources(one), limit=10_000)}

    assert found == KINDS


def test_two_people_one_after_the_other_never_see_each_others_rows(known):
    mine, other = (CaseFactory(first_contact_due_on=due(1)) for _ in range(2))
    scopes = [everything(user_id=case.advisor_id) for case in (mine, other, mine)]

    found = [[item["target_id"] for item in asked(of_colleague, scope)] for scope in scopes]

    assert found == [[mine.pk], [other.pk], [mine.pk]]


def test_two_owners_one_after_the_other_never_see_each_others_rows():
    mine, other = (CaseFactory(first_contact_due_on=due(1)) for _ in range(2))
    scopes = [everything(enterprise_ids={case.enterprise_id}) for case in (mine, other)]

    found = [[item["target_id"] for item in asked(of_clients, scope)] for scope in scopes]

    assert found == [[mine.pk], [other.pk]]


def test_tomorrow_is_not_today():
    """The first call is late the day after, and the class that was to come has begun."""
    case = CaseFactory(first_contact_due_on=due(0))
    run = SittingFactory(starts_at=NOON + HOUR, run__starts_on=due(0), run__seats_taken=1).run
    values = {"user_id": run.trainer_id, "office_ids": frozenset({case.office_id})}
    days = [everything(today=due(days), now=NOON + days * DAY, **values) for days in (0, 1)]

    assert [numbered(of_team, scope, limit=9)[0]["late"] for scope in days] == [0, 2]
    assert [len(asked(of_team, scope)) for scope in days] == [1, 2]


@pytest.mark.parametrize(("shape", "number"), [(of_colleague, 2), (of_team, 1), (of_offices, 1)])
def test_the_list_and_the_counts_are_one_query(django_assert_num_queries, shape, number):
    """A colleague's own clients are asked for before: an index is asked by ids."""
    scope = everything(user_id=1, office_ids=frozenset({1}))

    with django_assert_num_queries(number):
        numbered(shape, scope, limit=9, show="late", after=Cursor(due(0), "casework.step", 1, 1))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_text_is_made_once(shape):
    assert items.numbering(shape) is items.numbering(shape)
    assert items.listing(shape, 26) is items.listing(shape, 26)


def test_what_an_owner_cannot_have_is_not_asked():
    text = items.listing(of_clients, 20)

    asked = {param for param in text.params if isinstance(param, str) and param in KINDS}
    assert asked == KINDS - {
        "enterprises.release",
        "enterprises.draft",
        "casework.grievance",
        "casework.transfer",
        "casework.transfer_refused",
        "casework.flag",
        "casework.plan_review",
        "casework.plan_remark",
        "casework.call_back",
        "casework.call_back_no",
    }


def looking_at_the_clock(scope):
    """A source that asks for today itself."""
    for rows in of_casework(scope):
        yield rows.filter(item_due_on__lte=timezone.localdate())


def test_a_source_that_looks_at_the_clock_itself_is_refused(monkeypatch):
    monkeypatch.setattr(items, "OPEN_ITEMS", (looking_at_the_clock,))

    with pytest.raises(FrozenLiteralError):
        items.listing.__wrapped__(of_clients, 20)


def test_a_manager_does_not_find_what_is_about_them_in_the_list_of_their_offices():
    office = smeda_office(depth=3)
    manager, other = (colleague(Role.REGIONAL_MANAGER, office=office) for _manager in range(2))
    GrievanceFactory(owner=other, office=office, about_user=manager, due_on=due(0))

    shown = [len(asked(of_team, Scope(user_id=who.pk, office_ids=frozenset([office.pk])))) for who in (manager, other)]

    assert shown == [0, 1]
