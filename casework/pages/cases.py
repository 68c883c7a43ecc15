"""The case list: filters that stand in the URL, newest first."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Appointment, User
from accounts.names import named
from accounts.roles import HOLDER_ROLES, NATIONAL_ROLES, Role
from casework.models import Case
from casework.pages.case import TONES, state_of
from enterprises.consent_querysets import lets_contact
from enterprises.models import Person, Sex
from kit import words
from kit.paging import page
from kit.templatetags.kit import listed, own
from places.calendar import OFFICE, add_working_days

ORDER = ("-opened_at", "-id")
# Of the trigrams of what was typed, how many a name must hold. PostgreSQL's own 0.6 misses every other spelling.
ALIKE = 0.45
WISH_WORKING_DAYS = 10


@dataclass(frozen=True)
class CaseList:
    columns: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    total: int
    next_url: str
    previous_url: str


def gather(user: User, *, chosen: dict[str, str], after: str) -> CaseList:
    """One page of the cases in the user's sight that the filters leave."""
    with spelt_freely() if "q" in chosen else nullcontext():
        cases = found_for(user, **chosen)
        total = cases.count()
        found = page(cases.for_list().annotate(is_silent=~lets_contact()), order=ORDER, after=after)
    return CaseList(
        columns=[
            {"label": _("State")},
            {"label": _("Client")},
            {"label": _("Reference")},
            {"label": _("District")},
            {"label": _("Advisor")},
            {"label": _("Next contact")},
        ],
        groups=[{"rows": [row_of(case, user) for case in found.rows]}] if found.rows else [],
        total=total,
        next_url=url_of(chosen, found.next),
        previous_url=url_of(chosen, found.previous),
    )


@contextmanager
def spelt_freely() -> Iterator[None]:
    """Let names resemble each other as Urdu names do in Latin letters: Nasrin is Nasreen, Yasin is Yaseen."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = %s", [ALIKE])
        yield


def found_for(user: User, *, q: str = "", state: str = "", whose: str = "", due: str = "") -> QuerySet[Case]:
    cases = Case.objects.visible_to(user)
    if q:
        cases = cases.matching(q)
    if state == "open":
        cases = cases.open()
    elif state == "silent":
        cases = cases.silent()
    elif state:
        cases = cases.filter(state=state)
    if due == "late":
        cases = cases.late(on=timezone.localdate())
    elif due == "new":
        cases = cases.new(now=timezone.now())
    elif due == "wish":
        cases = cases.wishing(before=long_ago(timezone.localdate()))
    elif due == "left":
        cases = cases.left_behind(on=timezone.localdate())
    if not whose:
        return cases
    return cases.filter(advisor=user if whose == "mine" else int(whose))


def long_ago(today: dt.date) -> dt.datetime:
    """A wish that waits since before this moment waits too long."""
    first = add_working_days(today, -WISH_WORKING_DAYS, calendar=OFFICE)
    return timezone.make_aware(dt.datetime.combine(first, dt.time.min))


def team_of(user: User, *, on: dt.date) -> list[tuple[int, str]]:
    """Whose cases a manager may ask for by name; who reads nationally, everybody's."""
    if not user.has_role(Role.REGIONAL_MANAGER, *NATIONAL_ROLES):
        return []
    return named(team_posts(user, on=on))


def team_posts(user: User, *, on: dt.date) -> QuerySet[Appointment]:
    """The advisors of the manager's offices, and who manages there and has open cases; who reads nationally, all."""
    has_cases = Exists(Case.objects.open().filter(advisor=OuterRef("user")))
    holders = Q(role=Role.ADVISOR) | (Q(role__in=HOLDER_ROLES) & has_cases)
    posts = Appointment.objects.in_force(on=on).filter(holders)
    return posts if user.has_role(*NATIONAL_ROLES) else posts.filter(office__in=user.office_ids)


def row_of(case: Case, user: User) -> dict[str, Any]:
    due = case.first_contact_due_on if case.state == "new" else case.next_contact_on
    by = words.day_short(due) if due else "–"
    return {
        "cells": [
            {"kind": "days", "text": state_of(case, is_silent=case.is_silent), "tone": TONES.get(case.state, "")},
            {"kind": "who", "text": case.person.name, "small": small_of(case), "url": case.get_absolute_url()},
            {"label": _("Reference"), "text": case.enterprise.reference},
            {"label": _("District"), "text": case.enterprise.district.label},
            {"label": _("Advisor"), "text": _("You") if case.advisor_id == user.pk else str(case.advisor)},
            {"label": _("Next contact"), "text": _("No: do not call") if case.is_silent else by},
        ]
    }


def small_of(case: Case) -> str:
    """What tells two of one name apart: the father's or husband's name, and what the business is called."""
    person = case.person
    said = {
        Person.Relation.HUSBAND: _("w/o {name}"),
        Person.Relation.FATHER: _("d/o {name}"),
    }.get(person.parent_relation, _("d/o or w/o {name}"))
    if person.sex == Sex.MAN:
        said = _("s/o {name}")
    beside = [format_html(said, name=own(person.parent_name))] if person.parent_name else []
    return listed([*beside, own(case.enterprise.called)])


def url_of(filters: dict[str, str], cursor: str | None) -> str:
    return "?" + urlencode(filters | {"after": cursor}) if cursor else ""
