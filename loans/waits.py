"""For whom an application waited, day by day: the applicant, SMEDA, or the lender.

Each day belongs to one of them: to whom it was with when the day ended. So the three add up to all days from the day
on which it was received until it ended, or until today. What the lender asked for is with who was asked; once it is
approved, the papers that lack are with the applicant.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Min, Q
from django.utils import timezone

from enterprises.models import Document, DocumentKind
from journal.models import Event
from loans.models import Application, Request
from loans.querysets import PAPERS_OF
from loans.states import ApplicationState

WITHDRAWN = "loans.withdrawn"

ONE_DAY = timedelta(days=1)


class Stretch(NamedTuple):
    """From then on it was theirs; until then, or until it ended."""

    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.since < at and (self.until is None or self.until >= at)


class Waits(NamedTuple):
    """Whole days."""

    applicant: int
    smeda: int
    lender: int

    @property
    def days(self) -> int:
        return sum(self)


def waits_of(applications: Collection[Application], *, on: date) -> dict[int, Waits]:
    """The days of each until `on`, or until it ended. As many queries for any number."""
    asked, papers, ends = asked_of(applications), papers_of(applications), ends_of(applications)
    return {
        one.pk: counted(
            timezone.localdate(one.received_at),
            ends.get(one.pk, on),
            applicant=[*asked[one.pk, Request.Of.APPLICANT], *papers.get(one.pk, [])],
            smeda=asked[one.pk, Request.Of.SMEDA],
        )
        for one in applications
    }


def counted(begun: date, over: date, *, applicant: Collection[Stretch], smeda: Collection[Stretch]) -> Waits:
    """What the applicant has to bring comes before what SMEDA says; all other days are the lender's."""
    days = [0, 0, 0]
    for number in range((over - begun).days):
        at = end_of(begun + number * ONE_DAY)
        sides = (applicant, smeda)
        whose = next((side for side, theirs in enumerate(sides) if any(one.holds(at) for one in theirs)), len(sides))
        days[whose] += 1
    return Waits(*days)


def end_of(day: date) -> datetime:
    midnight = datetime.combine(day + ONE_DAY, datetime.min.time())
    return timezone.make_aware(midnight)


def ends_of(applications: Collection[Application]) -> dict[int, date]:
    """The day on which each was paid out, refused or withdrawn, as the journal knows; open ones have none."""
    withdrawn = [one.pk for one in applications if one.state == ApplicationState.WITHDRAWN]
    told = Event.objects.filter(name=WITHDRAWN, target_label=Application._meta.label_lower, target_id__in=withdrawn)
    ended = dict(told.order_by("pk").values_list("target_id", "at")) if withdrawn else {}
    ended |= {one.pk: one.disbursed_at or one.decided_at for one in applications if one.pk not in ended}
    return {one.pk: timezone.localdate(at) for one in applications if not one.is_open and (at := ended[one.pk])}


def asked_of(applications: Collection[Application]) -> defaultdict[tuple[int, str], list[Stretch]]:
    """What the lender asked of each side: from asking until it came, or was not needed any more."""
    rows = Request.objects.filter(application__in=[one.pk for one in applications])
    found: defaultdict[tuple[int, str], list[Stretch]] = defaultdict(list)
    for application_id, of, since, until in rows.values_list("application_id", "of", "asked_at", "ended_at"):
        found[application_id, of].append(Stretch(since, until))
    return found


def papers_of(applications: Collection[Application]) -> dict[int, list[Stretch]]:
    """The papers for the loan of those that are approved: from the decision until the last of them was here."""
    approved = [one for one in applications if one.amount_approved is not None and one.decided_at is not None]
    if not approved:
        return {}
    needed = set(DocumentKind.objects.needed_for(PAPERS_OF).values_list("pk", flat=True))
    came = (
        Document.objects.filter(kind__in=needed)
        .filter(
            Q(person__in=[one.person_id for one in approved])
            | Q(enterprise__in=[one.enterprise_id for one in approved])
        )
        .exclude(scan=Document.Scan.INFECTED)
        .values_list("kind_id", "person_id", "enterprise_id")
        .annotate(first=Min("uploaded_at"))
    )
    first = {(kind, person, enterprise): at for kind, person, enterprise, at in came}
    found = {}
    for one in approved:
        theirs = [
            min(
                filter(None, (first.get((kind, one.person_id, None)), first.get((kind, None, one.enterprise_id)))),
                default=None,
            )
            for kind in needed
        ]
        until = None if None in theirs else max(filter(None, theirs), default=one.decided_at)
        found[one.pk] = [Stretch(one.decided_at, until)]
    return found
