"""Who takes a case: the office, and the colleague there."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import partial
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
    FULL = "full"  # theirs is full like everybody's who meets as many wishes, and nobody waits for the next
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
    """Which of the wishes the colleague meets; of two, a woman counts more."""
    return not lacks_woman(wishes, colleague), not wishes.language or speaks(wishes.language, colleague)


def speaks(language: str, colleague: User) -> bool:
    """Of whom nothing is written down, speaks Urdu."""
    return language in (colleague.languages or [Language.URDU])


class Holder(NamedTuple):
    """Who takes a case, at which office, and why; `lacks_woman` where one was asked for and none is there."""

    office: Office
    advisor: User
    why: str
    lacks_woman: bool = False


def choose(district_id: int, *, person: Person, now: dt.datetime, wishes: Wishes = NO_WISHES) -> Holder:
    """Who takes a case of the district: the best of all offices that cover it, else of those above, one after another.

    Who is away is asked last, so that a case is never without somebody.
    """
    today = timezone.localdate(now)
    for who in here_first(today):
        for offices in offices_in_turn(district_id, today=today):
            find = partial(best, offices, person, who=who, wishes=wishes, now=now)
            if holder := by_turns(offices, find):
                return holder
    raise NobodyToCallError(f"No colleague holds a post at any office above district {district_id}.")


def choose_near(case: Case, *, now: dt.datetime, wishes: Wishes) -> Holder | None:
    """Which advisor meets more of the wishes than whoever has the case, is there, and has room this week.

    Of the case's own office, and of those that cover its district: no manager, and nobody of an office above.
    """
    offices = offices_near(case, today=timezone.localdate(now))

    def nearer() -> Holder | None:
        who = is_here(timezone.localdate(now)) & Q(role=Role.ADVISOR)
        found = best(offices, case.person, who=who, wishes=wishes, now=now, home=case.office_id, has_room=True)
        return found if found and met(wishes, found.advisor) > met(wishes, case.advisor) else None

    return by_turns(offices, nearer)


def by_turns(offices: list[Office], find: Callable[[], Holder | None]) -> Holder | None:
    """What `find` says while nobody else hands out at these offices; where it finds nobody, nothing is held up."""
    if find() is None:
        return None
    hand_out_by_turns(offices)
    return find()


class Lack:
    """Why nobody who meets a wish has the case."""

    NOBODY = "nobody"  # no advisor near the client meets it
    AWAY = "away"  # who does is away
    FULL = "full"  # who does is there, and their week is full
    NONE = "none"  # somebody has room: the next look at standing wishes gives it to them


def why_it_waits(case: Case, *, wishes: Wishes, now: dt.datetime) -> tuple[str, dt.date | None]:
    """Why nobody who meets all of the wishes has the case, and from when who is away is there again."""
    today = timezone.localdate(now)
    near = with_load(advisors_of(offices_near(case, today=today), today=today), now=now)
    fitting = [post for post in near if all(met(wishes, post.user))]
    away = Absence.objects.in_force(on=today).filter(user__in=[post.user_id for post in fitting])
    until = dict(away.order_by("until_on").values_list("user", "until_on"))
    here = [post for post in fitting if post.user_id not in until]
    if here:
        return (Lack.FULL if all(post.is_full for post in here) else Lack.NONE), None
    if until:
        return Lack.AWAY, min(until.values()) + dt.timedelta(days=1)
    return Lack.NOBODY, None


def is_here(today: dt.date) -> Q:
    return ~Q(user__in=Absence.objects.in_force(on=today).values("user"))


def here_first(today: dt.date) -> Iterator[Q]:
    """Which colleagues are looked at: whoever is away is better than nobody."""
    yield is_here(today)
    yield ANYBODY


def best(
    offices: list[Office],
    person: Person,
    *,
    who: Q,
    wishes: Wishes,
    now: dt.datetime,
    home: int | None = None,
    has_room: bool = False,
) -> Holder | None:
    """Who of these offices takes the case, and why: an advisor, and where none is there a manager.

    First whoever has the person already, if they meet all wishes, then by `rank`. `has_room`: no full week.
    """
    today = timezone.localdate(now)
    posts = [
        post
        for post in with_load(advisors_of(offices, today=today).filter(who), now=now)
        if not (has_room and post.is_full)
    ]
    posts.sort(key=lambda post: rank(post, person, wishes=wishes, home=home))
    known = familiar(person, among=posts)
    if known and all(met(wishes, known.user)):
        return held_by(known, Why.FAMILIAR, wishes=wishes)
    if posts:
        return held_by(posts[0], Why.FULL if posts[0].is_full else Why.ROOM, wishes=wishes)
    managers = (manager_of(office, who=who, today=today) for office in offices)
    return next(
        (
            Holder(office, manager, Why.MANAGER, lacks_woman(wishes, manager))
            for office, manager in zip(offices, managers, strict=True)
            if manager
        ),
        None,
    )


def rank(post: Any, person: Person, *, wishes: Wishes, home: int | None) -> tuple[Any, ...]:
    """The order in which advisors of the offices near a client are asked. It is the only one.

    Who meets the client's wishes, of two a woman first; then whose week has room; then the office that has the case,
    and of the others the smallest kind; then who speaks the client's language; then whose cases of the last week fill
    the least of their cap. Between equals the one with fewer open cases, then the one who came first.
    """
    missed = tuple(not is_met for is_met in met(wishes, post.user))
    at = (post.office_id != home, -post.office.depth)
    has_no_word = not speaks(person.language, post.user)
    return (missed, post.is_full, at, has_no_word, post.filled, post.open_cases, post.user_id, post.pk)


def held_by(post: Any, why: str, *, wishes: Wishes) -> Holder:
    return Holder(post.office, post.user, why, lacks_woman(wishes, post.user))


def lacks_woman(wishes: Wishes, colleague: User) -> bool:
    return wishes.woman and colleague.sex != Sex.WOMAN


def offices_in_turn(district_id: int, *, today: dt.date) -> Iterator[list[Office]]:
    """Those that cover the district, all together; then each above them, and the head office at last."""
    covering = list(open_of_smeda(today).covering(district_id, on=today))
    yield covering
    yield from ([office] for office in offices_upward(district_id, today=today) if office not in covering)


def offices_upward(district_id: int, *, today: dt.date) -> Iterator[Office]:
    """SMEDA's offices that cover the district, each with those above it, and the head office at last. Each once."""
    smeda = open_of_smeda(today)
    seen: set[int] = set()
    for start in chain(smeda.covering(district_id, on=today), smeda.filter(parent__isnull=True).order_by("id")):
        office: Office | None = start
        while office is not None and office.pk not in seen:
            seen.add(office.pk)
            yield office
            office = office.parent and office.parent.heir(on=today)


def offices_near(case: Case, *, today: dt.date) -> list[Office]:
    """The office that has the case, and those that cover its district: whoever works there works for the client."""
    smeda = open_of_smeda(today)
    covering = smeda.covering(case.enterprise.district_id, on=today)
    return [*smeda.filter(pk=case.office_id), *covering.exclude(pk=case.office_id)]


def open_of_smeda(today: dt.date) -> Any:
    return Office.objects.filter(organisation=Office.Organisation.SMEDA).open(on=today)


def hand_out_by_turns(offices: Iterable[Office]) -> None:
    """Hold the offices' rows, the lower number first: their cases are handed out one after the other.

    Of two registrations at once, the second counts the first one's case.
    """
    rows = Office.objects.filter(pk__in=[office.pk for office in offices])
    list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)))


def familiar(person: Person, *, among: list[Any]) -> Any:
    """The post of the advisor who has the person already: one person calls somebody about all their businesses.

    Of several, whoever has the newest open case of theirs. Who is paused, away or left takes none.
    """
    known = Case.objects.open().filter(person=person, advisor__in=[post.user_id for post in among])
    newest = known.order_by("-opened_at", "-id").values_list("advisor", flat=True).first()
    return next((post for post in among if post.user_id == newest), None)


def advisors_of(offices: Iterable[Office], *, today: dt.date) -> QuerySet[Appointment]:
    """Who takes new cases at the offices. A cap of nought is a pause."""
    posts = Appointment.objects.in_force(on=today).filter(office__in=list(offices), user__is_active=True)
    return posts.filter(role=Role.ADVISOR, weekly_cap__gt=0).select_related("user", "office")


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


def manager_of(office: Office, *, today: dt.date, who: Q = ANYBODY) -> User | None:
    """The manager of the office, or at the head office of the programme; of several the longest in post."""
    posts = in_office(office, today=today).filter(who, role__in=[Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER])
    post = posts.order_by(Choose(When(role=Role.REGIONAL_MANAGER, then=0), default=1), "from_on", "id").first()
    return post.user if post else None


def in_office(office: Office, *, today: dt.date) -> QuerySet[Appointment]:
    return Appointment.objects.in_force(on=today).filter(office=office, user__is_active=True).select_related("user")
