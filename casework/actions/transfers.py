"""A case follows its business to the office of another district."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import Office, User
from casework.actions.assignment import choose
from casework.actions.cases import AUDIENCE
from casework.actions.clocks import first_call_by
from casework.models import Case
from casework.states import OPEN_CASES, CaseState
from enterprises.actions import grants
from enterprises.models import Enterprise, Grant
from journal.events import record
from journal.moves import hold
from messaging.outbox import queue


@transaction.atomic
def follow(*, enterprise: Enterprise, by: User) -> Case | None:
    """Bring the open case to the office that covers the business's district, tell the person, and say who calls when.

    None where nothing changes: the case is closed, or its office covers that district too. It is never without an
    advisor: where no office covers the district, whoever would take a new case of it takes this one.
    """
    case = Case.objects.filter(enterprise=enterprise).first()
    if case is None:
        return None
    held = hold(case, version=None)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    now = timezone.now()
    today = timezone.localdate(now)
    here = Office.objects.filter(pk=held.office_id)
    if held.state not in OPEN_CASES or here.covering(enterprise.district_id, on=today).exists():
        return None
    chosen = choose(enterprise.district_id, person=held.person, now=now)
    if chosen.advisor.pk == held.advisor_id:
        return None
    grants.end_all(Grant.objects.filter(enterprise=enterprise, purpose=Grant.Purpose.CASE), by=by)
    if enterprise.district_id not in chosen.advisor.district_ids:
        grants.give(enterprise=enterprise, office=chosen.office, purpose=Grant.Purpose.CASE, by=by)
    due_on = first_call_by(today)
    held.office, held.advisor = chosen.office, chosen.advisor
    if held.state == CaseState.NEW:
        due_on = held.first_contact_due_on
    else:
        held.next_contact_on = due_on = min(due_on, held.next_contact_on or due_on)
    held.version += 1
    held.save(update_fields=["office", "advisor", "next_contact_on", "version"])
    data = {"advisor": held.advisor_id, "office": held.office_id, "due_on": due_on.isoformat()}
    record("casework.assigned", target=held, by=by, audience=AUDIENCE, data=data)
    queue("casework.handed_over", target=held, by=by)
    return held
