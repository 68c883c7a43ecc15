"""Cases that somebody is asked to take. No client is found by them: who is asked does not see the client yet."""

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from accounts.models import Appointment
from casework.models import Transfer
from casework.open_items.parts import late_below
from journal.open_items import Owner, Scope, as_items

REFUSED = "casework.transfer_refused"
WHERE = {"holder": "to_advisor_id", "office": "to_office_id"}
OF_ASKER = {"enterprise": "case__enterprise_id", "holder": "by_id", "office": "from_office_id"}


def items(scope: Scope) -> Iterator[QuerySet]:
    """Whose it is to answer; once it is late, or they left, also the manager's of the office that was asked.

    A no is read by whoever asked; once that is late, also by the manager there.
    """
    if not (scope.user_id or scope.office_ids):
        return
    waiting = Transfer.objects.waiting()
    yield asked(replace(scope, enterprise_ids=None).narrow(waiting, enterprise="", **WHERE))
    if scope.user_id and not scope.is_team:
        named = waiting.filter(to_advisor__isnull=False)
        # Whoever left answers nothing: it is the manager's at once.
        there = Appointment.objects.in_force(on=scope.today).filter(office=OuterRef("to_office"), user__is_active=True)
        left = ~Q(Exists(there.filter(user=OuterRef("to_advisor"))))
        of_asked = {"office": "to_office", "holder": "to_advisor_id"}
        yield asked(late_below(named, scope.user_id, today=scope.today, also=left, **of_asked))
    refused = Transfer.objects.refused_unseen()
    yield to_read(replace(scope, enterprise_ids=None).narrow(refused, **OF_ASKER))
    if scope.user_id and not scope.is_team:
        of_asker = {"office": "from_office", "holder": "by_id"}
        yield to_read(late_below(refused, scope.user_id, today=scope.today, **of_asker))


def to_read(rows: QuerySet) -> QuerySet:
    """A no, for whoever asked."""
    return as_items(rows, kind=REFUSED, since="decided_at", due_on="due_on", owner=Owner.ADVISOR, **OF_ASKER)


def asked(rows: QuerySet) -> QuerySet:
    return as_items(
        rows,
        kind="casework.transfer",
        enterprise=Value(None),
        since="at",
        due_on="due_on",
        owner=Owner.ADVISOR,
        **WHERE,
    )
