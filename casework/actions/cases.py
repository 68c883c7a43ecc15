"""Opening and closing the hand-holding of an enterprise."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.assignment import choose
from casework.actions.clocks import first_call_by
from casework.actions.hand_overs import AUDIENCE, give
from casework.models import Case
from enterprises.models import Enterprise, Person
from journal.moves import hold, move
from messaging.outbox import queue

# Who died is not written to; a case that was joined with another goes on there.
UNTOLD = frozenset({Case.Outcome.DIED, Case.Outcome.MERGED})


@transaction.atomic
def open_for(*, enterprise: Enterprise, person: Person, by: User) -> Case:
    """Give the enterprise its case, the advisor of its district with the least load, and a day to be called by.

    An enterprise has one case: asked again, this returns the one that is there.
    """
    if not by.has_perm("casework.open_case", enterprise):
        raise PermissionDenied("casework.open_case")
    existing = Case.objects.filter(enterprise=enterprise).first()
    if existing is not None:
        return existing
    now = timezone.now()
    today = timezone.localdate(now)
    chosen = choose(enterprise.district_id, person=person, now=now)
    case = Case.objects.create(
        enterprise=enterprise,
        person=person,
        office=chosen.office,
        advisor=chosen.advisor,
        assigned_at=now,
        opened_at=now,
        first_contact_due_on=first_call_by(today),
    )
    give(case, chosen, by=by, due_on=case.first_contact_due_on)
    return case


@transaction.atomic
def close(*, case: Case, by: User, version: int, outcome: str) -> Case:
    """End the hand-holding and say how it ended. Whoever still has to answer about it is waited for."""
    held = hold(case, version=version)
    if held.referrals.open().exists():
        raise ValidationError(_("The lender has not answered the referral yet. Close the case after the answer."))
    if held.business_plans.awaiting_approval().exists():
        raise ValidationError(_("A colleague is still reading the business plan. Close the case after the answer."))
    closed = move(
        held,
        "close",
        by=by,
        version=version,
        audience=AUDIENCE,
        data={"outcome": outcome},
        outcome=outcome,
        closed_at=timezone.now(),
        next_contact_on=None,
    )
    if outcome not in UNTOLD:
        queue("casework.closed", target=closed, by=by)
    return closed
