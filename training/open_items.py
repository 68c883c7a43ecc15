"""What courses make people wait for: attendance to mark, the next class, a place on the waiting list."""

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import F, QuerySet, Value
from django.db.models.functions import TruncDate

from journal.open_items import Owner, Scope, as_items
from training.models import Enrolment, Sitting
from training.states import EnrolmentState

OF_RUN = {"holder": "run__trainer_id", "office": "run__office_id"}
OF_ENROLMENT = OF_RUN | {"enterprise": "enterprise_id"}
OF_SEATED = OF_RUN | {"enterprise": "client_id"}


def open_items(scope: Scope) -> Iterator[QuerySet]:
    """Classes to mark for the trainer; the next class and the waiting list for the client."""
    # A class belongs to many clients: it is the trainer's and the office's item, never one enterprise's.
    of_colleague = replace(scope, enterprise_ids=None)
    yield classes_to_mark(of_colleague.narrow(Sitting.objects.unmarked(now=scope.now), enterprise="", **OF_RUN))
    # The next class is the client's alone: no colleague waits for it.
    of_client = replace(scope, user_id=None, office_ids=frozenset())
    seated = Sitting.objects.next_of_run(now=scope.now).filter(run__enrolments__state=EnrolmentState.ENROLLED)
    joined = seated.annotate(client_id=F("run__enrolments__enterprise_id"), joined_at=F("run__enrolments__seated_at"))
    yield next_classes(of_client.narrow(joined, **OF_SEATED))
    waiting = Enrolment.objects.waiting().filter(run__starts_on__gte=scope.today)
    yield places_on_list(scope.narrow(waiting, **OF_ENROLMENT))


def classes_to_mark(sittings: QuerySet) -> QuerySet:
    return as_items(
        sittings,
        kind="training.sitting",
        enterprise=Value(None),
        since="starts_at",
        due_on=TruncDate("starts_at"),
        owner=Owner.TRAINER,
        **OF_RUN,
    )


def next_classes(sittings: QuerySet) -> QuerySet:
    """One for each who has a seat: looked for by the class, which many wait for, and not by each of them."""
    return as_items(
        sittings,
        kind="training.sitting",
        since="joined_at",
        due_on=TruncDate("starts_at"),
        owner=Owner.ENTREPRENEUR,
        **OF_SEATED,
    )


def places_on_list(enrolments: QuerySet) -> QuerySet:
    """Nobody can be hurried here; who waits sees until when a seat may become free."""
    return as_items(
        enrolments,
        kind="training.waiting",
        since="asked_at",
        due_on="run__starts_on",
        owner=Owner.TRAINER,
        **OF_ENROLMENT,
    )
