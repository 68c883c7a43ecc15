"""Plans of the sample that were drawn to be read a second time, and what was said of some."""

import random
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from casework.actions import plan_reviews
from casework.actions.assignment import manager_of
from casework.models import PlanReview
from portal.sample.clock import Life
from portal.sample.lives import World

# So many days ago lots were drawn; one of so many fell.
NIGHTS = (24, 12, 2)
ONE_IN = 4
REMARKS = ("No step says who pays for the licence.", "دونوں قدم ایک ہی دن کے ہیں؛ پہلے کاغذات، پھر قرض۔")


def readings(world: World, now: datetime) -> Life:
    """What was drawn before the last night was read; of it every second plan is talked over, or still to be."""
    rng = random.Random(world.today.toordinal())
    by = User.objects.system()
    for days in NIGHTS:
        yield now - timedelta(days=days)
        plan_reviews.draw_lots(now=timezone.now(), by=by, lot=lambda: rng.randrange(ONE_IN) == 0)
        if days == NIGHTS[-1]:
            return
        yield now - timedelta(days=days - 3)
        read_all(rng)


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
