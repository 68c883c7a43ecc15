"""Who takes a case: the office, and the colleague there."""

import datetime as dt
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from django.db.models import Case as Choose
from django.db.models import Count, ExpressionWrapper, F, FloatField, Q, QuerySet, When
from django.utils import timezone

from accounts.models import Appointment, Office, User
from accounts.roles import Role
from casework.models import Case
from casework.states import OPEN_CASES
from enterprises.models import Person

WEEK = dt.timedelta(days=7)


class NobodyToCallError(RuntimeError):
    """SMEDA has neither an advisor nor a manager anywhere: set up appointments before people register."""


class Holder(NamedTuple):
    """Who takes a new case, and at which office."""

    office: Office
    advisor: User


def choose(district_id: int, *, person: Person, now: dt.datetime) -> Holder:
    """Who takes a new case of the district: whoever of its office has the person, else the advisor with the least load.

    Without either the manager, and without one the office above.
    Office by office upward, so that a case is never without somebody. The office's row is locked until the
    transaction ends: of two registrations at once, the second counts the first one's case.
    """
    today = timezone.localdate(now)
    for office in offices_upward(district_id, today=today):
        locked = hand_out_by_turns(office)
        advisor = familiar(locked, person, today=today) or least_loaded(locked, now=now)
        advisor = advisor or manager_of(locked, today=today)
        if advisor is not None:
            return Holder(locked, advisor)
    raise NobodyToCallError(f"No colleague holds a post at any office above district {district_id}.")


def offices_upward(district_id: int, *, today: dt.date) -> Iterator[Office]:
    """SMEDA's offices that cover the district, each with those above it, and the head office at last. Each once."""
    smeda = Office.objects.filter(organisation=Office.Organisation.SMEDA).open(on=today)
    seen: set[int] = set()
    for start in chain(smeda.covering(district_id, on=today), smeda.filter(parent__isnull=True).order_by("id")):
        office: Office | None = start
        while office is not None and office.pk not in seen:
            seen.add(office.pk)
            yield office
            office = office.parent and office.parent.heir(on=today)


def hand_out_by_turns(office: Office) -> Office:
    """Hold the office's row: its cases are handed out one after the other."""
    return Office.objects.select_for_update(no_key=True, of=("self",)).get(pk=office.pk)


def familiar(office: Office, person: Person, *, today: dt.date) -> User | None:
    """The advisor of the office who has the person already: one person calls somebody about all their businesses.

    Of several, whoever has the newest open case of theirs. Who is paused or left takes none.
    """
    known = Case.objects.open().filter(person=person, advisor__in=advisors_of(office, today=today).values("user"))
    case = known.select_related("advisor").order_by("-opened_at", "-id").first()
    return case.advisor if case else None


def advisors_of(office: Office, *, today: dt.date) -> QuerySet[Appointment]:
    """Who takes new cases at the office. A cap of nought is a pause."""
    return in_office(office, today=today).filter(role=Role.ADVISOR, weekly_cap__gt=0)


def least_loaded(office: Office, *, now: dt.datetime) -> User | None:
    """The office's advisor whose new cases of the last week fill the least of their weekly cap.

    Between equals the one with fewer open cases, then the one who came first.
    """
    by_load = advisors_of(office, today=timezone.localdate(now)).annotate(
        new_cases=Count("user__cases", filter=Q(user__cases__opened_at__gt=now - WEEK)),
        open_cases=Count("user__cases", filter=Q(user__cases__state__in=OPEN_CASES)),
        filled=ExpressionWrapper(F("new_cases") * 1.0 / F("weekly_cap"), output_field=FloatField()),
    )
    post = by_load.order_by("filled", "open_cases", "user_id").first()
    return post.user if post else None


def manager_of(office: Office, *, today: dt.date) -> User | None:
    """The manager of the office, or at the head office of the programme; of several the longest in post."""
    posts = in_office(office, today=today).filter(role__in=[Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER])
    post = posts.order_by(Choose(When(role=Role.REGIONAL_MANAGER, then=0), default=1), "from_on", "id").first()
    return post.user if post else None


def in_office(office: Office, *, today: dt.date) -> QuerySet[Appointment]:
    return Appointment.objects.in_force(on=today).filter(office=office, user__is_active=True).select_related("user")
