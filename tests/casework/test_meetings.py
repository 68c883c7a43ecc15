"""Appointments: the client says yes or no from the phone, and a time that is called off is free at once."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.roles import Role
from casework import messages
from casework.actions import cases, contacts, meetings
from casework.models import Channel, Meeting
from casework.open_items import open_items
from casework.pages import meeting as pages
from casework.states import MeetingState
from journal.events import ADVISORS, record
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from journal.open_items import Scope, united
from kit import words
from messaging.models import Message
from places.calendar import OFFICE, add_working_days
from tests.factories.accounts import EntrepreneurUserFactory, colleague
from tests.factories.casework import (
    CalledFactory,
    CaseFactory,
    ClosedFactory,
    ConfirmedMeetingFactory,
    HeldMeetingFactory,
    MeetingFactory,
    StepFactory,
    at_ten,
    smeda_office,
)
from tests.factories.enterprises import OwnershipFactory, PersonFactory, system

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
TODAY = timezone.localdate


def propose(case, *, by=None, **changes):
    facts = {"channel": Channel.OFFICE, "starts_at": at_ten(days=1), "minutes": 30, "place": ""} | changes
    return meetings.propose(case=case, by=by or case.advisor, **facts)


def told(meeting):
    rows = Message.objects.filter(target_label="casework.meeting", target_id=meeting.pk)
    return list(rows.order_by("id").values_list("kind", flat=True))


def items_of(case, *, now=None):
    scope = Scope(enterprise_ids=[case.enterprise_id], **({"now": now} if now else {}))
    rows = united(open_items(scope), limit=50)
    return [(row["kind"], row["owner"], row["due_on"]) for row in rows if row["kind"].startswith("casework.meeting")]


def test_a_time_is_kept_and_the_client_told_and_asked():
    case = CalledFactory()

    meeting = propose(case, place="Shop")

    assert (meeting.state, meeting.advisor, meeting.ends_at - meeting.starts_at) == ("proposed", case.advisor, HOUR / 2)
    assert told(meeting) == ["casework.meeting_set"]
    assert list(Event.objects.values_list("name", "data")) == [("casework.meeting_proposed", {"kind": "office"})]
    assert items_of(case) == [("casework.meeting_answer", "entrepreneur", TODAY() + dt.timedelta(days=1))]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_at": timezone.now() - HOUR}, "time"),
        ({"starts_at": at_ten(days=92)}, "day"),
    ],
)
def test_a_time_that_is_over_or_far_off_is_refused(changes, field):
    with pytest.raises(ValidationError) as refused:
        propose(CalledFactory(), **changes)

    assert set(refused.value.error_dict) == {field}


@pytest.mark.parametrize(("channel", "is_refused"), [("visit", True), ("phone", True), ("office", False)])
def test_whom_nobody_may_call_may_come_to_the_office_alone(channel, is_refused):
    case = CalledFactory(lets_contact=False)

    if is_refused:
        with pytest.raises(ValidationError):
            propose(case, channel=channel)
    else:
        assert propose(case, channel=channel).pk


def test_a_closed_case_and_a_stranger_make_none():
    with pytest.raises(MoveRefused):
        propose(ClosedFactory())
    with pytest.raises(PermissionDenied):
        propose(CalledFactory(), by=colleague(Role.ADVISOR, office=smeda_office("lahore")))


def overlapping(first_state, minutes):
    """Another client of the same advisor, so many minutes after the first one's time begins."""
    first = MeetingFactory(state=first_state, **({"reason": "Shut."} if first_state == "cancelled" else {}))
    other = CalledFactory(office=first.case.office, advisor=first.advisor)
    return propose(other, starts_at=first.starts_at + dt.timedelta(minutes=minutes))


@pytest.mark.parametrize("minutes", [0, 15, 29])
def test_nobody_gets_a_time_that_is_another_clients(minutes):
    with pytest.raises(ValidationError) as refused:
        overlapping(MeetingState.PROPOSED, minutes)

    assert refused.value.messages == ["There is another appointment at this time. Choose another one."]


@pytest.mark.parametrize("state", ["declined", "cancelled", "missed"])
def test_a_time_that_was_called_off_is_free_at_once(state):
    assert overlapping(state, 0).pk


def test_one_may_begin_when_another_ends():
    assert overlapping(MeetingState.PROPOSED, 30).pk


def test_a_client_has_one_at_a_time():
    meeting = MeetingFactory()

    with pytest.raises(ValidationError) as refused:
        propose(meeting.case, starts_at=at_ten(days=3))

    said = "There is an appointment with this client already. Call that one off first."
    assert refused.value.messages == [said]


@pytest.mark.parametrize("changes", [{"state": "held"}, {"state": "cancelled"}, {"ends_at": at_ten(days=1)}])
def test_the_database_holds_what_an_appointment_is(changes):
    with pytest.raises(IntegrityError):
        MeetingFactory(**changes)


# The client answers


def answer(client, meeting, said, version=None):
    data = {"request_key": str(uuid.uuid4()), "version": str(meeting.version if version is None else version)}
    return client.post(reverse("casework:my-meeting", args=[meeting.pk]), data | {"answer": said})


def test_the_client_says_yes_from_the_phone(signed_in):
    meeting = MeetingFactory()
    client = signed_in(meeting.case.person.user)

    page = client.get("/my/").content.decode()
    response = answer(client, meeting, "yes")

    meeting.refresh_from_db()
    assert (f"/my/meetings/{meeting.pk}/" in page, response["Location"]) == (True, "/my/")
    assert (meeting.state, meeting.answered_at is not None) == (MeetingState.CONFIRMED, True)
    assert items_of(meeting.case) == [("casework.meeting", "advisor", timezone.localdate(meeting.starts_at))]


@pytest.mark.parametrize("made", [MeetingFactory, ConfirmedMeetingFactory])
def test_the_client_says_no_and_is_called_again(signed_in, made):
    meeting = made()

    answer(signed_in(meeting.case.person.user), meeting, "no")

    meeting.refresh_from_db()
    case = meeting.case
    case.refresh_from_db()
    assert (meeting.state, items_of(case)) == (MeetingState.DECLINED, [])
    assert TODAY() < case.next_contact_on <= TODAY() + dt.timedelta(days=6)


SUITS = "Say whether the time suits you"


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("office", ("You come to us", "Say whether you come", "Thank you. We expect you.", "Appointment with SMEDA")),
        ("visit", ("We come to you", SUITS, "Thank you. We come to you then.", "SMEDA comes to you")),
        ("phone", ("We call you", SUITS, "Thank you. We call you then.", "SMEDA calls you")),
    ],
)
def test_the_client_is_asked_in_words_of_who_comes(channel, said, signed_in):
    how, ask, thanks, what = said
    meeting = MeetingFactory(channel=channel)
    client, url = signed_in(meeting.case.person.user), f"/my/meetings/{meeting.pk}/"

    first, page = client.get("/my/").text, client.get(url)
    typed = {"version": meeting.version, "request_key": str(uuid.uuid4()), "answer": "yes"}
    answer = client.post(url, typed, follow=True)

    # What waits for the client stands above the way they walk.
    assert first.index('id="meeting"') < first.index('id="road"')
    assert (how in first, ask in first, page.context["tag"]["text"]) == (True, True, "Waits for your yes")
    labels = [row["label"] for row in page.context["answers"]]
    assert ("Where" in labels, "I come" in page.text) == (channel == "office",) * 2
    assert [str(message) for message in answer.context["messages"]] == [thanks]
    texts = [text(meeting, "en") for text in (messages.meetings.set_text, messages.meetings.tomorrow_text)]
    assert [text.startswith(what) for text in texts] == [True, True]
    assert ["come?" in text for text in texts] == [False, channel == "office"]


@pytest.mark.parametrize(("channel", "said"), [("office", "The client comes"), ("visit", "The client said yes")])
def test_colleagues_read_of_a_visit_that_the_client_said_yes(channel, said):
    assert pages.tag_of(ConfirmedMeetingFactory(channel=channel))["text"] == said


def test_an_answer_that_comes_after_we_called_it_off_is_told_so(signed_in):
    meeting = MeetingFactory()
    meetings.cancel(meeting=meeting, by=meeting.advisor, version=0, reason="The office is shut.")

    page = answer(signed_in(meeting.case.person.user), meeting, "yes", version=1).content.decode()

    assert "called off by us" in page
    assert "The office is shut." in page


def test_nobody_else_answers_or_reads_it(signed_in):
    """Neither a stranger nor another owner of the business, whom the case does not call."""
    meeting = MeetingFactory()
    other = OwnershipFactory(
        enterprise=meeting.case.enterprise, person=PersonFactory(user=EntrepreneurUserFactory()), is_contact=False
    ).person
    users = [CaseFactory().person.user, other.user]

    assert [answer(signed_in(user), meeting, "yes").status_code for user in users] == [404, 404]
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PROPOSED


def test_another_owner_reads_nothing_of_it_on_their_first_page(signed_in):
    meeting = MeetingFactory()
    other = OwnershipFactory(
        enterprise=meeting.case.enterprise, person=PersonFactory(user=EntrepreneurUserFactory()), is_contact=False
    ).person

    pages = [signed_in(user).get("/my/").content.decode() for user in (meeting.case.person.user, other.user)]

    assert ["appointment" in page for page in pages] == [True, False]


@pytest.mark.parametrize("said", ["", "perhaps"])
def test_what_is_neither_yes_nor_no_is_no_answer(signed_in, said):
    meeting = MeetingFactory()

    page = answer(signed_in(meeting.case.person.user), meeting, said).content.decode()

    meeting.refresh_from_db()
    assert ("Say yes or no" in page, meeting.state) == (True, MeetingState.PROPOSED)


def test_the_page_of_a_client_without_one_says_nothing_of_it(signed_in):
    case = CalledFactory()

    assert "/my/meetings/" not in signed_in(case.person.user).get("/my/").content.decode()


@pytest.mark.parametrize("is_named", [True, False])
def test_the_officers_name_is_told_only_if_the_officer_agrees(signed_in, is_named):
    meeting = MeetingFactory()
    meeting.advisor.full_name, meeting.advisor.is_named_to_clients = "Sadia Anwar", is_named
    meeting.advisor.save()

    page = signed_in(meeting.case.person.user).get(f"/my/meetings/{meeting.pk}/").content.decode()

    assert ("Sadia Anwar" in page) is is_named


# What became of it


def test_the_contact_of_its_day_is_the_appointment():
    meeting = ConfirmedMeetingFactory(starts_at=timezone.now() - HOUR)
    case = meeting.case
    case.opened_at = timezone.now() - dt.timedelta(days=3)
    case.save()

    contact = contacts.log(
        case=case, by=case.advisor, version=0, channel="office", agreed="She brings the bill.", next_on=None,
        on=timezone.localdate(meeting.starts_at),
    )  # fmt: skip

    meeting.refresh_from_db()
    assert (meeting.state, meeting.contact) == (MeetingState.HELD, contact)


@pytest.mark.parametrize("changes", [{"channel": "phone"}, {"starts_at": at_ten(days=1)}])
def test_another_talk_is_not_the_appointment(changes):
    meeting = ConfirmedMeetingFactory(**{"starts_at": timezone.now()} | changes)
    case = meeting.case

    contacts.log(case=case, by=case.advisor, version=0, channel="office", agreed="In passing.", next_on=None)

    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CONFIRMED


@time_machine.travel("2026-11-24 12:00 +0500", tick=False)
@pytest.mark.parametrize(("minutes", "state"), [(10, MeetingState.HELD), (90, MeetingState.CONFIRMED)])
def test_who_comes_a_little_early_comes_to_the_appointment(minutes, state):
    meeting = ConfirmedMeetingFactory(starts_at=timezone.now() + dt.timedelta(minutes=minutes))
    case = meeting.case

    contacts.log(case=case, by=case.advisor, version=0, channel="office", agreed="She is early.", next_on=None)

    meeting.refresh_from_db()
    assert meeting.state == state


def locks_of(case):
    with CaptureQueriesContext(connection) as asked:
        contacts.log(case=case, by=case.advisor, version=0, channel="office", agreed="The bill.", next_on=None)
    return next(query["sql"] for query in asked if 'FROM "casework_meeting"' in query["sql"])


def test_the_appointment_is_locked_before_it_is_held():
    assert "FOR NO KEY UPDATE" in locks_of(ConfirmedMeetingFactory(starts_at=timezone.now()).case)


def over_by_an_hour():
    return MeetingFactory(starts_at=timezone.now() - HOUR)


@pytest.mark.parametrize(("verb", "more"), [("confirm", {}), ("say_no", {}), ("cancel", {"reason": "Shut."})])
def test_once_its_time_came_nobody_answers_or_calls_off(verb, more):
    meeting = over_by_an_hour()

    with pytest.raises(ValidationError):
        getattr(meetings, verb)(meeting=meeting, by=meeting.advisor, version=0, **more)

    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PROPOSED


def test_what_took_place_in_another_way_may_be_called_off_and_nobody_is_told(signed_in):
    meeting = over_by_an_hour()
    client, case = signed_in(meeting.advisor), meeting.case
    day = timezone.localdate(meeting.starts_at)
    case.opened_at = timezone.now() - dt.timedelta(days=3)
    case.save()
    before = client.get(meeting.get_absolute_url()).context["may_cancel"]
    contacts.log(case=case, by=case.advisor, version=0, channel="phone", agreed="By phone.", next_on=None, on=day)

    after = client.get(meeting.get_absolute_url()).context["may_cancel"]
    cancelled = meetings.cancel(meeting=meeting, by=meeting.advisor, version=0, reason="We talked on the phone.")

    case.refresh_from_db()
    assert (before, after, cancelled.state) == (False, True, MeetingState.CANCELLED)
    assert (told(meeting), case.next_contact_on) == ([], None)


def test_who_was_not_there_is_called_again_and_that_is_said_afterwards_alone():
    ahead, over = MeetingFactory(), MeetingFactory(starts_at=timezone.now() - HOUR)
    case = over.case

    with pytest.raises(ValidationError):
        meetings.miss(meeting=ahead, by=ahead.advisor, version=0)
    meetings.miss(meeting=over, by=over.advisor, version=0)

    over.refresh_from_db()
    case.refresh_from_db()
    assert (over.state, case.next_contact_on is not None) == (MeetingState.MISSED, True)


def test_what_nobody_answered_is_the_advisors_once_its_time_came():
    meeting = MeetingFactory()

    found = items_of(meeting.case, now=meeting.starts_at + HOUR)

    assert found == [("casework.meeting", "advisor", timezone.localdate(meeting.starts_at))]


def test_calling_it_off_needs_a_reason_and_tells_the_client():
    meeting = MeetingFactory()

    with pytest.raises(ValidationError):
        meetings.cancel(meeting=meeting, by=meeting.advisor, version=0, reason="")
    meetings.cancel(meeting=meeting, by=meeting.advisor, version=0, reason="The office is shut.")

    assert (told(meeting), items_of(meeting.case)) == (["casework.meeting_cancelled"], [])
    meeting.case.refresh_from_db()
    assert TODAY() < meeting.case.next_contact_on <= TODAY() + dt.timedelta(days=6)


def test_of_two_at_once_the_second_is_shown_the_first():
    meeting = MeetingFactory()
    meetings.confirm(meeting=meeting, by=meeting.advisor, version=0)

    with pytest.raises(EditConflict):
        meetings.cancel(meeting=meeting, by=meeting.advisor, version=0, reason="Shut.")


def test_with_the_case_ends_what_was_kept_for_it():
    meeting = MeetingFactory()
    case = meeting.case

    cases.close(case=case, by=case.advisor, version=0, outcome="moved")

    meeting.refresh_from_db()
    assert (meeting.state, meeting.reason, told(meeting)) == (MeetingState.CANCELLED, "=closed", [])


@pytest.mark.parametrize("language", ["en", "ur"])
def test_why_a_time_is_kept_no_longer_stands_there_in_the_readers_language(language):
    meeting = MeetingFactory()
    cases.close(case=meeting.case, by=meeting.advisor, version=0, outcome="moved")
    meeting.refresh_from_db()

    with override(language):
        said = [row["text"] for row in pages.for_client(meeting, now=timezone.now())["answers"]]

    assert said[-1] == {"en": "Your case is closed", "ur": "آپ کا کیس بند ہے"}[language]


@pytest.mark.parametrize("is_same", [True, False])
def test_a_case_that_goes_to_somebody_else_takes_no_appointment_along(is_same):
    meeting = MeetingFactory()
    case = meeting.case
    if not is_same:
        case.advisor = colleague(Role.ADVISOR, office=case.office)
        case.save()

    record("casework.assigned", target=case, by=system(), audience={ADVISORS})

    meeting.refresh_from_db()
    assert meeting.state == (MeetingState.PROPOSED if is_same else MeetingState.CANCELLED)
    assert told(meeting) == ([] if is_same else ["casework.meeting_cancelled"])


# Messages


def test_the_day_before_the_client_is_reminded_once():
    now = timezone.now()
    tomorrow = MeetingFactory(at=now - dt.timedelta(days=3))
    MeetingFactory(at=now - dt.timedelta(days=3), starts_at=at_ten(days=3))
    MeetingFactory(at=now)
    HeldMeetingFactory(at=now - dt.timedelta(days=3))

    assert list(messages.meetings.due_tomorrow(now)) == [tomorrow]


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_message_says_when_and_where(language):
    meeting = MeetingFactory(place="Chungi No. 9")

    texts = [kind.render(meeting, language) for kind in (messages.MEETING_SET, messages.MEETING_TOMORROW)]

    with override(language):
        hour = words.plain(words.clock(meeting.starts_at))
    assert ["Chungi No. 9" in text and hour in text for text in texts] == [True, True]


def test_nobody_is_told_of_what_is_over():
    over = MeetingFactory(starts_at=timezone.now() - HOUR)
    cancelled = MeetingFactory(state="cancelled", reason="Shut.")

    kinds = (messages.MEETING_SET, messages.MEETING_TOMORROW, messages.MEETING_CANCELLED)
    assert [kind.still_due(over) for kind in kinds] == [False, False, False]
    assert [kind.still_due(cancelled) for kind in kinds] == [False, False, True]


# Pages


def send(client, name, pk, **typed):
    address = reverse(f"casework:{name}", args=[pk])
    return client.post(address, {"request_key": str(uuid.uuid4()), "version": "0"} | typed)


def test_an_advisor_makes_one_on_its_page(signed_in):
    case = CalledFactory()
    client = signed_in(case.advisor)
    day = add_working_days(TODAY(), 2, calendar=OFFICE)

    response = send(
        client, "meeting-create", case.pk, channel="visit", day=day.strftime("%d/%m/%Y"), time="11:30", minutes="45"
    )

    meeting = Meeting.objects.get()
    assert response["Location"] == meeting.get_absolute_url()
    assert timezone.localtime(meeting.starts_at).strftime("%Y-%m-%d %H:%M") == f"{day} 11:30"
    assert client.get(meeting.get_absolute_url()).context["may_confirm"] is True
    assert meeting.get_absolute_url() in client.get(case.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("name", "state"),
    [("meeting-confirm", "confirmed"), ("meeting-decline", "declined"), ("meeting-cancel", "cancelled")],
)
def test_what_the_client_says_on_the_telephone_is_written_down(signed_in, name, state):
    meeting = MeetingFactory()

    response = send(signed_in(meeting.advisor), name, meeting.pk, reason="The office is shut.")

    meeting.refresh_from_db()
    assert (response["Location"], meeting.state) == (meeting.get_absolute_url(), state)


def test_too_early_is_said_on_its_page(signed_in):
    meeting = MeetingFactory()

    page = send(signed_in(meeting.advisor), "meeting-miss", meeting.pk).content.decode()

    assert "The time has not come yet." in page


def test_a_reader_sees_it_and_changes_nothing(signed_in):
    meeting = MeetingFactory()
    client = signed_in(colleague(Role.AUDITOR))

    context = client.get(meeting.get_absolute_url()).context

    assert [context[name] for name in ("may_confirm", "may_decline", "may_cancel", "may_miss", "may_log")] == [
        False
    ] * 5
    assert client.get(reverse("casework:meeting-cancel", args=[meeting.pk])).status_code == 403


def test_before_the_first_call_no_other_day_is_set():
    case = CaseFactory()

    meetings.call_again(case)

    case.refresh_from_db()
    assert (case.next_contact_on, case.version) == (None, 0)


def test_who_makes_a_second_appointment_reads_when_the_first_one_is(signed_in):
    meeting = MeetingFactory()
    client, url = signed_in(meeting.advisor), reverse("casework:meeting-create", args=[meeting.case_id])

    page = client.get(url).text

    assert f"There is an appointment with this client already: {words.moment(meeting.starts_at)}" in page
    assert f'href="{meeting.get_absolute_url()}"' in page
    Meeting.objects.update(state="declined")
    assert "already:" not in client.get(url).text


@pytest.mark.parametrize(
    ("client", "advisor", "is_said"), [("woman", "man", True), ("woman", "woman", False), ("man", "man", False)]
)
def test_a_man_who_makes_an_appointment_with_a_woman_reads_how_she_is_visited(client, advisor, is_said, signed_in):
    case = CalledFactory()
    type(case.person).objects.filter(pk=case.person_id).update(sex=client)
    type(case.advisor).objects.filter(pk=case.advisor_id).update(sex=advisor)

    page = signed_in(case.advisor).get(reverse("casework:meeting-create", args=[case.pk])).text

    assert ("A visit to her takes place only" in page) == is_said


def test_the_appointment_stands_on_the_clients_page_once_with_who_keeps_it(signed_in):
    """Where something else comes first; where nothing does, the appointment is what comes next."""
    meeting = ConfirmedMeetingFactory()
    StepFactory(case=meeting.case, due_on=timezone.localdate())
    user = EntrepreneurUserFactory()
    type(meeting.case.person).objects.filter(pk=meeting.case.person_id).update(user=user)

    shown = signed_in(user).get("/my/")

    (panel,) = [one["context"] for one in shown.context["panels"] if "meeting" in one["context"]]
    assert (panel["line"]["kind"], panel["line"] in shown.context["also"]) == ("casework.meeting", False)
    assert panel["line"] in shown.context["business"].also
    assert str(panel["line"]["office"]) in shown.text
