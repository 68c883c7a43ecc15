"""Calls in vain, and pauses with a reason."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import Role
from casework import facts
from casework.actions import attempts, contacts, pauses
from casework.actions.clocks import first_call_by
from casework.models import Attempt, Pause
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from kit import words
from places.calendar import OFFICE, on_time_until
from tests.factories.accounts import colleague
from tests.factories.casework import AttemptFactory, CalledFactory, CaseFactory, ClosedFactory, PauseFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def tried(case, **said):
    said = {"by": case.advisor, "version": 0, "channel": "phone", "result": "off"} | said
    return attempts.log(case=case, **said)


def uncalled(**facts):
    """Somebody whose first call is still in time."""
    return CaseFactory(first_contact_due_on=timezone.localdate() + DAY, **facts)


def paused(case, days=7, **said):
    until_on = timezone.localdate() + days * DAY
    said = {"by": case.advisor, "version": case.version, "reason": "away", "until_on": until_on} | said
    made = pauses.pause(case=case, **said)
    case.refresh_from_db()
    return made


# In vain.


def test_an_attempt_is_written_down_and_stops_no_clock():
    case = CaseFactory()
    due_on = case.first_contact_due_on

    attempt = tried(case)

    case.refresh_from_db()
    event = Event.objects.get(name="casework.attempted")
    assert (attempt.by, case.state, case.version, case.first_contact_due_on) == (case.advisor, "new", 1, due_on)
    assert (event.audience, event.data) == (
        ["advisors", "entrepreneur", "managers"],
        {"kind": "phone", "result": "off"},
    )
    assert case.contacts.count() == 0


def test_the_same_attempt_again_is_the_same():
    case = CaseFactory()
    tried(case)

    with pytest.raises(ValidationError):
        tried(case, version=1)
    tried(case, version=1, result="busy")


def test_only_who_works_on_an_open_case_as_it_stands_writes_it_down():
    case = CaseFactory()

    with pytest.raises(PermissionDenied):
        tried(case, by=colleague(Role.AUDITOR))
    with pytest.raises(EditConflict):
        tried(case, version=7)
    with pytest.raises(MoveRefused):
        tried(ClosedFactory())
    with pytest.raises(ValidationError):
        tried(CaseFactory(lets_contact=False))


# Paused.


@pytest.mark.parametrize(("made", "clock"), [(uncalled, "first_contact_due_on"), (CalledFactory, "next_contact_on")])
def test_a_pause_moves_the_call_to_its_day_and_says_why(made, clock):
    case = made()

    pause = paused(case)

    event = Event.objects.get(name="casework.paused")
    assert (getattr(case, clock), case.version) == (on_time_until(pause.until_on, calendar=OFFICE), 1)
    assert event.data == {"reason": "away", "until_on": pause.until_on.isoformat()}


def no_pause_without_a_reason():
    case = CaseFactory()
    with pytest.raises(ValidationError):
        paused(case, reason="other")
    with pytest.raises(ValidationError):
        paused(case, reason="")
    assert (Pause.objects.count(), case.version) == (0, 0)


def test_no_clock_stops_without_a_reason():
    no_pause_without_a_reason()


@pytest.mark.xfail(strict=True, reason="the control: nobody asks for the reason")
def test_no_clock_stops_without_a_reason_control(monkeypatch):
    monkeypatch.setattr(pauses, "save", lambda made: setattr(made, "note", made.note or "x") or made.save())

    no_pause_without_a_reason()


@pytest.mark.parametrize(
    ("days", "said"), [(0, "Enter a later day than today."), (62, "Enter at most two months at a time.")]
)
def test_a_pause_is_to_come_and_not_for_ever(days, said):
    with pytest.raises(ValidationError) as refused:
        paused(CaseFactory(), days=days)

    assert refused.value.messages == [said]


def test_a_second_pause_replaces_the_first():
    case = CaseFactory()
    first, second = paused(case), paused(case, days=9, reason="ill")

    first.refresh_from_db()
    assert (first.ended_at is None, list(Pause.objects.in_force(on=timezone.localdate()))) == (False, [second])


def test_two_pauses_never_stand_together():
    pause = PauseFactory()

    with pytest.raises(IntegrityError, match="casework_one_pause_a_case"), transaction.atomic():
        PauseFactory(case=pause.case)


def test_the_calls_go_on_when_somebody_says_so():
    case = uncalled()
    paused(case)
    Pause.objects.update(at=timezone.now() - DAY)

    pauses.resume(case=case, by=case.advisor, version=1)

    case.refresh_from_db()
    assert case.first_contact_due_on == first_call_by(timezone.localdate())
    with pytest.raises(ValidationError):
        pauses.resume(case=case, by=case.advisor, version=2)


@pytest.mark.parametrize("times", [1, 2])
def test_a_pause_of_some_hours_gives_nobody_days(times):
    """However often: the one that is replaced hands the day on."""
    case = uncalled()
    due_on = case.first_contact_due_on
    for _time in range(times):
        paused(case)

    pauses.resume(case=case, by=case.advisor, version=times)

    case.refresh_from_db()
    assert case.first_contact_due_on == due_on


def late_call_paused_and_gone_on_with():
    case = CaseFactory(first_contact_due_on=timezone.localdate() - DAY)
    due_on = case.first_contact_due_on
    paused(case)
    between = case.first_contact_due_on

    pauses.resume(case=case, by=case.advisor, version=1)

    case.refresh_from_db()
    assert [between, case.first_contact_due_on] == [due_on, due_on]


def test_no_pause_makes_a_late_call_one_in_time():
    late_call_paused_and_gone_on_with()


@pytest.mark.xfail(raises=AssertionError, strict=True, reason="the control: nobody asks whether it is late")
def test_no_pause_makes_a_late_call_one_in_time_control(monkeypatch):
    def whatever_the_day(held, day):
        setattr(held, pauses.clock_of(held), day)
        held.version += 1
        held.save()

    monkeypatch.setattr(pauses, "set_clock", whatever_the_day)

    late_call_paused_and_gone_on_with()


def test_a_talk_or_the_end_of_the_case_ends_the_pause():
    case = CaseFactory()
    pause = paused(case)

    said = {"channel": "phone", "agreed": "They are back.", "next_on": None}
    contacts.log(case=case, by=case.advisor, version=1, **said)

    pause.refresh_from_db()
    assert pause.ended_at is not None


def is_paused_after_paper_of_days_ago(days):
    case = CalledFactory(opened_at=timezone.now() - 20 * DAY)
    pause = paused(case)
    said = {"channel": "visit", "agreed": "From a paper form.", "next_on": None, "present": ["relative"]}
    contacts.log(case=case, by=case.advisor, version=1, on=timezone.localdate() - days * DAY, **said)
    pause.refresh_from_db()
    return pause.ended_at is None


def test_a_paper_form_of_before_the_pause_does_not_end_it():
    assert (is_paused_after_paper_of_days_ago(6), is_paused_after_paper_of_days_ago(0)) == (True, False)


def test_only_who_works_on_an_open_case_pauses_it():
    with pytest.raises(PermissionDenied):
        paused(CaseFactory(), by=colleague(Role.AUDITOR))
    with pytest.raises(MoveRefused):
        paused(ClosedFactory())
    assert (str(PauseFactory())[:5], str(AttemptFactory())[:7]) == ("pause", "attempt")


@pytest.mark.parametrize("model", [Attempt, Pause])
def test_every_field_is_safe_to_copy_or_never_copied(model):
    assert {field.name for field in model._meta.concrete_fields} == model.SAFE_TO_COPY | model.NEVER_COPIED


# What the client reads.


@pytest.mark.parametrize(
    ("made", "tell"), [(CaseFactory, facts.of_first_contacts), (CalledFactory, facts.of_next_contacts)]
)
def test_a_client_reads_that_we_tried_and_why_nobody_calls(made, tell, django_assert_num_queries):
    now = timezone.now()
    case = made(first_contact_at=now - 9 * DAY, last_contact_at=now - 9 * DAY)
    for days in (1, 3, 20):
        AttemptFactory(case=case, at=now - days * DAY)
    pause = PauseFactory(case=case, note="Her uncle keeps the keys.")

    with django_assert_num_queries(1):
        lines = tell([case.pk])[case.pk].lines

    days = [words.plain(words.day_short(timezone.localdate(now - days * DAY))) for days in (3, 1)]
    assert lines == (
        ("phone", "We tried to reach you", ", ".join(days)),
        ("clock", f"Nobody calls before {words.plain(words.day_short(pause.until_on))}", "You are away"),
    )


# The pages.


def send(client, url, **typed):
    return client.post(url, {"request_key": str(uuid.uuid4())} | typed, follow=True)


def test_an_advisor_writes_an_attempt_down_and_sees_how_many(signed_in):
    case = CaseFactory()
    AttemptFactory(case=case, at=timezone.now() - DAY)
    client = signed_in(case.advisor)
    url = f"/desk/cases/{case.pk}/attempts/new/"

    page = client.get(url)
    answer = send(client, url, version="0", channel="visit", result="not_there")

    assert len(page.context["tried"]) == 1
    assert {"label": "Tried in vain since the last talk", "text": "2"} in answer.context["page"].facts
    assert url in client.get(f"/desk/cases/{case.pk}/contacts/new/").text


def test_an_advisor_pauses_with_a_reason_and_goes_on(signed_in):
    case = CaseFactory()
    client, url = signed_in(case.advisor), f"/desk/cases/{case.pk}/pause/"
    day = timezone.localdate() + 7 * DAY

    refused = send(client, url, version="0", until_on=f"{day:%d-%m-%Y}")
    saved = send(client, url, version="0", until_on=f"{day:%d-%m-%Y}", reason="mourning")
    standing = client.get(url).context["standing"]
    resumed = send(client, f"{url}end/", version="1")
    again = send(client, f"{url}end/", version="2")

    assert list(refused.context["form"].errors) == ["reason"]
    assert [fact["small"] for fact in saved.context["page"].facts if fact["label"] == "Calls paused until"] == [
        "Mourning in the family"
    ]
    since, until = (words.plain(words.day_short(one)) for one in (timezone.localdate(), day))
    head = f"Paused since {since}, until {until}: mourning in the family"
    tags = [[tag["text"] for tag in page.context["page"].tags] for page in (saved, resumed)]
    assert [head in one for one in tags] == [True, False]
    assert (standing.reason, resumed.redirect_chain[-1][0]) == ("mourning", case.get_absolute_url())
    assert "Nothing is paused." in again.text
