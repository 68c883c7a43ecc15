"""A later start: the sample's people have lived on since the last one, and its days are those of today.

Whoever pays has paid up to about now, classes were held, those who were to be called were, and somebody new came.
What people who try the portal made themselves is left as it is.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.roles import Role
from casework.models import Case, Channel, Referral
from casework.states import CaseState
from enterprises.models import Person
from kit.days import begin_of
from loans.actions import receipts
from loans.models import LedgerEntry, Loan
from loans.slips import Slip
from portal.sample import beside, checks, colleagues, meetings, slips, threads, turns
from portal.sample.clock import Life, Voice, evening_before, live
from portal.sample.courses import (
    COURSE_OF_TODAY,
    RUNS,
    class_day,
    course_life,
    course_of_today,
    hold_class,
    last_class,
    noon,
)
from portal.sample.endings import end
from portal.sample.lives import World, client, closing, fresh, later, log
from portal.sample.organisation import TOWNS, Standing
from portal.sample.phones import Phones, Told
from training.models import CourseRun, Sitting
from training.states import RunState

# Those of sample people: `lives.register` counts them up. Whoever tries the portal types another.
PHONES = "+9230100"
BOOK = 119  # receipts of later starts
# Who was further behind at the last start had stopped paying, and stays so.
STILL_PAYS = timedelta(days=20)
LATE_BY = (0, 0, 0, 0, 1, 2, 5)
# The last so many are not called in time, and one of so many not called again: a manager has something to see.
UNCALLED, FORGOTTEN = 2, 4
NEWCOMERS = 3
FIRST_DAY, FIRST_NUMBER = date(2026, 1, 1), 10_000


@transaction.atomic
def live_on(*, seed: int, now: datetime, say: Callable[[str], None] = lambda line: None) -> list[Told]:
    """Live from the last start to `now`; the same for the same seed, past and day. Nothing is left to do twice.

    Returns what the phones were told meanwhile.
    """
    today = timezone.localdate(now)
    since = LedgerEntry.objects.aggregate(at=Max("entered_at"))["at"] or now
    world = World(rng=random.Random(f"{seed} {today}"), organisation=Standing(), today=today)
    since = min(since, now)
    voice = Voice(say, how_far=lambda: "The sample people live on")
    phones = Phones(until=now, plans=False)
    # All are looked at before anybody moves. Offices are open today; clients live until the evening before, so that a
    # second start on one day changes nothing.
    clients_on, offices_on = list(clients(world, since=since, now=now)), list(offices(world, since=since, now=now))
    evening = evening_before(now)
    live(clients_on, until=evening, voice=voice, phones=phones)
    # Of those who came meanwhile too.
    of_sample = Case.objects.filter(person__phone__startswith=PHONES)
    asked = list(checks.go_on(world, of_sample, since=since, now=evening))
    live(asked, until=evening, voice=voice, phones=(asked_too := Phones(until=now, plans=False)))
    live(offices_on, until=now, voice=voice, phones=(today_too := Phones(until=now, plans=False)))
    return phones.told + asked_too.told + today_too.told


def offices(world: World, *, since: datetime, now: datetime) -> Iterator[Life]:
    yield closing(since - timedelta(days=31), now)
    yield from courses(world, now)


def clients(world: World, *, since: datetime, now: datetime) -> Iterator[Life]:
    people = Person.objects.filter(phone__startswith=PHONES)
    yield from payments(world, Loan.objects.filter(person__in=people), since=since, last=since)
    of_sample = Case.objects.filter(person__in=people)
    yield from turns.lives(world, of_sample, since=since)
    yield from calls(world, of_sample)
    yield from meetings.go_on(world, of_sample)
    yield from threads.go_on(of_sample, since=since, now=now)
    yield from beside.go_on(world, of_sample, since=since, now=now)
    yield from colleagues.go_on(world, since=since)
    yield from newcomers(world, now)


def payments(world: World, loans: QuerySet[Loan], *, since: datetime, last: datetime) -> Iterator[Life]:
    """Whoever still paid at the `last` start pays on, not before `since`."""
    still_pay = loans.filter(next_due_on__gte=timezone.localdate(last) - STILL_PAYS, next_due_on__lt=world.today)
    for loan in still_pay.select_related("branch").order_by("pk"):
        yield pays_on(world, loan, since=since)


def calls(world: World, of_sample: QuerySet[Case]) -> Iterator[Life]:
    """Most of those are called who were to be called by now."""
    leaving = turns.forgotten(of_sample, today=world.today)
    cases = of_sample.exclude(pk__in=leaving).select_related("advisor", "office").order_by("pk")
    long_ago = world.today - turns.PATIENCE
    late = list(cases.uncalled(before=world.today).order_by("first_contact_due_on", "pk"))
    for case in late:
        if case not in late[-UNCALLED:] or case.first_contact_due_on < long_ago:
            yield is_called(world, case, noon(case.first_contact_due_on))
    to_call = cases.called().filter(next_contact_on__lt=world.today)
    for case in to_call:
        if case.pk % FORGOTTEN or case.next_contact_on < long_ago:
            yield is_called(world, case, max(noon(case.next_contact_on), noon(world.today) - timedelta(days=3)))
    # Whoever wanted no loan any more is asked why, whenever else they were to be called.
    for case in cases.called().filter(referrals__in=Referral.objects.left()).exclude(pk__in=to_call):
        yield is_called(world, case, noon(world.today) - timedelta(days=3))


def courses(world: World, now: datetime) -> Iterator[Life]:
    """Classes that were to be held; and in Multan one to mark, and one tomorrow or on the next working day."""
    town = TOWNS[0]
    newest = timezone.localdate(last_class(now))
    begun = CourseRun.objects.filter(state=RunState.PLANNED, starts_on__lt=newest)
    for run in begun.select_related("trainer").order_by("pk"):
        yield goes_on(world, run, until=newest)
    of_multan = CourseRun.objects.filter(office__code=f"smeda-{town.code}")
    if not of_multan.filter(ends_on=newest, course__code=COURSE_OF_TODAY).exists():
        yield course_of_today(world, town, now)
    if not of_multan.filter(starts_on=class_day(world.today + timedelta(days=1))).exists():
        yield course_life(world, *next(run for run in RUNS if run[0] == 1))


def goes_on(world: World, run: CourseRun, *, until: date) -> Life:
    """Its classes before the day of those that wait to be marked."""
    for sitting in Sitting.objects.filter(run=run, held_at=None, ends_at__lt=begin_of(until)).order_by("number"):
        yield sitting.ends_at
        hold_class(world, run, sitting)


def pays_on(world: World, loan: Loan, *, since: datetime) -> Life:
    """One instalment after the other, on the day or a few days later; what is due today is still to come."""
    cashier = world.officer(Role.CASHIER, loan.branch)
    number = loan.pk * 100 + loan.ledger.count()
    while loan.next_due_on is not None and loan.next_due_on < world.today:
        rng = random.Random(f"{loan.reference} {loan.next_due_on}")
        due_at, late_by = noon(loan.next_due_on), rng.choice(LATE_BY)
        yield max(later(rng, due_at, late_by) if late_by else due_at, since)
        number += 1
        amount, received_on = loan.due_by(loan.next_due_on), timezone.localdate()
        slip = slips.slip_for(world, loan.branch, otherwise=Slip(BOOK, number))
        facts = {"amount": amount, "received_on": received_on, "book": slip.book, "number": slip.number}
        receipts.post_receipt(loan=loan, by=cashier, **facts)
        loan = Loan.objects.select_related("branch").get(pk=loan.pk)
    if loan.next_due_on is None:
        case = Case.objects.open().select_related("advisor").filter(enterprise_id=loan.enterprise_id).first()
        if case is not None:
            end(case, Case.Outcome.GRADUATED)


def is_called(world: World, case: Case, moment: datetime) -> Life:
    """Their advisor phones, and says when the next time is: in the days to come."""
    yield moment
    if fresh(case).state != CaseState.CLOSED:
        log(world, case, channel=Channel.PHONE, next_on=world.today + timedelta(days=world.rng.randint(0, 6)))


def newcomers(world: World, now: datetime) -> Iterator[Life]:
    """Where nobody in Multan waits for a first call in time on a phone of their own, a few registered yesterday."""
    town = TOWNS[0]
    waiting = Case.objects.uncalled().filter(
        enterprise__district__code=town.districts[0],
        person__phone_owner=Person.PhoneOwner.SELF,
        first_contact_due_on__gte=world.today,
    )
    if waiting.exists():
        return
    first = FIRST_NUMBER + NEWCOMERS * (world.today - FIRST_DAY).days
    begins = min(noon(world.today) - timedelta(hours=20), now - timedelta(hours=1))
    for number in range(first, first + NEWCOMERS):
        yield client(world, town=town, begins=begins, stage="uncalled", number=number, is_in_town=number == first)
