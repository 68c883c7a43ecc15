"""When and where an advisor keeps a time for a client, and that it was called off."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import LocalClosure
from casework.models import Channel, Meeting
from casework.states import MeetingState
from enterprises.discretion import reach_if_allowed
from kit import words
from kit.days import end_of_tomorrow
from messaging.kinds import Kind, Recipient
from messaging.texts import fitted


def to_client(meeting: Meeting) -> Recipient | None:
    return reach_if_allowed(meeting.case.person)


def when_of(meeting: Meeting) -> str:
    return " ".join(map(words.plain, (words.day_short(meeting.starts_at), words.clock(meeting.starts_at))))


WHAT = {
    Channel.OFFICE: gettext_lazy("Appointment with SMEDA"),
    Channel.VISIT: gettext_lazy("SMEDA comes to you"),
    Channel.PHONE: gettext_lazy("SMEDA calls you"),
}


def said(answer: str, meeting: Meeting, language: str) -> str:
    """What, when and where, and then how the client answers."""
    where = _("{what}: {when}, {place}.") if meeting.where else _("{what}: {when}.")
    facts = {"what": str(WHAT[Channel(meeting.channel)]), "when": when_of(meeting), "helpline": settings.HELPLINE}
    return fitted(f"{where} {answer}", language, names={"place": meeting.where}, **facts)


def or_call(meeting: Meeting) -> str:
    if meeting.client_comes:
        return _("Cannot come? Call {helpline}")
    return _("Does it not suit you? Call {helpline}")


def set_text(meeting: Meeting, language: str) -> str:
    """Whoever has no page says yes or no on the telephone."""
    with override(language):
        on_page = _("Say yes or no on your page. Help {helpline}")
        return said(on_page if meeting.case.person.has_page else or_call(meeting), meeting, language)


def tomorrow_text(meeting: Meeting, language: str) -> str:
    with override(language):
        return said(or_call(meeting), meeting, language)


def cancelled_text(meeting: Meeting, language: str) -> str:
    with override(language):
        sentence = _("The appointment of {when} is called off. SMEDA calls you for another one. Help {helpline}")
        return fitted(sentence, language, names={}, when=when_of(meeting), helpline=settings.HELPLINE)


def is_unanswered(meeting: Meeting) -> bool:
    return meeting.state == MeetingState.PROPOSED and meeting.starts_at > timezone.now()


def is_to_come(meeting: Meeting) -> bool:
    return meeting.is_open and meeting.starts_at > timezone.now()


def was_to_come(meeting: Meeting) -> bool:
    """Of a time that is over nobody needs to hear any more."""
    return meeting.state == MeetingState.CANCELLED and meeting.starts_at > timezone.now()


def due_tomorrow(now: datetime) -> Iterable[Meeting]:
    """From now until the end of tomorrow; who was told of it since yesterday was reminded with that."""
    coming = Meeting.objects.to_come(now=now).filter(starts_at__lt=end_of_tomorrow(now))
    return coming.filter(at__lt=now - timedelta(days=1)).order_by("starts_at", "id").iterator()


def moment_of(meeting: Meeting) -> str:
    return meeting.starts_at.isoformat()


def shut_until(meeting: Meeting, day: date) -> date | None:
    """Nobody is asked to set out where the district or the office is shut."""
    case = meeting.case
    return LocalClosure.objects.reopens_on(district=case.enterprise.district_id, office=case.office_id, on=day)


MEETING_SET = Kind(
    "casework.meeting_set",
    recipient=to_client,
    render=set_text,
    discreet=set_text,
    still_due=is_unanswered,
    call=gettext_lazy("an appointment"),
)
MEETING_TOMORROW = Kind(
    "casework.meeting_tomorrow",
    recipient=to_client,
    render=tomorrow_text,
    discreet=tomorrow_text,
    still_due=is_to_come,
    due=due_tomorrow,
    occasion=moment_of,
    call=gettext_lazy("an appointment tomorrow"),
    closed_until=shut_until,
)
MEETING_CANCELLED = Kind(
    "casework.meeting_cancelled",
    recipient=to_client,
    render=cancelled_text,
    discreet=cancelled_text,
    still_due=was_to_come,
    call=gettext_lazy("an appointment that was called off"),
)
