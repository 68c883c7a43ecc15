"""A case follows its business to the office of another district."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import Office, User
from casework.actions.hand_overs import choose_for, hand_over
from casework.models import Case
from casework.states import OPEN_CASES
from enterprises.models import Enterprise
from journal.moves import hold


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
    here = Office.objects.filter(pk=held.office_id)
    if held.state not in OPEN_CASES or here.covering(enterprise.district_id, on=timezone.localdate(now)).exists():
        return None
    chosen = choose_for(held, now=now)
    if (chosen.advisor.pk, chosen.office.pk) == (held.advisor_id, held.office_id):
        return None
    return hand_over(held, chosen, by=by)
