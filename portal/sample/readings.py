"""Plans and contacts of the sample that were drawn to be looked at a second time, and what was said of some."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from accounts.models import User
from casework.actions import call_backs, plan_reviews
from casework.actions.assignment import manager_of
from casework.models import CallBack, PlanReview
from portal.sample.clock import Life
from portal.sample.lives import World
from portal.sample.obstacles import programme_manager

# So many days ago lots were drawn; one of so many fell.
NIGHTS = (24, 12, 2)
ONE_IN = 4
CALLED_ONE_IN = 8
# What each client said in turn: whether it took place, in which words, and what was decided; or nobody was reached, or
# nobody has called yet.
IN_VAIN = ("vain", "", "")
SAID = (
    ("no", "وہ کہتی ہیں کہ اس دن کوئی نہیں آیا۔", ""),
    ("yes", "", ""),
    IN_VAIN,
    ("no", "He remembers no call on that day.", "It was his brother who took the call. The contact stands."),
    ("unsure", "Her husband took the call; she was at the market.", ""),
    None,
    ("yes", "جی، سب کچھ ٹھیک بتایا تھا۔", ""),
)
REMARKS = ("No step says who pays for the licence.", "دونوں قدم ایک ہی دن کے ہیں؛ پہلے کاغذات، پھر قرض۔")


def readings(world: World, now: datetime) -> Life:
    """What was drawn before the last night was read, and clients called; of every second plan there is a remark."""
    rng = random.Random(world.today.toordinal())
    by, read, called = User.objects.system(), count(), count()
    for days in NIGHTS:
        yield now - timedelta(days=days)
        plan_reviews.draw_lots(now=timezone.now(), by=by, lot=lambda: rng.randrange(ONE_IN) == 0)
        call_backs.draw_lots(now=timezone.now(), by=by, lot=lambda: rng.randrange(CALLED_ONE_IN) == 0)
        if days == NIGHTS[-1]:
            return
        yield now - timedelta(days=days - 3)
        read_all(rng, read)
        call_all(called)


def read_all(rng: random.Random, numbers: Iterator[int]) -> None:
    """Each by the manager where it is read; some are left, and come late."""
    waiting = PlanReview.objects.drawn().select_related("read_at", "author").order_by("pk")
    for review, number in zip(waiting, numbers, strict=False):
        reader = manager_of(review.read_at, today=timezone.localdate())
        if reader is None or reader == review.author or number % 5 == 4:
            continue
        is_sound = number % 2 == 0
        remark = "" if is_sound else rng.choice(REMARKS)
        read = plan_reviews.read(review=review, by=reader, version=review.version, is_sound=is_sound, remark=remark)
        if number % 4 == 1:
            plan_reviews.talk_over(review=read, by=review.author, version=read.version)


def call_all(numbers: Iterator[int]) -> None:
    """Each by the manager where it waits. Of one no, the programme's manager has decided already."""
    waiting = CallBack.objects.drawn().may_be_called().select_related("read_at", "author").order_by("pk")
    for back, number in zip(waiting, numbers, strict=False):
        caller = manager_of(back.read_at, today=timezone.localdate())
        said = SAID[number % len(SAID)]
        if caller is None or caller == back.author or said is None:
            continue
        if said == IN_VAIN:
            call_backs.try_in_vain(back=back, by=caller, version=back.version)
            continue
        took_place, words, decision = said
        heard = call_backs.reach(
            back=back, by=caller, version=back.version, took_place=took_place, is_as_agreed=took_place,
            is_content=took_place, words=words,
        )  # fmt: skip
        if decision:
            call_backs.settle(back=heard, by=programme_manager(), version=heard.version, decision=decision)
