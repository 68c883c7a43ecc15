"""Who takes a case: the office, and the colleague there."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import BooleanField, Count, ExpressionWrapper, F, FloatField, Q, QuerySet, Value, When
from django.db.models import Case as Choose
from django.db.models.functions import NullIf
from django.utils import timezone

from accounts.models import Absence, Appointment, Language, Office, Sex, User
from accounts.roles import Role
from casework.models import Case
from casework.querysets import WEEK
from casework.states import OPEN_CASES
from enterprises.models import Person

ANYBODY = Q()


class NobodyToCallError(RuntimeError):
    """SMEDA has neither an advisor nor a manager anywhere: set up appointments before people register."""


class Why:
    """Why this colleague has the case; it stands in the event."""

    ROOM = "room"  # the least filled week
    FAMILIAR = "familiar"  # has the person already
    FULL = "full"  # everybody's week is full, and nobody waits for the next
    MANAGER = "manager"  # no advisor is there
    CHOSEN = "chosen"  # a manager named them
    AGREED = "agreed"  # they were asked, and took it
    BACK = "back"  # they had it before, and it came back


class Wishes(NamedTuple):
    """Whom the client would rather talk with."""

    woman: bool = False
    language: str = ""


NO_WISHES = Wishes()


def met(wishes: Wishes, colleague: User) -> tuple[bool, bool]:
    """Which of the wishes the colleague meets; of two, a woman counts more. Every colleague speaks Urdu."""
    is_woman = not wishes.woman or colleague.sex == Sex.WOMAN
    return is_woman, not wishes.language or wishes.language in (colleague.languages or [Language.URDU])


class Holder(NamedTuple):
    """Who takes a case, at which office, and why; `lacks_woman` where one was asked for and none is there."""

    office: Office
    advisor: User
    why: str
    lacks_woman: bool = False


def choose(district_id: int, *, person: Person, now: dt.datetime, wishes: Wishes = NO_WISHES) -> Holder:
    """Who takes a case of the district: whoever of its office has the person, else the advisor with the least load.

    Without either the manager, and without one the office above.
    Office by office upward, so that a case is never without somebody: who is away is left out, and where a woman is
    asked for, who is not one, as long as anybody else is there. The office's row is locked until the
    transaction ends: of two registrations at once, the second counts the first one's case.
    """
    today = timezone.localdate(now)
    for who in within(wishes, today=today):
        if holder := first_of(offices_upward(district_id, today=today), person, who=who, wishes=wishes, now=now):
            return holder
    raise NobodyToCallError(f"No colleague holds a post at any office above district {district_id}.")


def choose_near(case: Case, *, now: dt.datetime, wishes: Wishes) -> Holder | None:
    """Which advisor comes nearest to the wishes who is there, at an office near the client.

    No manager, and nobody of an office above.
    """
    today = timezone.localdate(now)
    for who in within(wishes, today=today):
        is_near = who & is_here(today) & Q(role=Role.ADVISOR)
        if holder := first_of(offices_near(case, today=today), case.person, who=is_near, wishes=wishes, now=now):
            return holder
    return None


def back_on(case: Case, *, wishes: Wishes, today: dt.date) -> dt.date | None:
    """From when an advisor who meets the wishes, and is away now, works for the client again."""
    away = Absence.objects.in_force(on=today).select_related("user")
    near = Appointment.objects.in_force(on=today).filter(
        role=Role.ADVISOR, weekly_cap__gt=0, office__in=offices_near(case, today=today)
    )
    rows = away.filter(user__is_active=True, user__in=near.values("user"))
    last_days = [absence.until_on for absence in rows if all(met(wishes, absence.user))]
    return min(last_days) + dt.timedelta(days=1) if last_days else None


def first_of(offices: Iterable[Office], person: Person, *, who: Q, wishes: Wishes, now: dt.datetime) -> Holder | None:
    """Who takes it at the first of the offices where anybody does; the office's row is locked."""
    for office in offices:
        if not in_office(office, today=timezone.localdate(now)).filter(who).exists():
            continue
        locked = hand_out_by_turns(office)
        if found := taker(locked, person, who=who, wishes=wishes, now=now):
            advisor, why = found
            return Holder(locked, advisor, why, lacks_woman=wishes.woman and advisor.sex != Sex.WOMAN)
    return None


def is_here(today: dt.date) -> Q:
    return ~Q(user__in=Absence.objects.in_force(on=today).values("user"))


def within(wishes: Wishes, *, today: dt.date) -> Iterator[Q]:
    """Which colleagues are looked at, the narrowest choice first: whoever is away is better than nobody."""
    if wishes.woman:
        yield is_here(today) & Q(user__sex=Sex.WOMAN)
    yield is_here(today)
    yield ANYBODY


def taker(office: Office, person: Person, *, who: Q, wishes: Wishes, now: dt.datetime) -> tuple[User, str] | None:
    """Who of the office takes it, and why."""
    today = timezone.localdate(now)
    advisor = familiar(office, person, who=who, today=today)
    if advisor and all(met(wishes, advisor)):
        return advisor, Why.FAMILIAR
    speaks = wishes.language or person.language
    if post := least_loaded(office, who=who, speaks=speaks, now=now):
        return post.user, Why.FULL if post.is_full else Why.ROOM
    manager = manager_of(office, who=who, today=today)
    return (manager, Why.MANAGER) if manager else None


def offices_upward(district_id: int, *, today: dt.date) -> Iterator[Office]:
    """SMEDA's offices that cover the district, each with those above it, and the head office at last. Each once."""
    smeda = Office.objects.filter(organisation=Office.Organisation.SMEDA).open(on=today)
    seen: set[int] = set()
    for start in chain(smeda.covering(district_id, on=today), smeda.filter(parent__isnull=True).order_by("id")):
        office: Office | None = start
        while office is not None and office.pk not in seen:
            seen.add(office.pk)
            yield office
            office = office.parent and office.parent.heir(on=today)


def offices_near(case: Case, *, today: dt.date) -> list[Office]:
    """The office that has the case, and those that cover its district: whoever works there works for the client."""
    smeda = Office.objects.filter(organisation=Office.Organisation.SMEDA).open(on=today)
    covering = smeda.covering(case.enterprise.district_id, on=today)
    return [*smeda.filter(pk=case.office_id), *covering.exclude(pk=case.office_id)]


def hand_out_by_turns(office: Office) -> Office:
    """Hold the office's row: its cases are handed out one after the other."""
    return Office.objects.select_for_update(no_key=True, of=("self",)).get(pk=office.pk)


def familiar(office: Office, person: Person, *, who: Q, today: dt.date) -> User | None:
    """The advisor of the office who has the person already: one person calls somebody about all their businesses.

    Of several, whoever has the newest open case of theirs. Who is paused, away or left takes none.
    """
    posts = advisors_of(office, today=today).filter(who)
    known = Case.objects.open().filter(person=person, advisor__in=posts.values("user"))
    case = known.select_related("advisor").order_by("-opened_at", "-id").first()
    return case.advisor if case else None


def advisors_of(office: Office, *, today: dt.date) -> QuerySet[Appointment]:
    """Who takes new cases at the office. A cap of nought is a pause."""
    return in_office(office, today=today).filter(role=Role.ADVISOR, weekly_cap__gt=0)


def least_loaded(office: Office, *, who: Q, speaks: str, now: dt.datetime) -> Any:
    """The post of the advisor who takes the next case: one whose week is not full comes before all whose week is.

    Of those, who speaks the client's language; then whose cases of the last week fill the least of their cap. Between
    equals the one with fewer open cases, then the one who came first.
    """
    today = timezone.localdate(now)
    return (
        with_load(advisors_of(office, today=today).filter(who), now=now)
        .order_by("is_full", speakers_first(speaks), "filled", "open_cases", "user_id")
        .first()
    )


def with_load(posts: QuerySet[Appointment], *, now: dt.datetime) -> Any:
    """How many cases came to them in the last week, new ones and those handed over, and how much of the cap that is.

    Of a cap of nought nothing is a part, and it is full.
    """
    counted = posts.annotate(
        new_cases=Count("user__cases", filter=Q(user__cases__assigned_at__gt=now - WEEK)),
        open_cases=Count("user__cases", filter=Q(user__cases__state__in=OPEN_CASES)),
    )
    return counted.annotate(
        filled=ExpressionWrapper(F("new_cases") * 1.0 / NullIf(F("weekly_cap"), Value(0)), output_field=FloatField()),
        is_full=ExpressionWrapper(Q(new_cases__gte=F("weekly_cap")), output_field=BooleanField()),
    )


def speakers_first(language: str) -> Choose:
    """Every colleague speaks Urdu, also one of whom nothing is written down."""
    speaks = Q(user__languages__contains=[language])
    if language == Language.URDU:
        speaks |= Q(user__languages=[])
    return Choose(When(speaks, then=Value(0)), default=Value(1))


def manager_of(office: Office, *, today: dt.date, who: Q = ANYBODY) -> User | None:
    """The manager of the office, or at the head office of the programme; of several the longest in post."""
    posts = in_office(office, today=today).filter(who, role__in=[Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER])
    post = posts.order_by(Choose(When(role=Role.REGIONAL_MANAGER, then=0), default=1), "from_on", "id").first()
    return post.user if post else None


def in_office(office: Office, *, today: dt.date) -> QuerySet[Appointment]:
    return Appointment.objects.in_force(on=today).filter(office=office, user__is_active=True).select_related("user")
