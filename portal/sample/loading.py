"""Lay the sample down: all lives in one order of time, each moment with the clock set to it."""

import heapq
import random
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import count

import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from loans.models import Product
from portal.checks import SAMPLE_DOMAIN
from portal.sample.courses import COURSE_OF_TODAY, RUNS, course_life, course_of_today
from portal.sample.lives import World, client, helpdesk
from portal.sample.organisation import TOWNS, Organisation, Standing
from portal.sample.phones import Phones, Told
from reports.actions import months
from reports.periods import Month
from training.models import CourseRun

SEED = 2026
MONTHS_BACK = 16
BORROWERS, AT_STAGES, NEWCOMERS = 120, 40, 140
# Borrowers of Multan whose instalment falls due in three days, so that reminders are seen on the first day.
DUE_SOON, DUE_SOON_PRODUCT, LAST_DUE_DAY = 3, "liberation", 28
# How long ago somebody registered who stands at this stage today: long enough to have come so far.
DAYS_AGO = {
    "uncalled": 1, "contacted": 3, "planned": 8, "plan_submitted": 15, "plan_approved": 18, "referred": 20,
    "received": 23, "visited": 28, "guaranteed": 34, "approved": 40, "refused": 41, "withdrawn": 28, "closed": 45,
}  # fmt: skip
# Who came longer ago than this and asked for no loan stands on their own by now, or could not be found again.
STILL_OPEN = 30
EARLY_STAGES = (
    "uncalled", "uncalled", "contacted", "contacted", "planned", "planned", "planned", "plan_submitted",
    "plan_submitted", "plan_approved", "plan_approved", "referred", "referred", "received", "received", "visited",
    "guaranteed", "guaranteed", "approved", "approved", "refused", "withdrawn", "closed",
)  # fmt: skip


def is_loaded() -> bool:
    return User.objects.filter(email__endswith=f"@{SAMPLE_DOMAIN}").exists()


@transaction.atomic
def load(*, seed: int = SEED, say: Callable[[str], None] = lambda line: None) -> list[Told]:
    """Make offices, colleagues, 300 enterprises, courses and 120 loans; the same for the same seed and day.

    Returns what the phones were told in the last weeks, for the sample phones to show.
    """
    now = timezone.now()
    rng = random.Random(seed)
    with travel(now - timedelta(days=31 * MONTHS_BACK)):
        say("Sample offices and colleagues ...")
        organisation = Organisation(rng).build()
    world = World(rng=rng, organisation=organisation, today=timezone.localdate(now))
    soon = world.today + timedelta(days=3)
    Product.objects.filter(code=DUE_SOON_PRODUCT).update(due_day=min(soon.day, LAST_DUE_DAY))
    say("300 sample enterprises live through sixteen months, once; this takes one to three minutes ...")
    phones = Phones(until=now)
    live(list(lives(world, now)), until=now, say=say, phones=phones)
    return phones.told


@transaction.atomic
def freshen(*, seed: int = SEED) -> None:
    """On a later day: a course of Multan whose last class is today, and one whose first is tomorrow, where none are."""
    now = timezone.now()
    world = World(rng=random.Random(seed), organisation=Standing(), today=timezone.localdate(now))
    of_multan = CourseRun.objects.filter(office__code=f"smeda-{TOWNS[0].code}")
    if not of_multan.filter(ends_on=world.today, course__code=COURSE_OF_TODAY).exists():
        live_alone(course_of_today(world, TOWNS[0], now), until=now)
    tomorrow = next(run for run in RUNS if run[0] == 1)
    if not of_multan.filter(starts_on=world.today + timedelta(days=1)).exists():
        live_alone(course_life(world, *tomorrow), until=now)


def live_alone(life, *, until: datetime) -> None:
    """One life, each moment with the clock set to it."""
    moment = next(life)
    while moment is not None and moment < until:
        with travel(moment):
            moment = next(life, None)


def travel(moment: datetime):
    return time_machine.travel(moment, tick=False)


def live(all_lives, *, until: datetime, say: Callable[[str], None], phones: Phones) -> None:
    """Run the generators in the order of the moments that they wait for; what lies ahead of `until` stays undone."""
    order, told = count(), ""
    queue = []
    for life in all_lives:
        heapq.heappush(queue, (next(life), next(order), life))
    while queue:
        moment, _number, life = heapq.heappop(queue)
        if moment >= until:
            continue
        if f"{moment:%Y-%m}" > told:
            told = f"{moment:%Y-%m}"
            say(f"  {told}")
        with travel(moment):
            phones.ring(moment)
            wanted = next(life, None)
        if wanted is not None:
            heapq.heappush(queue, (max(wanted, moment), next(order), life))
    phones.ring(until)


def lives(world: World, now: datetime):
    begin = now - timedelta(days=30 * MONTHS_BACK)
    for run in RUNS:
        yield course_life(world, *run)
    for town in TOWNS:
        yield course_of_today(world, town, now)
    for town in TOWNS:
        yield helpdesk(world, town, now - timedelta(days=120), now)
    yield closing(begin, now)
    yield from clients(world, now)


def clients(world: World, now: datetime):
    rng, numbers = world.rng, count(1)

    def one(days_ago, *, town=None, **life):
        day = (now - timedelta(days=days_ago)).date()
        begins = timezone.make_aware(datetime.combine(day, time(rng.randint(9, 20), rng.randrange(60))))
        town = town or (TOWNS[0] if rng.random() < 0.3 else rng.choice(TOWNS))  # Multan shows most
        return client(world, town=town, begins=min(begins, now - timedelta(hours=3)), number=next(numbers), **life)

    for number in range(BORROWERS):
        pays = "stopped" if number % 11 == 0 else "late" if number % 5 == 0 else "well"
        yield one(60 + number * 7 // 2, stage="repaying", pays=pays, months=10 if number % 4 else 18)
    for number in range(DUE_SOON):
        yield one(
            100 + 30 * number, town=TOWNS[0], stage="repaying", pays="on the day", months=18, product=DUE_SOON_PRODUCT
        )
    for number in range(AT_STAGES):
        stage = EARLY_STAGES[number % len(EARLY_STAGES)]
        yield one(DAYS_AGO[stage] + number % 4 * (3 if stage == "uncalled" else 1), stage=stage)
    for number in range(NEWCOMERS):
        days_ago = 4 + number * 3
        stage = ("contacted", "planned")[number % 2] if days_ago < STILL_OPEN else "closed"
        yield one(days_ago, stage=stage)


def closing(begin: datetime, now: datetime):
    """Close each month on the third day of the next, as the portal's own job does."""
    month = Month.of(timezone.localdate(begin))
    while month.after(1).begins_at + timedelta(days=2, hours=6) < now:
        yield month.after(1).begins_at + timedelta(days=2, hours=6)
        months.close(month=month, by=User.objects.system())
        month = month.after(1)
