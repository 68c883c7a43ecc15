"""Plans and contacts of the sample that were drawn to be looked at a second time, and what was said of some."""

import random
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from casework.actions import call_backs, plan_reviews
from casework.actions.assignment import manager_of
from casework.models import CallBack, PlanReview
from portal.sample.clock import Life
from portal.sample.lives import World

# So many days ago lots were drawn; one of so many fell.
NIGHTS = (24, 12, 2)
ONE_IN = 4
CALLED_ONE_IN = 8
SAID = {
    3: ("no", "وہ کہتی ہیں کہ اس دن کوئی نہیں آیا۔"),
    4: ("unsure", "Her husband took the call; she was at the market."),
}
REMARKS = ("No step says who pays for the licence.", "دونوں قدم ایک ہی دن کے ہیں؛ پہلے کاغذات، پھر قرض۔")


def readings(world: World, now: datetime) -> Life:
    """What was drawn before the last night was read, and clients called; of every second plan there is a remark."""
    rng = random.Random(world.today.toordinal())
    by = User.objects.system()
    for days in NIGHTS:
        yield now - timedelta(days=days)
        plan_reviews.draw_lots(now=timezone.now(), by=by, lot=lambda: rng.randrange(ONE_IN) == 0)
        call_backs.draw_lots(now=timezone.now(), by=by, lot=lambda: rng.randrange(CALLED_ONE_IN) == 0)
        if days == NIGHTS[-1]:
            return
        yield now - timedelta(days=days - 3)
        read_all(rng)
        call_all()


def read_all(rng: random.Random) -> None:
    """Each by the manager where it is read; some are left, and come late."""
    for number, review in enumerate(PlanReview.objects.drawn().select_related("read_at", "author").order_by("pk")):
        reader = manager_of(review.read_at, today=timezone.localdate())
        if reader is None or reader == review.author or number % 5 == 4:
            continue
        is_sound = number % 2 == 0
        remark = "" if is_sound else rng.choice(REMARKS)
        read = plan_reviews.read(review=review, by=reader, version=review.version, is_sound=is_sound, remark=remark)
        if not is_sound and number % 4 == 1:
            plan_reviews.talk_over(review=read, by=review.author, version=read.version)


def call_all() -> None:
    """Each by the manager where it waits: most say yes, one cannot say, one says no, and some are not reached."""
    for number, back in enumerate(CallBack.objects.drawn().may_be_called().select_related("read_at", "author")):
        caller = manager_of(back.read_at, today=timezone.localdate())
        if caller is None or caller == back.author or number % 7 == 6:
            continue
        if number % 7 == 5:
            call_backs.try_in_vain(back=back, by=caller, version=back.version)
            continue
        took_place, words = SAID.get(number % 11, ("yes", ""))
        call_backs.reach(
            back=back, by=caller, version=back.version, took_place=took_place, is_as_agreed=took_place,
            is_content=took_place, words=words,
        )  # fmt: skip
