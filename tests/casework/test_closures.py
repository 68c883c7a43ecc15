"""How cases end, begin again, and keep both; and notes that are taken away and put back."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Appointment
from accounts.roles import Role
from casework.actions import cases, contacts, notes
from casework.models import Case, Closure, Note
from casework.states import CaseState
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from messaging.models import Message
from tests.factories.accounts import colleague
from tests.factories.casework import (
    AttemptFactory,
    CalledFactory,
    CaseFactory,
    ClosedFactory,
    ClosureFactory,
    ContactFactory,
    NoteFactory,
    smeda_office,
)

pytestmark = pytest.mark.django_db
MONTH = dt.timedelta(days=30)


def closed(case, outcome="moved", **said):
    return cases.close(case=case, by=case.advisor, version=case.version, outcome=outcome, **said)


def reopened(case, by=None, **said):
    return cases.reopen(case=case, by=by or case.advisor, version=case.version, reason="She is back.", **said)


def url(name, *args):
    return reverse(f"casework:{name}", args=args)


def keyed(**fields):
    return fields | {"request_key": str(uuid.uuid4())}


def test_a_case_that_is_opened_again_keeps_how_it_had_ended_each_time():
    case = CalledFactory()

    for outcome in ("moved", "refused"):
        case = reopened(closed(case, outcome, note=f"She {outcome}."))
    case = closed(case, "dropped_out")

    told = case.closures.order_by("id").values_list("outcome", "note", "reason", "closed_by", "reopened_by")
    advisor = case.advisor_id
    assert list(told) == [
        ("moved", "She moved.", "She is back.", advisor, advisor),
        ("refused", "She refused.", "She is back.", advisor, advisor),
        ("dropped_out", "", "", advisor, None),
    ]
    assert (case.state, case.outcome) == ("closed", "dropped_out")


@pytest.mark.parametrize(("made", "state"), [(CalledFactory, CaseState.CONTACTED), (CaseFactory, CaseState.NEW)])
def test_whoever_is_taken_up_again_is_called_within_the_usual_days(made, state):
    case = reopened(closed(made(first_contact_due_on=timezone.localdate() + 2 * MONTH)))

    due_on = case.next_contact_on if state == CaseState.CONTACTED else case.first_contact_due_on
    assert (case.state, case.outcome, case.closed_at) == (state, "", None)
    assert timezone.localdate() < due_on <= timezone.localdate() + dt.timedelta(days=6)
    assert Event.objects.get(name="casework.reopened").data == {"outcome": "moved"}


def test_the_page_of_the_case_says_it_in_words_and_not_in_markup(signed_in):
    case = reopened(closed(CalledFactory(), note="She moved."))

    said = signed_in(case.advisor).get(url("case-detail", case.pk)).content.decode()

    assert "Opened again: <bdi>" in said
    assert "&lt;bdi" not in said


def closed_and_reopened(made, clock, days):
    """The day of a call that was due `days` from now, before and after."""
    day = timezone.localdate() + dt.timedelta(days=days)
    return day, getattr(reopened(closed(made(**{clock: day}))), clock)


CLOCKS = [(CalledFactory, "next_contact_on"), (CaseFactory, "first_contact_due_on")]


@pytest.mark.parametrize(("made", "clock"), CLOCKS)
@pytest.mark.parametrize("days", [-9, -1, 0])
def test_closing_and_opening_again_makes_no_call_one_in_time(made, clock, days):
    before, after = closed_and_reopened(made, clock, days)

    assert after == before


@pytest.mark.xfail(raises=AssertionError, strict=True, reason="the control: the usual days, whatever was late")
@pytest.mark.parametrize(("made", "clock"), CLOCKS)
def test_closing_and_opening_again_makes_no_call_one_in_time_control(monkeypatch, made, clock):
    monkeypatch.setattr(cases, "call_again_by", lambda was, *, closed_at, today: cases.first_call_by(today))

    before, after = closed_and_reopened(made, clock, -9)

    assert after == before


def test_a_day_that_came_while_the_case_was_closed_was_nobodys():
    day = timezone.localdate() - dt.timedelta(days=4)
    closed_at = timezone.now() - dt.timedelta(days=5)

    again = cases.call_again_by(day, closed_at=closed_at, today=timezone.localdate())

    assert again == cases.first_call_by(timezone.localdate())


def test_each_ending_is_told():
    case = CalledFactory()
    for _time in range(2):
        case = reopened(closed(case))

    assert Message.objects.filter(kind="casework.closed").count() == 2


def test_a_case_whose_advisor_left_goes_to_who_is_there():
    office = smeda_office()
    case = closed(CalledFactory(office=office))
    Appointment.objects.filter(user=case.advisor).update(until_on=timezone.localdate() - MONTH)
    colleague_there = colleague(Role.ADVISOR, office=office)

    case = reopened(case, by=colleague_there)

    assert (case.advisor, case.state) == (colleague_there, CaseState.CONTACTED)


def test_what_was_joined_with_another_case_is_not_opened_again():
    case = ClosedFactory(outcome="merged")

    with pytest.raises(MoveRefused):
        reopened(case)


def test_nobody_from_elsewhere_opens_it_again():
    case = closed(CalledFactory())

    for other in (colleague(Role.ADVISOR, office=smeda_office("lahore")), colleague(Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            reopened(case, by=other)


def test_an_open_case_is_not_opened_and_of_two_one_does():
    case = closed(CalledFactory())
    first = reopened(case)

    with pytest.raises(EditConflict):
        reopened(case)
    with pytest.raises(MoveRefused):
        reopened(first)


def test_nobody_is_given_up_from_a_desk():
    case = CalledFactory()
    with pytest.raises(ValidationError, match="where you looked"):
        closed(case, "untraceable")

    note = NoteFactory(case=case)
    notes.remove(note=note, by=note.by)
    with pytest.raises(ValidationError, match="where you looked"):
        closed(case, "untraceable")

    notes.put_back(note=note, by=note.by)
    assert closed(case, "untraceable").outcome == "untraceable"


def test_a_visit_in_vain_says_that_somebody_looked():
    case = CalledFactory()
    AttemptFactory(case=case, channel="visit", result="not_there")

    assert closed(case, "untraceable").outcome == "untraceable"


def test_whoever_was_met_at_a_visit_is_not_given_up_on_the_spot():
    case = CalledFactory()
    said = {"channel": "visit", "agreed": "We met.", "next_on": None, "present": ["relative"]}
    contacts.log(case=case, by=case.advisor, version=case.version, **said)
    case.refresh_from_db()

    with pytest.raises(ValidationError, match="where you looked"):
        closed(case, "untraceable")


@pytest.mark.parametrize("what", ["visit", "note", "attempts", "why it came"])
def test_what_was_before_the_last_talk_is_no_search(what):
    case, before = CalledFactory(opened_at=timezone.now() - 9 * MONTH), timezone.now() - 8 * MONTH
    if what == "visit":
        AttemptFactory(case=case, channel="visit", at=before)
    elif what == "attempts":
        for day in range(3):
            AttemptFactory(case=case, at=before + day * dt.timedelta(days=1))
    else:
        note = NoteFactory(case=case, **({"at": before} if what == "note" else {}))
        if what == "why it came":
            Case.objects.update(assigned_at=note.at + dt.timedelta(seconds=1))

    with pytest.raises(ValidationError, match="where you looked"):
        closed(case, "untraceable")


@pytest.mark.parametrize(
    ("days", "is_enough"), [((0, 1, 2), True), ((0, 0, 1), True), ((0, 0, 0), False), ((0, 1), False)]
)
def test_three_attempts_on_two_days_say_so_too(days, is_enough):
    case = CalledFactory(first_contact_at=timezone.now() - MONTH)
    morning = timezone.localtime().replace(hour=8)
    for number, day in enumerate(days):
        AttemptFactory(case=case, at=morning - day * dt.timedelta(days=1) + number * dt.timedelta(hours=3))

    if is_enough:
        assert closed(case, "untraceable").outcome == "untraceable"
    else:
        with pytest.raises(ValidationError, match="where you looked"):
            closed(case, "untraceable")


def test_withdrawn_refused_and_untraceable_are_told_apart():
    assert {"dropped_out", "refused", "untraceable"} <= set(Case.Outcome.values)


def test_the_database_lets_a_case_end_once_at_a_time_and_begin_again_for_a_reason():
    closure = ClosureFactory()

    with pytest.raises(IntegrityError, match="closed_once_at_a_time"), transaction.atomic():
        ClosureFactory(case=closure.case)
    with pytest.raises(IntegrityError, match="for_a_reason"), transaction.atomic():
        Closure.objects.update(reopened_at=timezone.now(), reopened_by=closure.closed_by)


def test_the_page_says_how_it_ended_and_leads_to_opening_it_again(signed_in):
    case = closed(CalledFactory(), note="Went to Karachi.")
    client = signed_in(case.advisor)

    page = client.get(case.get_absolute_url()).text
    unsaid = client.post(url("case-reopen", case.pk), keyed(version=case.version, reason=""))
    client.post(url("case-reopen", case.pk), keyed(version=case.version, reason="She is back."))
    again = client.get(case.get_absolute_url()).text

    assert ["Went to Karachi." in page, url("case-reopen", case.pk) in page] == [True, True]
    assert sorted(unsaid.context["form"].errors) == ["reason"]
    assert ["She is back." in again, url("case-reopen", case.pk) in again] == [True, False]


@pytest.mark.parametrize("count", [1, 3, 6])
def test_the_history_takes_one_question_however_long(count, signed_in, django_assert_num_queries):
    case = CalledFactory()
    for _time in range(count):
        case = reopened(closed(case))
    client = signed_in(case.advisor)
    client.get(case.get_absolute_url())

    with django_assert_num_queries(CASE_QUERIES):
        client.get(case.get_absolute_url())


CASE_QUERIES = 39


def test_who_reads_without_working_there_finds_no_button(signed_in):
    case = closed(CalledFactory())
    client = signed_in(colleague(Role.AUDITOR))

    assert url("case-reopen", case.pk) not in client.get(case.get_absolute_url()).text
    assert client.get(url("case-reopen", case.pk)).status_code == 403


def test_a_note_that_is_removed_leaves_every_page_at_once_and_comes_back(signed_in):
    note = NoteFactory(is_shared=True, text="Bring the bill.")
    advisor, owner = signed_in(note.by), signed_in(note.case.person.user)

    def seen():
        pages = (advisor.get(note.case.get_absolute_url()), owner.get("/my/"))
        return [note.text in page.text for page in pages] + [Note.objects.visible_to(note.by).count()]

    shown = [seen()]
    advisor.post(url("note-remove", note.pk), keyed())
    shown.append(seen())
    back = advisor.get(url("undo-list")).text
    advisor.post(url("note-restore", note.pk), keyed())
    shown.append(seen())

    assert shown == [[True, True, 1], [False, False, 0], [True, True, 1]]
    assert note.text in back


@pytest.mark.xfail(strict=True, reason="the control: where readers may forget the rule, it still shows")
def test_a_note_that_is_removed_leaves_every_page_at_once_control(signed_in, monkeypatch):
    monkeypatch.setattr("casework.querysets.NoteQuerySet.standing", lambda rows: rows)

    test_a_note_that_is_removed_leaves_every_page_at_once_and_comes_back(signed_in)


def test_nobody_takes_away_or_brings_back_what_another_wrote(signed_in):
    note = NoteFactory()
    other = colleague(Role.REGIONAL_MANAGER, office=note.case.office)

    for act in (notes.remove, notes.put_back):
        with pytest.raises(PermissionDenied):
            act(note=note, by=other)
    assert signed_in(other).post(url("note-remove", note.pk), keyed()).status_code == 404


def test_after_thirty_days_it_stays_away(signed_in):
    note = NoteFactory()
    notes.remove(note=note, by=note.by)
    Note.objects.update(removed_at=timezone.now() - MONTH - dt.timedelta(minutes=1))
    client = signed_in(note.by)

    with pytest.raises(ValidationError, match="30 days"):
        notes.put_back(note=note, by=note.by)
    page = client.post(url("note-restore", note.pk), keyed())

    assert "more than 30 days ago" in str(page.context["form"].errors)
    assert Note.objects.removed_by(note.by).count() == 1


def test_removed_twice_or_put_back_twice_is_no_fault():
    note = NoteFactory()

    first, second = (notes.remove(note=note, by=note.by).removed_at for _time in range(2))
    notes.put_back(note=note, by=note.by)

    assert first == second
    assert notes.put_back(note=note, by=note.by).removed_at is None


def test_the_database_keeps_who_removed_it():
    note = NoteFactory()

    with pytest.raises(IntegrityError, match="removed_by_who_wrote_it"), transaction.atomic():
        Note.objects.update(removed_at=timezone.now(), removed_by=colleague(Role.ADVISOR))
    assert not Note.objects.removed_by(note.by).exists()


def test_what_may_be_taken_back_is_ones_own(signed_in):
    case = closed(CalledFactory())
    NoteFactory(case=case, text="Mine.")
    other = colleague(Role.ADVISOR, office=case.office)

    pages = [signed_in(user).get(url("undo-list")).text for user in (case.advisor, other)]

    assert [(case.person.name in page, "Mine." in page) for page in pages] == [(True, True), (False, False)]


@pytest.mark.parametrize("count", [1, 3, 8])
def test_the_page_of_what_may_be_taken_back_takes_as_many_questions(count, signed_in, django_assert_num_queries):
    case = closed(CalledFactory())
    NoteFactory.create_batch(count, case=case)
    for note in NoteFactory.create_batch(count, case=case):
        notes.remove(note=note, by=note.by)
    for made in (ContactFactory, AttemptFactory):
        made.create_batch(count, case=case)
        gone = {"removed_at": timezone.now(), "removed_by": case.advisor, "removed_because": "Typed twice."}
        made.create_batch(count, case=case, **gone)
    client = signed_in(case.advisor)
    client.get(url("undo-list"))

    with django_assert_num_queries(21):
        client.get(url("undo-list"))
