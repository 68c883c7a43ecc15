"""What should have happened by itself and did not. The nightly sweep counts it, and must find nothing."""

import datetime as dt

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.utils import timezone

from casework.models import Case, Pause, Step
from casework.states import CaseState
from enterprises.models import Enterprise
from journal.models import Event


def overdue_first_contacts(now: dt.datetime) -> QuerySet[Case]:
    """Cases that nobody called in time. The desk of the regional manager shows them, and the advisor is reminded."""
    return Case.objects.uncalled(before=timezone.localdate(now)).order_by("first_contact_due_on", "id")


def first_calls_to_remind(now: dt.datetime) -> QuerySet[Case]:
    """Those that may be made today: while the client is told that nobody calls, no advisor is told to."""
    paused = Pause.objects.in_force(on=timezone.localdate(now)).filter(case=OuterRef("pk"))
    return overdue_first_contacts(now).filter(~Exists(paused))


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
            # As `plans.close_for_event`: what is told of a person alone proves the steps of all their cases.
            Q(enterprise_id=OuterRef("case__enterprise_id"))
            | Q(enterprise_id__isnull=True, person_id=OuterRef("case__person_id")),
            name=OuterRef("kind__closed_by_event"),
            at__gte=OuterRef("set_at"),
        )
        .order_by("at", "id")
    )
    steps = (
        Step.objects.open().exclude(case__state=CaseState.CLOSED).annotate(proof_id=Subquery(proofs.values("pk")[:1]))
    )
    return steps.filter(proof_id__isnull=False).order_by("pk")
