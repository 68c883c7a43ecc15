"""Business checks: one for nearly everybody who is hand-held, and a second one for those who came long ago."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from casework.actions import health
from casework.models import Case
from casework.states import CaseState
from portal.sample.clock import Life
from portal.sample.lives import World, fresh

FIRST, AGAIN = timedelta(days=9), timedelta(days=170)
# So many cases, one was not asked yet.
UNASKED = 5


def lives(world: World, cases: QuerySet[Case], *, now: datetime) -> Iterator[Life]:
    for case in cases.called().select_related("advisor").order_by("pk"):
        if case.pk % UNASKED:
            yield checked(world, case, now=now)


def checked(world: World, case: Case, *, now: datetime) -> Life:
    moment, luck = case.first_contact_at + FIRST, 0.35
    while moment < now:
        yield moment
        if fresh(case).state not in {CaseState.CONTACTED, CaseState.PLANNED}:
            return
        ask(world, case, luck=luck)
        moment, luck = moment + AGAIN, luck + 0.25


def ask(world: World, case: Case, *, luck: float) -> None:
    """All that is asked, with better answers the more luck there is."""
    check = health.begin(case=case, by=case.advisor)
    chosen = {}
    for question in check.questionnaire.questions.prefetch_related("options"):
        options = sorted(question.options.all(), key=lambda option: -option.points)
        chosen[question] = options[0] if world.rng.random() < luck else world.rng.choice(options)
    check = health.answer(check=check, by=case.advisor, version=check.version, answers=chosen)
    health.finish(check=check, by=case.advisor, version=check.version)
