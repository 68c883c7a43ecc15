"""The road that every enterprise walks: the milestones behind it, and those ahead."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import BigIntegerField, Min, Value
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import pgettext_lazy

from casework.models import Case, Step
from enterprises.models import Enterprise
from journal.events import ENTREPRENEUR
from journal.models import Event
from kit import words
from kit.given import Given, Text

# Each: (event that marks the milestone, words once it is reached, words before).
Milestone = tuple[str, Promise, Promise]
TALKED = "casework.first_contact"
ROAD: list[Milestone] = [
    ("enterprises.registered", pgettext_lazy("milestone", "Registered"), pgettext_lazy("milestone", "Register")),
    (
        TALKED,
        pgettext_lazy("milestone", "Talked with your advisor"),
        pgettext_lazy("milestone", "Talk with your advisor"),
    ),
    ("casework.plan_agreed", pgettext_lazy("milestone", "Plan made"), pgettext_lazy("milestone", "Make a plan")),
    (
        "training.certified",
        pgettext_lazy("milestone", "Course finished"),
        pgettext_lazy("milestone", "Finish a course"),
    ),
    ("loans.disbursed", pgettext_lazy("milestone", "Loan received"), pgettext_lazy("milestone", "Receive a loan")),
    ("loans.completed", pgettext_lazy("milestone", "Loan paid back"), pgettext_lazy("milestone", "Pay back the loan")),
]
ENTERPRISE_ID: Given = Given("enterprise_id", BigIntegerField())


def road_in_public(enterprise: Enterprise) -> list[dict[str, Any]]:
    """The road for whoever types a reference. References run in order, so anybody can: of loans it says nothing."""
    return road_of(enterprise, names_loans=False)


def road_of_waiting(registered_at: datetime) -> list[dict[str, Any]]:
    """The same for a registration that waits for an advisor: it reads like any other."""
    return road_with({"enterprises.registered": registered_at}, road=milestones(names_loans=False))


def milestones(*, names_loans: bool) -> list[Milestone]:
    return [row for row in ROAD if names_loans or not row[0].startswith("loans.")]


def events_awaited(steps: Iterable[Step]) -> set[str]:
    """What closes these steps of the plan."""
    return {step.kind.closed_by_event for step in steps}


def road_of(enterprise: Enterprise, *, planned: Collection[str] = (), names_loans: bool = True) -> list[dict[str, Any]]:
    road = milestones(names_loans=names_loans)
    wanted = {name for name, _done, _ahead in road}
    reached = dict(row for row in first_reached().rows({"enterprise_id": enterprise.pk}) if row[0] in wanted)
    return road_with(reached, planned=planned, road=road)


@cache
def first_reached() -> Text:
    """The milestones that were reached, by event that the entrepreneur may read, and when each was reached first.

    That somebody talked with them the case says: a talk that was typed by mistake is none.
    """
    records = Enterprise.objects.records_of(ENTERPRISE_ID).values("pk")
    told = Event.objects.for_audience(ENTREPRENEUR).about(records)
    events = told.filter(name__in=[name for name, _done, _ahead in ROAD if name != TALKED])
    talked = Case.objects.filter(enterprise_id__in=records, first_contact_at__isnull=False)
    return Text.of(
        events.order_by()
        .values_list("name")
        .annotate(first=Min("at"))
        .union(talked.values_list(Value(TALKED), "first_contact_at"), all=True)
    )


def road_with(
    reached: dict[str, datetime], *, planned: Collection[str] = (), road: Sequence[Milestone]
) -> list[dict[str, Any]]:
    """The road with these milestones behind: event names, and when each was reached. Then what is still ahead.

    What somebody did not need, such as a course, is no gap on their road; what their plan still has is ahead of them.
    """
    names = [name for name, _done, _ahead in road]
    last = max((names.index(name) for name in reached), default=-1)
    behind = [
        {"label": done, "note": words.day_plain(localtime(reached[name]).date()), "state": "done"}
        for name, done, _ahead in road
        if name in reached
    ]
    to_come = [
        ahead for at, (name, _done, ahead) in enumerate(road) if name not in reached and (at > last or name in planned)
    ]
    return behind + [{"label": label, "note": "", "state": "todo" if at else "now"} for at, label in enumerate(to_come)]
