"""Lay the sample down: all lives in one order of time, each moment with the clock set to it."""

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import count

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from casework.models import Case
from loans.models import Loan
from portal.checks import SAMPLE_DOMAIN
from portal.sample import beside, checks, colleagues, funds, meetings, slips, threads, turns
from portal.sample.camp import halfway, twice
from portal.sample.clock import Voice, evening_before, live, travel
from portal.sample.complaints import complaints
from portal.sample.courses import RUNS, course_life, course_of_today
from portal.sample.helpdesk import helpdesk
from portal.sample.later import NEWCOMERS as NEWEST
from portal.sample.later import calls, newcomers, payments
from portal.sample.lives import DAYS_AGO, World, client, closing
from portal.sample.obstacles import obstacles
from portal.sample.organisation import TOWNS, Organisation
from portal.sample.outcomes import results
from portal.sample.phones import Phones, Told
from portal.sample.readings import readings

SEED = 2026
MONTHS_BACK = 16
# From the registration to the money it takes a month: who came so many days ago had it this month.
NEWEST_BORROWERS = (40, 43, 46, 49, 52, 55)
BORROWERS, AT_STAGES, NEWCOMERS = 80, 40, 80
# Borrowers of Multan, each with a due day of their own: on every day one has an instalment within three days, so that
# reminders are seen whenever the portal is started. One more is due in exactly three days.
DUE_DAYS, DUE_DAYS_PRODUCT, LAST_DUE_DAY = (1, 4, 8, 12, 16, 20, 24, 28), "liberation", 28
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
    """Make offices, colleagues, some 200 enterprises, courses and 95 loans; the same for the same seed and day.

    Returns what the phones were told in the last weeks, for the sample phones to show.
    """
    now = timezone.now()
    rng = random.Random(seed)
    begins = now - timedelta(days=31 * MONTHS_BACK)
    with travel(begins):
        say("Sample offices and colleagues ...")
        organisation = Organisation(rng).build()
    world = World(rng=rng, organisation=organisation, today=timezone.localdate(now))
    total = BORROWERS + len(NEWEST_BORROWERS) + len(DUE_DAYS) + 1 + AT_STAGES + NEWCOMERS + NEWEST
    say(f"{total} sample businesses live through {MONTHS_BACK} months, once; this takes one to three minutes ...")
    phones = Phones(until=now)
    voice = Voice(say, how_far=lambda: f"{world.registered} of {total} businesses")
    evening = evening_before(now)
    live(list(lives(world, now)), until=evening, voice=voice, phones=phones)
    # What was to be done by now is done; a start that follows at once finds nothing to do.
    everybody = Case.objects.all()
    promised = [*turns.lives(world, everybody, since=begins), *calls(world, everybody)]
    promised += payments(world, Loan.objects.all(), since=begins, last=now)
    promised += meetings.lives(world, everybody, now=now)
    promised += threads.lives(world, everybody, now=now)
    promised += beside.lives(world, everybody, now=now)
    promised += colleagues.lives(world)
    promised += checks.lives(world, everybody, now=evening)
    live(promised, until=evening, voice=voice, phones=(later := Phones(until=now, plans=False)))
    # Offices are open today; of what they do, no phone is told.
    live(list(offices(world, now)), until=now, voice=voice, phones=later)
    return phones.told + later.told


def offices(world: World, now: datetime):
    for town in TOWNS:
        yield helpdesk(world, town, now - timedelta(days=120), now)
    yield closing(now - timedelta(days=31), now)
    yield complaints(world, now)
    yield obstacles(world, now)
    yield readings(world, now)


def lives(world: World, now: datetime):
    begin = now - timedelta(days=30 * MONTHS_BACK)
    for run in RUNS:
        yield course_life(world, *run)
    for town in TOWNS:
        yield course_of_today(world, town, now)
    yield funds.paid_in(world.organisation, begins=begin, now=now)
    yield slips.first_book(world, now=now)
    yield closing(begin, now)
    yield results(world, begins=begin, now=now)
    yield twice(world, TOWNS[0], now - timedelta(days=2))
    yield halfway(TOWNS[0], evening_before(now) - timedelta(hours=2))
    yield from clients(world, now)
    yield from newcomers(world, now)


def clients(world: World, now: datetime):
    rng, numbers = world.rng, count(1)

    def one(days_ago, *, town=None, **life):
        day = (now - timedelta(days=days_ago)).date()
        begins = timezone.make_aware(datetime.combine(day, time(rng.randint(9, 20), rng.randrange(60))))
        town = town or (TOWNS[0] if rng.random() < 0.3 else rng.choice(TOWNS))  # Multan shows most
        return client(world, town=town, begins=min(begins, now - timedelta(hours=3)), number=next(numbers), **life)

    for number in range(BORROWERS):
        pays = "stopped" if number % 11 == 0 else "late" if number % 5 == 0 else "well"
        yield one(60 + number * 21 // 4, stage="repaying", pays=pays, months=10 if number % 4 else 18)
    for days_ago in NEWEST_BORROWERS:
        yield one(days_ago, stage="repaying", pays="well", months=10)
    in_three_days = min((world.today + timedelta(days=3)).day, LAST_DUE_DAY)
    for number, due_day in enumerate((in_three_days, *DUE_DAYS)):
        due = {"product": DUE_DAYS_PRODUCT, "due_day": due_day, "pays": "on the day", "months": 18}
        yield one(100 + 10 * number, town=TOWNS[0], stage="repaying", **due)
    for number in range(AT_STAGES):
        stage = EARLY_STAGES[number % len(EARLY_STAGES)]
        yield one(DAYS_AGO[stage] + number % 4 * (3 if stage == "uncalled" else 1), stage=stage)
    for number in range(NEWCOMERS):
        days_ago = 4 + number * 21 // 4
        stage = ("contacted", "planned")[number % 2] if days_ago < STILL_OPEN else "closed"
        yield one(days_ago, stage=stage)
