"""Appointments in Multan, one in each state: made some days ago, and answered since."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from casework.actions import meetings
from casework.models import Case, Channel, Meeting
from casework.states import CaseState, MeetingState
from portal.sample.clock import Life
from portal.sample.lives import World, fresh, log
from portal.sample.organisation import TOWNS

# The state, in how many days from today its time is at the earliest, and at which hour: each at another, for a
# weekend may bring two of them together.
WANTED = (
    (MeetingState.PROPOSED, 1, time(10)),
    (MeetingState.CONFIRMED, 1, time(11, 30)),
    (MeetingState.PROPOSED, 2, time(12, 30)),
    (MeetingState.DECLINED, 2, time(15)),
    (MeetingState.CANCELLED, 3, time(16)),
    (MeetingState.HELD, -2, time(14)),
    (MeetingState.MISSED, -2, time(15, 30)),
)
WEEKEND = {6, 7}
MADE_ON, ANSWERED_ON, ENDS_AFTER = -9, -7, timedelta(hours=1)
# After a no, after it was called off, and after nobody came, the advisor calls the same day.
CALLED_AT = time(17)


def lives(world: World, cases: QuerySet[Case], *, now: datetime) -> Iterator[Life]:
    """Of clients whose advisor may call them, each one."""
    known = cases.called().filter(office__code=f"smeda-{TOWNS[0].code}", opened_at__lt=now - timedelta(days=20))
    for case, wanted in zip(known.select_related("advisor").order_by("pk"), WANTED, strict=False):
        yield kept(world, case, *wanted, now=now)


def go_on(world: World, cases: QuerySet[Case]) -> Iterator[Life]:
    """What was still to come at the last start took place meanwhile."""
    for meeting in Meeting.objects.open().filter(case__in=cases, starts_at__date__lt=world.today).order_by("pk"):
        yield takes_place(world, meeting)


def takes_place(world: World, meeting: Meeting) -> Life:
    yield meeting.starts_at + ENDS_AFTER
    if Meeting.objects.open().filter(pk=meeting.pk).exists():
        log(world, meeting.case, channel=meeting.channel, next_on=world.today + timedelta(days=3))


def kept(world: World, case: Case, state: MeetingState, days: int, at: time, *, now: datetime) -> Life:
    yield moment(world, MADE_ON)
    if fresh(case).state not in {CaseState.CONTACTED, CaseState.PLANNED}:
        return
    starts_at = moment(world, days, at)
    meeting = meetings.propose(case=case, by=case.advisor, channel=Channel.OFFICE, starts_at=starts_at)
    yield moment(world, ANSWERED_ON)
    if state == MeetingState.CONFIRMED:
        meetings.confirm(meeting=meeting, by=case.advisor, version=None)
    elif state == MeetingState.DECLINED:
        meetings.say_no(meeting=meeting, by=case.advisor, version=None)
    elif state == MeetingState.CANCELLED:
        meetings.cancel(meeting=meeting, by=case.advisor, version=None, reason="The office is closed that day.")
    if state in {MeetingState.DECLINED, MeetingState.CANCELLED}:
        yield moment(world, ANSWERED_ON, CALLED_AT)
        log(world, case, channel=Channel.PHONE, next_on=world.today + timedelta(days=2))
    yield starts_at + ENDS_AFTER if days < 0 else now
    if Meeting.objects.open().filter(pk=meeting.pk).exists():
        if state == MeetingState.HELD:
            log(world, case, channel=Channel.OFFICE, next_on=world.today + timedelta(days=3))
        elif state == MeetingState.MISSED:
            meetings.miss(meeting=meeting, by=case.advisor, version=None)
            yield moment(world, days, CALLED_AT)
            log(world, case, channel=Channel.PHONE, next_on=world.today + timedelta(days=2))


def moment(world: World, days: int, at: time = time(11)) -> datetime:
    """That hour of a day so far from today on which offices are open: the next one, or in the past the one before."""
    day = world.today + timedelta(days=days)
    while day.isoweekday() in WEEKEND:
        day += timedelta(days=1 if days > 0 else -1)
    return timezone.make_aware(datetime.combine(day, at))
