"""What casework makes people wait for: calls, steps, approvals, referrals.

A module for each kind of record, whose `items` gives one query a kind, each limited by its own index;
`journal.open_items.united` puts them together.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from casework.open_items import (
    business_plans,
    call_backs,
    calls,
    cases,
    flags,
    grievances,
    health,
    introductions,
    meetings,
    outcomes,
    plan_reviews,
    plans,
    referrals,
    transfers,
    writings,
)
from casework.open_items.business_plans import TO_REFER, TO_SHARE
from casework.open_items.health import HEALTH_CHECK
from casework.open_items.introductions import INTRODUCTION, OFFERED
from casework.open_items.meetings import MEETING, MEETING_ANSWER
from casework.open_items.outcomes import OUTCOME, TOLD
from casework.open_items.parts import ANSWER, NEXT_CONTACT, WITHDRAWN
from casework.open_items.writings import WRITING
from journal.open_items import GIVEN, MOST, Scope, as_dicts, union
from kit.given import Text

SOURCES: tuple[Callable[[Scope], Iterator[QuerySet]], ...] = (
    cases.items,
    calls.items,
    plans.items,
    business_plans.items,
    referrals.items,
    # complaints
    grievances.items,
    meetings.items,
    # business checks
    health.items,
    outcomes.items,
    introductions.items,
    writings.items,
    # colleagues' alone
    transfers.items,
    flags.items,
    plan_reviews.items,
    call_backs.items,
)
# Of a case, what stands beside its way, and what comes before every step: see `journal.open_items.next_step`.
BESIDE = frozenset({NEXT_CONTACT, MEETING, MEETING_ANSWER, HEALTH_CHECK, OUTCOME, TOLD, INTRODUCTION, OFFERED, WRITING})
AHEAD = frozenset({ANSWER, WITHDRAWN})


# What of it reaches the managers above whoever has it, once it is late: what a client is told of it holds.
LATE: tuple[Callable[[Scope], Iterator[QuerySet]], ...] = (
    cases.late,
    calls.late,
    plans.late,
    business_plans.late,
    referrals.late,
    introductions.late,
    health.late,
    outcomes.late,
    writings.late,
)
ESCALATED = frozenset(
    {
        "casework.first_contact",
        NEXT_CONTACT,
        "casework.call",
        "casework.lost_text",
        "casework.step",
        ANSWER,
        HEALTH_CHECK,
        INTRODUCTION,
        OFFERED,
        OUTCOME,
        TO_REFER,
        TO_SHARE,
        WITHDRAWN,
        WRITING,
    }
)


def open_items(scope: Scope) -> Iterator[QuerySet]:
    for source in SOURCES:
        yield from source(scope)
    # Of a whole team every item is in sight anyway.
    if scope.user_id and not scope.is_team:
        yield from late_in_team(scope)


def late_in_team(scope: Scope) -> Iterator[QuerySet]:
    """What advisors below the manager of the scope are late with."""
    for source in LATE:
        yield from source(scope)


def of_business(enterprise_id: int, *, on: date) -> list[dict[str, Any]]:
    """What waits of the case of one business, the earliest due first."""
    return as_dicts(waiting().rows({"enterprise_ids": [enterprise_id], "today": on, "now": timezone.now()}))


@cache
def waiting() -> Text:
    of_clients = replace(GIVEN, user_id=None, office_ids=frozenset())
    return Text.of(union(open_items(of_clients), limit=MOST))
