"""Who sees applications and loans; the other face is `loans.rules.sees_loans`."""

from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.roles import LENDER_ROLES, NATIONAL_ROLES


def sight_of_loans(user: User) -> Any:
    """The condition under which the user sees applications and loans; its other face is `loans.rules.sees_loans`.

    The branch sees its own by contract, whatever becomes of the grant that the referral gave; SMEDA's advisors see
    those of their districts; borrowers see their own, and not those of somebody who owns the business with them.
    """
    if user.is_system or user.has_role(*NATIONAL_ROLES):
        return Q()
    if user.is_entrepreneur:
        return Q(person__user=user)
    sight = Q(pk__in=[])
    if user.district_ids:
        sight |= Q(enterprise__district_id__in=user.district_ids)
    if user.has_role(*LENDER_ROLES):
        sight |= Q(branch_id__in=user.office_ids)
    return sight
