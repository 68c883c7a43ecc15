"""Business checks: one for nearly everybody who is hand-held, and a second one for those who came long ago."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from casework.actions import health
from casework.models import Case
from casework.open_items.health import dated
from casework.states import CaseState
from portal.sample.clock import Life
from portal.sample.lives import World, fresh

FIRST, AGAIN = timedelta(days=9), timedelta(days=170)
# Of so many cases, one was not asked yet; but nobody is forgotten.
UNASKED, PATIENCE = 5, timedelta(days=14)


def lives(world: World, cases: QuerySet[Case], *, now: datetime) -> Iterator[Life]:
    for case in cases.called().select_related("advisor").order_by("pk"):
        if case.pk % UNASKED or case.first_contact_at < now - FIRST - PATIENCE:
            yield checked(world, case, now=now)


def go_on(world: World, cases: QuerySet[Case], *, since: datetime, now: datetime) -> Iterator[Life]:
    """Those that were to be asked by now."""
    due = dated().filter(pk__in=list(cases.open().values_list("pk", flat=True)), check_at__lt=now)
    for case in due.select_related("advisor").order_by("pk"):
        if case.pk % UNASKED or case.check_at < now - PATIENCE:
            yield is_asked(world, case, max(case.check_at, since))


def is_asked(world: World, case: Case, moment: datetime) -> Life:
    yield moment
    if fresh(case).state in {CaseState.CONTACTED, CaseState.PLANNED}:
        ask(random.Random(f"{case.pk} {world.today}"), case, luck=0.5)


def checked(world: World, case: Case, *, now: datetime) -> Life:
    moment, luck = case.first_contact_at + FIRST, 0.35
    while moment < now:
        yield moment
        if fresh(case).state not in {CaseState.CONTACTED, CaseState.PLANNED}:
            return
        ask(world.rng, case, luck=luck)
        moment, luck = moment + AGAIN, luck + 0.25


def ask(rng: random.Random, case: Case, *, luck: float) -> None:
    """All that is asked, with better answers the more luck there is."""
    check = health.begin(case=case, by=case.advisor)
    chosen = {}
    for question in check.questionnaire.questions.prefetch_related("options"):
        options = sorted(question.options.all(), key=lambda option: -option.points)
        chosen[question] = options[0] if rng.random() < luck else rng.choice(options)
    check = health.answer(check=check, by=case.advisor, version=check.version, answers=chosen)
    health.finish(check=check, by=case.advisor, version=check.version)
