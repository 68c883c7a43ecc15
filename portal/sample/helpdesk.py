"""Enquiries at an office: most of a day's work."""

from datetime import datetime
from itertools import count

from django.utils import timezone

from accounts.roles import Role
from casework.actions import enquiries
from casework.models import Channel, HelpdeskEvent, Topic
from enterprises.models import Sector
from places.models import District
from portal.sample import names
from portal.sample.lives import World, later
from portal.sample.organisation import Town

# Of so many enquiries, the first ones are answered at an event somewhere in town.
AROUND_AN_EVENT, AT_THE_EVENT = 15, 5
EVENTS = (
    (HelpdeskEvent.Kind.CHAMBER, "Chamber of Commerce, {town}"),
    (HelpdeskEvent.Kind.UNIVERSITY, "Careers day, University of {town}"),
    (HelpdeskEvent.Kind.CLUSTER, "Workshops' association, {town}"),
)


def helpdesk(world: World, town: Town, begins: datetime, ends: datetime):
    """Every few days a question; some of them at an event somewhere in town."""
    rng = world.rng
    moment = begins
    topics, sectors = list(Topic.objects.all()), list(Sector.objects.filter(parent=None).order_by("order"))
    for number in count():
        yield (moment := later(rng, moment, 1, spread=9))
        if moment >= ends:
            return
        advisor = rng.choice(world.organisation.at[Role.ADVISOR, f"smeda-{town.code}"])
        event, place = None, number % AROUND_AN_EVENT
        if place == 0:
            held = hold_event(town, advisor, number=number // AROUND_AN_EVENT)
        if place < AT_THE_EVENT:
            event = held
        enquiries.log(
            by=advisor,
            channel=Channel.EVENT if event else rng.choice(Channel.values),
            topic=rng.choice(topics),
            district=District.objects.get(code=rng.choice(town.districts)),
            sector=rng.choice(sectors) if number % 3 else None,
            event=event,
            answer=rng.choice(names.ANSWERS),
        )


def hold_event(town: Town, advisor, *, number: int) -> HelpdeskEvent:
    kind, name = EVENTS[number % len(EVENTS)]
    return enquiries.hold_event(
        by=advisor,
        name=name.format(town=town.name),
        kind=kind,
        district=District.objects.get(code=town.districts[0]),
        on=timezone.localdate(),
    )
