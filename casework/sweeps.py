"""What should have happened by itself: looked for by night, mended and counted. It must find nothing."""

import datetime as dt
import logging

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.utils import timezone

from accounts.models import User
from casework.actions import cases, plans
from casework.models import Case, Step
from enterprises.models import Enterprise, Person
from journal.models import Event

logger = logging.getLogger(__name__)


def overdue_first_contacts(now: dt.datetime) -> QuerySet[Case]:
    """Cases that nobody called in time. The desk of the regional manager shows them, and the advisor is reminded."""
    return Case.objects.uncalled(before=timezone.localdate(now)).order_by("first_contact_due_on", "id")


def enterprises_without_case() -> QuerySet[Enterprise]:
    cases_of = Case.objects.filter(enterprise_id=OuterRef("pk"))
    return Enterprise.objects.unmerged().filter(~Exists(cases_of)).order_by("pk")


def steps_left_open() -> QuerySet[Step]:
    """Open steps that an event proves done since they were agreed; `proof_id` is the first such event's."""
    proofs = (
        Event.objects.annotate(
            wanted=ExpressionWrapper(OuterRef("kind__closed_by_code"), output_field=CharField()), code=KT("data__kind")
        )
        .filter(
            Q(wanted="") | Q(code=F("wanted")),
            name=OuterRef("kind__closed_by_event"),
            enterprise_id=OuterRef("case__enterprise_id"),
            at__gte=OuterRef("set_at"),
        )
        .order_by("at", "id")
    )
    steps = Step.objects.open().annotate(proof_id=Subquery(proofs.values("pk")[:1]))
    return steps.filter(proof_id__isnull=False).order_by("pk")


def mend() -> dict[str, int]:
    """Do what the reactions missed, each piece in its own transaction, and say how much that was."""
    by = User.objects.system()
    found = {"cases": 0, "steps": 0}
    for enterprise in enterprises_without_case().select_related("district"):
        cases.open_for(enterprise=enterprise, person=Person.objects.contacts_of(enterprise).get(), by=by)
        found["cases"] += 1
    for step in steps_left_open():
        found["steps"] += len(plans.close_for_event(event=Event.objects.get(pk=step.proof_id), by=by))
    if any(found.values()):
        logger.warning("casework.missed", extra=found)
    return found
