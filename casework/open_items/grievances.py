"""Complaints that wait for an answer. They belong to no enterprise: nobody finds them by the client."""

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import Exists, OuterRef, QuerySet, Value

from accounts.models import Appointment
from accounts.roles import Role
from casework.models import Grievance
from journal.open_items import Owner, Scope, as_items

WHERE = {"holder": "owner_id", "office": "office_id"}


def items(scope: Scope) -> Iterator[QuerySet]:
    if not (scope.user_id or scope.office_ids):
        return
    alone = replace(scope, enterprise_ids=None)
    rows = alone.narrow(Grievance.objects.to_answer(), enterprise="", **WHERE)
    if scope.user_id:
        rows = rows.exclude(about_user_id=scope.user_id)
    else:
        # Those who read every office's list are several: what is about one of them stands on its owner's alone.
        national = Appointment.objects.in_force(on=scope.today).filter(role=Role.PROGRAMME_MANAGER)
        rows = rows.exclude(Exists(national.filter(user_id=OuterRef("about_user_id"))))
    yield as_items(
        rows,
        kind="casework.grievance",
        enterprise=Value(None),
        since="received_at",
        due_on="due_on",
        owner=Owner.ADVISOR,
        **WHERE,
    )
