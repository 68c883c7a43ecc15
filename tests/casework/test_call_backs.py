"""Contacts about which a manager calls the client: drawn by lot, and never called back by whoever had them."""

import datetime as dt
import uuid

import pytest
import rules
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from casework import timeline
from casework.actions import call_backs, lots
from casework.models import CallBack, Contact
from casework.open_items import open_items
from enterprises.actions import consents
from enterprises.models import Person
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from journal.open_items import Scope
from kit import words
from portal import jobs
from portal.pages import team
from reports.indicators import INDICATORS, Figure
from reports.indicators import casework as casework_figures
from reports.periods import Month
from tests.factories.accounts import colleague
from tests.factories.call_backs import (
    CalledBackFactory,
    DeniedFactory,
    DrawnCallBackFactory,
    SessionFactory,
    SparedCallBackFactory,
    VainFactory,
)
from tests.factories.casework import CalledFactory, ClosedFactory, ContactFactory, smeda_office
from tests.factories.enterprises import PersonFactory, system

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SAID = {"took_place": "yes", "is_as_agreed": "yes", "is_content": "yes", "words": ""}


@pytest.fixture
def everyone(monkeypatch):
    monkeypatch.setattr(call_backs, "falls", lambda: True)


def drawn(*, now=None):
    return call_backs.draw_lots(now=now or timezone.now(), by=system())


def promised(*, now):
    return call_backs.keep_promise(now=now, by=system())


def states():
    return list(CallBack.objects.order_by("contact").values_list("state", flat=True))


def listed(user, *, kind="casework.call_back", days=0, is_team=False):
    today = timezone.localdate() + days * DAY
    scope = Scope(user_id=user.pk, office_ids=user.office_ids, today=today, is_team=is_team)
    return [row[-1] for rows in open_items(scope) for row in rows if row[0] == kind]


def chain():
    """An office below the programme's, with an advisor and who manages each."""
    top = smeda_office("quetta", depth=1)
    office = smeda_office(parent=top, depth=2)
    manager = colleague(Role.REGIONAL_MANAGER, office=office)
    return office, colleague(Role.ADVISOR, office=office), manager, colleague(Role.PROGRAMME_MANAGER, office=top)


# the draw


def test_a_drawn_contact_waits_for_the_manager_alone(everyone):
    office, advisor, manager, programme = chain()
    contact = SessionFactory(case=CalledFactory(office=office, advisor=advisor))

    assert (drawn(), drawn()) == (1, 0)

    back = CallBack.objects.get()
    assert (back.state, back.author, back.read_at, back.contact) == ("drawn", advisor, office, contact)
    assert [listed(user) for user in (manager, advisor, programme)] == [[back.pk], [], []]
    assert listed(programme, days=30) == [back.pk]
    assert [listed(manager, is_team=True), listed(advisor, is_team=True)] == [[back.pk], []]
    event = Event.objects.get(name="casework.call_back_drawn")
    assert (event.target_id, event.by, sorted(event.audience)) == (back.pk, system(), ["managers"])


def ended(outcome):
    return ClosedFactory(outcome=outcome, first_contact_at=timezone.now())


@pytest.mark.parametrize(
    ("made", "times"),
    [
        (SessionFactory, 1),
        (lambda: SessionFactory(is_unasked=True), 0),
        (lambda: SessionFactory(at=timezone.now() - 32 * DAY), 0),
        (lambda: SessionFactory(by=system()), 0),
        (lambda: ContactFactory(is_substantive=True, is_specific=False), 0),
        (lambda: SessionFactory(case=CalledFactory(lets_contact=False)), 0),
        (lambda: SessionFactory(case=CalledFactory(person=PersonFactory(phone=""))), 0),
        (lambda: SessionFactory(case=ended("graduated")), 1),
        (lambda: SessionFactory(case=ended("moved")), 1),
        (lambda: SessionFactory(case=ended("died")), 0),
        (lambda: SessionFactory(case=ended("untraceable")), 0),
        (lambda: SessionFactory(case=ended("dropped_out")), 0),
    ],
)
def test_only_clients_who_may_be_called_are_drawn_of_contacts_that_count(made, times, everyone):
    made()

    assert (drawn(), CallBack.objects.drawn().count()) == (times, times)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: without the rule the dead are called")
def test_only_clients_who_may_be_called_are_drawn_control(everyone, monkeypatch):
    monkeypatch.setattr(call_backs, "may_be_called", lambda _back: True)
    SessionFactory(case=ended("died"))

    assert drawn() == 0


def drawn_again(*, apart):
    """How many of two contacts with one client, so far from each other, are drawn."""
    case, now = CalledFactory(), timezone.now()
    for at in (now - apart, now):
        SessionFactory(case=case, at=at)
        drawn(now=at)
    return CallBack.objects.drawn().count()


def test_a_client_is_called_like_this_once_in_eight_weeks(everyone):
    assert drawn_again(apart=dt.timedelta(days=55)) == 1
    CallBack.objects.all().delete()
    Contact.objects.all().delete()
    assert drawn_again(apart=dt.timedelta(days=57)) == 2


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: without a rest they are called twice")
def test_a_client_is_called_like_this_once_control(everyone, monkeypatch):
    monkeypatch.setattr(call_backs, "REST", dt.timedelta())

    assert drawn_again(apart=dt.timedelta(days=55)) == 1


def test_a_contact_has_one_lot_whatever_nights_pass(monkeypatch):
    contact, answers = SessionFactory(), iter([False, True])
    monkeypatch.setattr(call_backs, "falls", lambda: next(answers))
    drawn()
    drawn()

    assert states() == ["spared"]
    assert call_backs.draw_lot(contact, now=timezone.now(), by=system(), lot=lambda: True) is False
    with pytest.raises(IntegrityError), transaction.atomic():
        SparedCallBackFactory(case=contact.case, contact=contact)


def test_about_one_in_twenty_is_drawn():
    """Of 6000, between 200 and 400: outside of it once in some hundred million runs."""
    assert 200 < sum(call_backs.falls() for _contact in range(6000)) < 400


# at least one a month of every advisor who logged enough

DECEMBER = dt.datetime.fromisoformat("2026-12-01T01:30+05:00")
NOVEMBER = dt.datetime.fromisoformat("2026-11-30T23:30+05:00")


def of_month(author, number, *, made=SparedCallBackFactory, **facts):
    return [made(author=author, logged_at=NOVEMBER, **facts) for _contact in range(number)]


def test_of_every_advisor_who_logged_enough_one_is_drawn():
    busy, idle, lucky = (colleague(Role.ADVISOR) for _advisor in range(3))
    of_month(busy, 5)
    of_month(idle, 4)
    of_month(lucky, 5)
    of_month(lucky, 1, made=DrawnCallBackFactory)

    assert promised(now=NOVEMBER) == 0
    assert (promised(now=DECEMBER), promised(now=DECEMBER + DAY)) == (1, 0)
    assert {one.author for one in CallBack.objects.drawn()} == {busy, lucky}


def test_of_nobody_is_one_drawn_whose_clients_may_not_be_called():
    of_month(colleague(Role.ADVISOR), 5, case=ended("died"))

    assert promised(now=DECEMBER) == 0


def test_who_was_called_lately_is_spared_by_the_promise_too():
    author, case = colleague(Role.ADVISOR), CalledFactory()
    DrawnCallBackFactory(case=case, drawn_at=DECEMBER - 20 * DAY, logged_at=DECEMBER - 50 * DAY)
    of_month(author, 5, case=case)

    assert promised(now=DECEMBER) == 0


# calling


def managed(back):
    return colleague(Role.REGIONAL_MANAGER, office=back.read_at)


def reached(back, *, by, version=0, **said):
    return call_backs.reach(back=back, by=by, version=version, **SAID | said)


def test_what_the_client_says_is_kept_and_nothing_waits_any_more():
    back = DrawnCallBackFactory()
    manager = managed(back)

    made = reached(back, by=manager, is_content="unsure", words="She is glad.")

    made.refresh_from_db()
    assert (made.state, made.called_by, made.took_place, made.is_content) == ("called", manager, "yes", "unsure")
    assert listed(manager) == []


def test_a_no_goes_up_and_takes_the_contact_out_of_nothing():
    office, advisor, manager, programme = chain()
    back = DrawnCallBackFactory(case=CalledFactory(office=office, advisor=advisor))
    month = Month.of(back.contact.on)

    made = reached(back, by=manager, took_place="no", is_as_agreed="yes", words="Nobody came.")

    no = "casework.call_back_no"
    assert (made.state, made.is_as_agreed, made.due_on > timezone.localdate()) == ("denied", "", True)
    assert [listed(user, kind=no) for user in (manager, advisor, programme)] == [[], [], [back.pk]]
    figures = [INDICATORS[code].figure(month, programme) for code in ("sessions", "denied", "call_backs")]
    assert figures == [Figure(1), Figure(1), Figure(0, 1)]
    with pytest.raises(PermissionDenied):
        call_backs.settle(back=made, by=manager, version=made.version, decision="So be it.")
    settled = call_backs.settle(back=made, by=programme, version=made.version, decision="Spoke with both.")
    assert (settled.state, listed(programme, kind=no)) == ("settled", [])
    assert INDICATORS["sessions"].figure(month, programme) == Figure(1)


def test_what_was_agreed_is_asked_unless_it_did_not_take_place():
    back = DrawnCallBackFactory()

    with pytest.raises(ValidationError) as refusal:
        reached(back, by=managed(back), is_as_agreed="")

    assert list(refusal.value.error_dict) == ["is_as_agreed"]


def tried(back, *, days):
    """The state after one try in vain on each of these days."""
    manager = managed(back)
    for day in days:
        back.refresh_from_db()
        back.tried_on = [*back.tried_on]
        CallBack.objects.filter(pk=back.pk).update(tried_on=[one - DAY * day for one in back.tried_on])
        back = call_backs.try_in_vain(back=back, by=manager, version=back.version)
    return back.state


@pytest.mark.parametrize(
    ("days", "state"), [([0], "drawn"), ([0, 1], "drawn"), ([0, 0, 0], "drawn"), ([0, 0, 0, 1], "vain")]
)
def test_after_three_tries_not_all_of_one_day_it_ends_as_not_reached(days, state):
    assert tried(DrawnCallBackFactory(), days=days) == state


def test_not_reached_is_a_figure_of_its_own():
    back = VainFactory()
    CalledBackFactory()
    month, reader = Month.of(timezone.localdate(back.called_at)), colleague(Role.PROGRAMME_MANAGER)

    figures = [INDICATORS[code].figure(month, reader) for code in ("call_backs", "call_backs_vain")]

    assert figures == [Figure(1, 1), Figure(1, 2)]


def test_who_takes_the_permission_back_is_called_by_nobody():
    back = DrawnCallBackFactory()
    manager = managed(back)
    consents.withdraw(person=back.case.person, kind="contact", by=system())

    assert listed(manager) == []
    with pytest.raises(ValidationError):
        reached(back, by=manager)
    with pytest.raises(ValidationError):
        call_backs.try_in_vain(back=back, by=manager, version=0)
    assert jobs.draw_call_backs(None) == {"ended": 1, "drawn": 0, "promised": 0}
    assert states() == ["ended"]


def test_nobody_calls_back_about_their_own_nor_an_advisor_about_anothers():
    back = DrawnCallBackFactory()
    manager = managed(back)
    CallBack.objects.update(author=manager)
    back.refresh_from_db()

    for user in (colleague(Role.ADVISOR, office=back.case.office), manager):
        with pytest.raises(PermissionDenied):
            reached(back, by=user)


@pytest.mark.xfail(
    strict=True, raises=pytest.fail.Exception, reason="the control: without the rule an advisor calls back"
)
def test_nobody_calls_back_about_their_own_control(monkeypatch):
    monkeypatch.setitem(rules.permissions.permissions, "casework.call_back", rules.always_true)

    test_nobody_calls_back_about_their_own_nor_an_advisor_about_anothers()


def test_the_database_holds_that_nobody_calls_back_about_their_own():
    back = CalledBackFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        CallBack.objects.filter(pk=back.pk).update(called_by=back.author)


def test_what_the_manager_had_goes_up(everyone):
    office, _advisor, manager, programme = chain()
    SessionFactory(case=CalledFactory(office=office, advisor=manager))
    drawn()

    assert (listed(manager), len(listed(programme))) == ([], 1)


def test_it_goes_with_the_case_to_another_office():
    there = smeda_office("lahore")
    manager = colleague(Role.REGIONAL_MANAGER, office=there)
    back = DrawnCallBackFactory()
    back.case.office = there

    lots.place_again(back.case)

    assert listed(manager) == [back.pk]


def test_the_second_caller_is_told_that_it_was_done():
    back = DrawnCallBackFactory()
    reached(back, by=managed(back))

    with pytest.raises(EditConflict):
        reached(back, by=managed(back))
    with pytest.raises(MoveRefused):
        reached(back, by=managed(back), version=1)


# pages


def sent(client, address, **typed):
    return client.post(address, typed | {"request_key": str(uuid.uuid4())})


def test_the_manager_calls_and_writes_down_what_the_client_says(signed_in):
    back = DrawnCallBackFactory(contact__agreed="Bring the bill")
    manager, page = signed_in(managed(back)), back.get_absolute_url()

    shown = manager.get(page).text
    missing = sent(manager, page, version=0, reached="yes").context["form"].errors
    vain = sent(manager, page, version=0, reached="no")
    sent(manager, page, version=1, reached="yes", took_place="no", is_content="no", words="Nobody came.")

    back.refresh_from_db()
    assert f"tel:{back.case.person.phone}" in shown
    assert back.contact.agreed in shown
    assert list(missing) == ["took_place", "is_as_agreed", "is_content"]
    assert vain.status_code == 302
    assert (back.state, back.words, back.tried_on) == ("denied", "Nobody came.", [timezone.localdate()])


def test_who_calls_reads_whose_phone_it_is_what_is_not_said_on_it_and_when_it_may_ring(signed_in):
    back = DrawnCallBackFactory()
    hours = {"safe_from": dt.time(10), "safe_until": dt.time(16)}
    Person.objects.filter(pk=back.case.person_id).update(phone_owner="spouse", loans_may_be_named=False, **hours)
    case = reverse("casework:case-detail", args=[back.case_id])
    logging = reverse("casework:contact-create", args=[back.case_id])

    pages = [
        signed_in(managed(back)).get(back.get_absolute_url()),
        *map(signed_in(back.case.advisor).get, [case, logging]),
    ]

    for page in pages:
        said = " ".join(words.plain(page.text).split())
        assert "wife&#x27;s phone · do not speak of loans · call from 10:00 until 16:00" in said


def test_what_is_noted_of_who_was_not_reached_is_asked_about_and_not_lost(signed_in):
    back = DrawnCallBackFactory()

    asked = sent(signed_in(managed(back)), back.get_absolute_url(), version=0, reached="no", words="She was content.")

    back.refresh_from_db()
    assert list(asked.context["form"].errors) == ["reached"]
    assert "She was content." in asked.text
    assert back.tried_on == []


@pytest.mark.parametrize(
    ("first", "theirs"),
    [
        ({"reached": "yes", "took_place": "yes", "is_as_agreed": "yes", "is_content": "yes"}, "Yes"),
        ({"reached": "no"}, "No, not this time"),
    ],
)
def test_who_notes_it_second_sees_both_answers(first, theirs, signed_in):
    back = DrawnCallBackFactory()
    page = back.get_absolute_url()
    sent(signed_in(managed(back)), page, version=0, **first)

    late = sent(
        signed_in(managed(back)), page, version=0, reached="yes", took_place="no", is_content="no", words="Nobody came."
    )

    rows = {row["label"]: (row["yours"], row["theirs"]) for row in late.context["rows"]}
    took_place = ("No", "Yes" if first["reached"] == "yes" else "")
    assert late.status_code == 409
    assert rows["Did the talk take place?"] == took_place
    assert rows.get("Did you reach the client?") == (None if theirs == "Yes" else ("Yes", theirs))
    assert rows["What the client said"] == ("Nobody came.", "")


def test_the_programmes_manager_decides(signed_in):
    back = DeniedFactory()
    page = signed_in(colleague(Role.PROGRAMME_MANAGER))
    address = reverse("casework:call-back-settle", args=[back.pk])

    shown = page.get(back.get_absolute_url()).text
    empty = sent(page, address, version=0, decision="").context["form"].errors
    sent(page, address, version=0, decision="Spoke with both.")

    back.refresh_from_db()
    assert address in shown
    assert list(empty) == ["decision"]
    assert (back.state, back.decision) == ("settled", "Spoke with both.")
    assert "Spoke with both." in page.get(back.get_absolute_url()).text
    assert "Decided" in sent(page, address, version=1, decision="Again.").text


def test_whose_client_may_not_be_called_any_more_has_no_form(signed_in):
    back = DrawnCallBackFactory()
    manager = signed_in(managed(back))
    consents.withdraw(person=back.case.person, kind="contact", by=system())

    page = manager.get(back.get_absolute_url()).text

    assert (f"tel:{back.case.person.phone}" in page, "Nobody may call this client any more" in page) == (False, True)


def test_the_author_and_advisors_find_nothing(signed_in):
    back = DrawnCallBackFactory()
    manager = managed(back)
    CallBack.objects.update(author=manager)

    assert signed_in(manager).get(back.get_absolute_url()).status_code == 404
    assert signed_in(colleague(Role.ADVISOR, office=back.read_at)).get(back.get_absolute_url()).status_code == 403
    assert back.case.person.name not in signed_in(manager).get("/desk/call-backs/").text


def own_of_a_manager(made, **more):
    """Their contact, as another manager asked about it."""
    case = CalledFactory()
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)
    other = colleague(Role.PROGRAMME_MANAGER)
    called = {"called_by": other} if made is not DrawnCallBackFactory else {}
    back = made(case=case, contact=SessionFactory(case=case, by=manager), **called, **more)
    return back, manager, other


def said_in_figures(back, manager, signed_in):
    """Which figures, their pages of rows and their files tell the manager of the client."""
    month, client, told = Month.of(timezone.localdate()), signed_in(manager), []
    for code in ("denied", "call_backs", "call_backs_vain"):
        at = reverse("reports:indicator-rows", args=[code])
        page = client.get(at, {"month": str(month)})
        file = b"".join(client.get(at, {"month": str(month), "format": "csv"}).streaming_content).decode()
        shown = back.case.enterprise.reference in page.text + file
        told.append((code, INDICATORS[code].rows(month, manager).count(), shown))
    return [code for code, number, shown in told if number or shown]


@pytest.mark.parametrize("made", [CalledBackFactory, DeniedFactory, VainFactory])
def test_who_had_the_contact_reads_in_no_figure_what_came_of_it(made, signed_in):
    back, manager, other = own_of_a_manager(made)

    assert said_in_figures(back, manager, signed_in) == []
    assert said_in_figures(back, other, signed_in) != []


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: figures tell the author too")
def test_who_had_the_contact_reads_in_no_figure_what_came_of_it_control(signed_in, monkeypatch):
    monkeypatch.setattr(casework_figures, "told_to", lambda _viewer: CallBack.objects.all())
    back, manager, _other = own_of_a_manager(DeniedFactory)

    assert said_in_figures(back, manager, signed_in) == []


def said_on_timelines(everyone):
    """What managers read of call-backs on the case: who had the contact, and another."""
    case = CalledFactory()
    manager, other = colleague(Role.REGIONAL_MANAGER, office=case.office), colleague(Role.PROGRAMME_MANAGER)
    SessionFactory(case=case, by=manager)
    drawn()
    back = CallBack.objects.get()
    back = call_backs.reach(back=back, by=other, version=back.version, **SAID | {"took_place": "no"})
    call_backs.settle(back=back, by=other, version=back.version, decision="We talk.")
    lines = [timeline.page_of(case, user=user, show="", after="")[0] for user in (manager, other)]
    return [
        [line["text"] for line in some if "call" in line.get("text", "") and "back" in line["text"]] for some in lines
    ]


def test_who_had_the_contact_reads_on_the_timeline_nothing_of_its_call_back(everyone):
    told, others = said_on_timelines(everyone)

    assert told == []
    assert others == [
        "It was decided what follows from a call-back",
        "The client was called back about a contact",
        "A contact was drawn to be called back",
    ]


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: the timeline tells the author too")
def test_who_had_the_contact_reads_on_the_timeline_nothing_of_its_call_back_control(everyone, monkeypatch):
    monkeypatch.setattr(timeline, "of_own_contacts", lambda _user: CallBack.objects.none().values("pk"))

    assert said_on_timelines(everyone)[0] == []


def test_the_figures_of_the_team_open_to_their_rows(signed_in):
    office, advisor, manager, _programme = chain()
    for made in (SparedCallBackFactory, DrawnCallBackFactory, CalledBackFactory, DeniedFactory, VainFactory):
        made(case=CalledFactory(office=office, advisor=advisor))
    DrawnCallBackFactory(case=CalledFactory(office=office, advisor=advisor), drawn_at=timezone.now() - 91 * DAY)
    client = signed_in(manager)

    found = team.gather(manager, now=timezone.now(), today=timezone.localdate())
    cells = next(
        row["cells"][8:]
        for group in found["groups"]
        for row in group["rows"]
        if row["cells"][0]["text"] == str(advisor)
    )
    rows = [[row for group in client.get(cell["url"]).context["groups"] for row in group["rows"]] for cell in cells]

    assert [len(one) for one in rows] == [4, 2, 1]
    assert [words.plain(cell["text"]) for cell in cells] == ["4", "2", "1"]
    assert cells[1]["small"] == "1 not reached"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_whatever_it_holds(rows, signed_in, django_assert_num_queries):
    office, advisor, manager, _programme = chain()
    for _row in range(rows):
        DrawnCallBackFactory(case=CalledFactory(office=office, advisor=advisor))
    client = signed_in(manager)

    with django_assert_num_queries(QUERIES):
        assert len(client.get("/desk/call-backs/?show=drawn").context["groups"][0]["rows"]) == rows


QUERIES = 8
