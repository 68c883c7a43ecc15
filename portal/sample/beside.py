"""What happens beside cases: who is asked to take one, what is minded, whom nobody reached, what waits and was undone.

A row is one case: in how many days from today, at which hour, and what is done. What is to be seen whenever the portal
is started is begun anew at a later start, once what stood there is over.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from casework.models import Attempt, Case, Flag, Introduction, Pause, Transfer
from casework.states import OPEN_CASES
from portal.sample import handing, minding
from portal.sample.clock import Life
from portal.sample.lives import World
from portal.sample.meetings import moment
from portal.sample.organisation import TOWNS
from training.models import Enrolment

Act = tuple[int, time, Callable[[World, Case], None]]
Acts = tuple[Act, ...]
Cases = QuerySet[Case]
MORNING, NOON, LATER = time(10, 20), time(12, 40), time(16, 10)
# One manager has them all.
NEAR = [town for town in TOWNS if town.regional == TOWNS[0].regional]
KNOWN_FOR = timedelta(days=20)
# What nobody came to so long after its day is settled at the next start.
PATIENCE = timedelta(days=7)

HISTORY: tuple[Acts, ...] = (
    ((-12, MORNING, handing.ask_colleague), (-11, NOON, handing.take), (-10, NOON, minding.phone)),
    (
        (-10, MORNING, handing.ask_colleague),
        (-9, NOON, handing.refuse),
        (-8, MORNING, handing.ask_office),
        (-8, LATER, handing.ask_no_longer),
    ),
    (
        (-9, MORNING, handing.ask_colleague),
        (-8, NOON, handing.take),
        (-7, LATER, handing.give_back),
        (-6, NOON, minding.phone),
    ),
    (
        (-7, MORNING, minding.write_note),
        (-7, NOON, minding.remove_note),
        (-6, LATER, handing.wish_for_a_language),
    ),
    ((-5, MORNING, minding.close), (-4, NOON, minding.open_again), (-4, LATER, minding.phone)),
    (
        (-13, MORNING, minding.send_to_an_office),
        (-6, NOON, minding.nothing_came),
        (-4, MORNING, minding.write_by_mistake),
        (-4, NOON, minding.take_text_back),
    ),
    ((-11, NOON, minding.send_outside), (-5, LATER, minding.hear_what_came)),
    ((-9, MORNING, minding.send_to_a_run), (-4, LATER, minding.take_a_seat)),
    ((-10, MORNING, minding.pause_in_words), (-4, NOON, minding.end_pause), (-4, LATER, minding.phone)),
    ((-16, NOON, minding.send_outside), (-9, NOON, minding.mind_illness), (-5, NOON, minding.settle_flag)),
    ((-9, MORNING, minding.mind_illness), (-5, NOON, minding.settle_flag), (-5, LATER, minding.raise_again)),
    ((-8, MORNING, minding.send_to_some_course), (-3, LATER, minding.take_a_seat)),
    ((-6, NOON, handing.wish_for_a_woman), (-5, NOON, minding.phone)),
)


def waits(cases: Cases, today: date) -> QuerySet[Transfer]:
    return Transfer.objects.waiting().filter(case__in=cases, due_on__gte=today)


def minded(cases: Cases, today: date) -> QuerySet[Flag]:
    return Flag.objects.standing().filter(case__in=cases, due_on__gte=today)


def sent(cases: Cases, today: date) -> QuerySet[Introduction]:
    return Introduction.objects.waiting().filter(case__in=cases, due_on__gte=today - PATIENCE)


def paused(cases: Cases, today: date) -> QuerySet[Pause]:
    return Pause.objects.in_force(on=today).filter(case__in=cases)


def tried(cases: Cases, today: date) -> QuerySet[Attempt]:
    return Attempt.objects.filter(case__in=cases, at__date__gte=today - 2 * PATIENCE)


# What stands whenever somebody looks, each with the rows that it would be among.
STANDING: tuple[tuple[Acts, Callable[[Cases, date], QuerySet]], ...] = (
    (((-1, MORNING, handing.ask_colleague),), lambda *of: waits(*of).filter(to_advisor__isnull=False)),
    (((-1, NOON, handing.ask_office),), lambda *of: waits(*of).filter(to_advisor=None)),
    (((-2, MORNING, minding.mind_a_number),), lambda *of: minded(*of).filter(kind=Flag.Kind.DATA)),
    (((-1, NOON, minding.mind_money),), lambda *of: minded(*of).filter(kind=Flag.Kind.MONEY)),
    (((-3, MORNING, minding.send_to_a_course),), lambda *of: sent(*of).filter(to="course").exclude(about="")),
    (((-2, LATER, minding.send_for_papers),), lambda *of: sent(*of).filter(to="papers")),
    (((-1, LATER, minding.pause_for_mourning),), paused),
    (
        ((-5, MORNING, minding.phone_is_off), (-1, MORNING, minding.nobody_answers), (-1, LATER, minding.word_is_left)),
        tried,
    ),
)  # fmt: skip


def lives(world: World, cases: Cases, *, now: datetime) -> Iterator[Life]:
    rows = [acts for acts, _there in STANDING]
    for case, acts in zip(chosen(cases, now=now), [*rows, *HISTORY], strict=False):
        yield lived(case.pk, acts, world=world, since=now - timedelta(days=31))
    yield first_call_in_vain(world, cases)


def go_on(world: World, cases: Cases, *, since: datetime, now: datetime) -> Iterator[Life]:
    """What is long over is settled, and what is to be seen is begun anew with other cases."""
    yield settled(world, cases, since=since)
    lacking = [acts for acts, there in STANDING if not there(cases, world.today).exists()]
    untouched = cases.filter(transfers=None, flags=None, introductions=None, pauses=None)
    # Whoever is sent to a course comes first, and those whose course is still held last: its end is lived after this,
    # and would answer what they are sent for now.
    lacking.sort(key=lambda acts: all(act is not minding.send_to_a_course for _days, _at, act in acts))
    in_class = Q(enterprise__in=Enrolment.objects.seated().values("enterprise"))
    in_turn = [*chosen(untouched.exclude(in_class), now=now), *chosen(untouched.filter(in_class), now=now)]
    for case, acts in zip(in_turn, lacking, strict=False):
        yield lived(case.pk, acts, world=world, since=since)


def chosen(cases: Cases, *, now: datetime) -> list[Case]:
    """Clients of Multan and of a town or two beside, who have neither appointments nor texts, and wait for no answer.

    Nobody whose call is late: who is called meanwhile may be paused no more.
    """
    known = cases.called().filter(opened_at__lt=now - KNOWN_FOR).exclude(next_contact_on__lt=timezone.localdate(now))
    busy = Q(meetings__isnull=False) | Q(writings__isnull=False) | Q(referrals__state__in=["sent", "taken"])
    free = known.exclude(busy | Q(business_plans__state="submitted"))
    by_town = [free.filter(office__code=f"smeda-{town.code}").order_by("pk") for town in NEAR]
    return [case for found in by_town for case in found]


def lived(pk: int, acts: Acts, *, world: World, since: datetime) -> Life:
    for days, at, act in acts:
        yield max(moment(world, days, at), since)
        case = Case.objects.select_related("advisor", "office__parent", "enterprise", "person__user").get(pk=pk)
        if case.state in OPEN_CASES or act is minding.open_again:
            act(world, case)


def first_call_in_vain(world: World, cases: Cases) -> Life:
    """Of those whose first call is late, somebody was called at least."""
    yield moment(world, -2, NOON)
    late = cases.uncalled(before=timezone.localdate()).filter(office__code=f"smeda-{NEAR[0].code}")
    if case := late.select_related("advisor").order_by("first_contact_due_on", "pk").first():
        minding.nobody_answers(world, case)


def settled(world: World, cases: Cases, *, since: datetime) -> Life:
    """What is long over by then, also where what others do meanwhile brought its day forward."""
    yield max(moment(world, -1, NOON), since)
    for rows, settles in (
        (Transfer.objects.waiting(), handing.answer),
        (Flag.objects.standing(), minding.clear),
        (Introduction.objects.waiting(), minding.give_up),
    ):
        for row in rows.filter(case__in=cases, due_on__lt=world.today - PATIENCE).for_list().order_by("pk"):
            settles(row)
