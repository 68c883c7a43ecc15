"""What colleagues do for themselves: away now and next week, what they keep of a list, and questions in the making."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.actions import absences
from accounts.models import Absence
from accounts.roles import Role
from casework.actions import filters, questionnaires
from casework.states import CaseState
from portal.sample.clock import Life
from portal.sample.lives import World
from portal.sample.meetings import moment

Reason = Absence.Reason
# Where, and why: the first are away now, the others next week.
NOW = (("faisalabad", Reason.LEAVE), ("sukkur", Reason.SICK))
NEXT = (("lahore", Reason.TRAINING), ("peshawar", Reason.LEAVE))
BACK_EARLY = "sialkot"
LASTS, A_WEEK = timedelta(days=5), timedelta(days=7)
KEPT = (
    (Role.ADVISOR, "smeda-multan", "دیر ہو رہی ہے", {"whose": "mine", "due": "late"}),
    (Role.ADVISOR, "smeda-multan", "Plan agreed, mine", {"state": CaseState.PLANNED, "whose": "mine"}),
    (Role.REGIONAL_MANAGER, "smeda-punjab", "New this week", {"due": "new"}),
    (Role.REGIONAL_MANAGER, "smeda-punjab", "جن کو فون نہیں ہو سکتا", {"state": "silent"}),
)
HINT = "Sales of one usual day, not of the best one. (Draft)"


def lives(world: World) -> Iterator[Life]:
    yield keeps(world)
    yield draws_up(world)
    yield was_away(world)
    yield from aways(world, since=None)


def go_on(world: World, *, since: datetime) -> Iterator[Life]:
    yield from aways(world, since=since)


def aways(world: World, *, since: datetime | None) -> Iterator[Life]:
    """Somebody is away whenever the portal is started, and somebody the week after."""
    standing = Absence.objects.filter(lifted_at=None, user__in=[first(world, town) for town, _why in (*NOW, *NEXT)])
    ahead, monday = standing.filter(from_on__gt=world.today), next_monday(world.today)
    if not standing.filter(from_on__lte=world.today, until_on__gte=world.today).exists():
        yield from (is_away(world, *who, world.today, since=since) for who in NOW)
    if not ahead.exists():
        yield from (is_away(world, *who, monday, since=since) for who in NEXT)


def first(world: World, town: str):
    return world.organisation.one(Role.ADVISOR, f"smeda-{town}")


def next_monday(day: date) -> date:
    return day + timedelta(days=8 - day.isoweekday())


def is_away(world: World, town: str, reason: str, from_on: date, *, since: datetime | None) -> Life:
    at = moment(world, -1, time(9, 30))
    yield max(at, since) if since else at
    user = first(world, town)
    absences.enter(user=user, reason=reason, from_on=from_on, until_on=from_on + LASTS, by=user)


def was_away(world: World) -> Life:
    yield moment(world, -9, time(9, 30))
    user, today = first(world, BACK_EARLY), timezone.localdate()
    absence = absences.enter(user=user, reason=Reason.LEAVE, from_on=today, until_on=today + A_WEEK, by=user)
    yield moment(world, -5, time(9, 30))
    absences.lift(absence=absence, by=user, version=absence.version)


def keeps(world: World) -> Life:
    yield moment(world, -15, time(9, 45))
    for role, office, name, chosen in KEPT:
        filters.keep(by=world.organisation.one(role, office), name=name, chosen=chosen)


def draws_up(world: World) -> Life:
    """The next questions of business checks, with one hint worded better: nobody is asked them yet."""
    yield moment(world, -3, time(15, 30))
    draft = questionnaires.draft(by=world.organisation.one(Role.ADMINISTRATOR, "smeda-head"))
    question = draft.questions.order_by("order")[0]
    question.hint = HINT
    question.save(update_fields=["hint"])
