"""What became of the sample's clients: how they began, and what they say after 6 and 12 months. Some say nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from casework.actions import outcomes
from casework.models import Case, Channel, FollowUp, Measure
from enterprises.actions import details
from enterprises.models import Enterprise
from portal.sample.clock import Life
from portal.sample.lives import World

# How often the nights are looked at; the portal itself does so every night.
EVERY = timedelta(days=4)
# Some days after they were asked: by themselves, through the advisor who called, and by nobody.
ANSWERED_AFTER = timedelta(days=6)
NEVER = 3
ANYWAY = ("no", "partly", "no", "yes", "unsure")
PER = Enterprise.Per.MONTH


def results(world: World, *, begins: datetime, now: datetime) -> Life:
    """Night after night: what they said at first, whom the portal asks, and who answers."""
    at = begins
    while at < now:
        yield at
        note_beginnings(at)
        by = User.objects.system()
        outcomes.run_out(now=timezone.now(), by=by)
        outcomes.ask_due(now=timezone.now(), by=by)
        asked = FollowUp.objects.waiting().filter(asked_at__lt=at - ANSWERED_AFTER).select_related("case__person__user")
        for follow_up in asked.order_by("pk"):
            if follow_up.pk % NEVER:
                say(world, follow_up)
        at += EVERY


def note_beginnings(at: datetime) -> None:
    """An advisor wrote down who works there and what is sold, in the first days."""
    cases = Case.objects.called().filter(
        enterprise__client_since__gte=at - 3 * EVERY, enterprise__workers=None, enterprise__stage="running"
    )
    for case in cases.select_related("enterprise", "person", "advisor").order_by("pk"):
        number = case.pk
        women = int(case.person.sex == "woman") + number % 2
        facts = {"workers": women + 1, "women": women, "sales": 20_000 + number % 9 * 5_000, "sales_per": PER}
        enterprise = case.enterprise
        details.change(subject=enterprise, person=case.person, by=case.advisor, version=enterprise.version, **facts)


def say(world: World, follow_up: FollowUp) -> None:
    """Two in three run a little better than at the beginning."""
    case, number = follow_up.case, follow_up.pk
    first = dict(figures(case))
    better = number % 5 != 0
    women = first.get("women", 1) + (number % 4 == 1) * better
    values = {
        "women": women,
        "women_paid": min(number % 2, women),
        "men": first.get("men", 1),
        "men_paid": 0,
        "sales": first.get("sales", 25_000) * (120 if better else 90) // 100,
        "profit": 2 + number % 2,
        "income": 2 + number % 3,
        "bank": int(better),
    }
    own = case.person.user
    by, channel = (own, "") if own is not None and number % 2 else (case.advisor, Channel.PHONE)
    facts = {"values": values, "anyway": ANYWAY[number % len(ANYWAY)], "channel": channel}
    if by.has_perm("casework.answer_follow_up", follow_up):
        outcomes.answer(follow_up=follow_up, by=by, version=None, **facts)


def figures(case: Case) -> Iterator[tuple[str, int]]:
    for measure in Measure.objects.counted().filter(case=case, point="baseline"):
        yield measure.what, measure.value
