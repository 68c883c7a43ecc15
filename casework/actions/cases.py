"""Opening and closing the hand-holding of an enterprise."""

import datetime as dt
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions import endings, plans
from casework.actions.assignment import choose
from casework.actions.clocks import first_call_by
from casework.actions.hand_overs import AUDIENCE, give, hand_over_one
from casework.models import Case, Closure
from casework.states import REOPENING, CaseState
from enterprises.models import Enterprise, Person
from journal.moves import MoveRefused, hold, move
from kit.saving import save
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
def close(*, case: Case, by: User, version: int, outcome: str, note: str = "") -> Case:
    """End the hand-holding and say how it ended. Whoever still has to answer about it is waited for: see `endings`."""
    held = hold(case, version=version)
    if waits := endings.waiting(held):
        raise ValidationError([one.text for one in waits])
    data = {"outcome": outcome} | refuse_lacking(held, by=by, outcome=outcome, note=note)
    now, agreed_on = timezone.now(), held.next_contact_on
    closed = move(
        held,
        "close",
        by=by,
        version=version,
        audience=AUDIENCE,
        data=data,
        outcome=outcome,
        closed_at=now,
        next_contact_on=None,
    )
    save(Closure(case=closed, outcome=outcome, note=note, closed_at=now, closed_by=by, agreed_on=agreed_on))
    if outcome not in UNTOLD:
        queue("casework.closed", target=closed, by=by)
    return closed


def refuse_lacking(case: Case, *, by: User, outcome: str, note: str) -> dict[str, Any]:
    """Refuse an ending that lacks what it asks for; return what the journal keeps of it.

    That somebody stands on their own without it, a manager says who does not have the case, and why.
    """
    if outcome == Case.Outcome.UNTRACEABLE and not endings.was_looked_for(case):
        raise ValidationError({"outcome": endings.lacking_search()})
    lacks = endings.lacking_alone(case) if outcome == Case.Outcome.GRADUATED else []
    if not lacks:
        return {}
    if not by.has_perm("casework.close_lacking", case):
        said = [*(lack.text for lack in lacks), _("Or a manager closes it so, and says why.")]
        raise ValidationError({"outcome": said})
    if not note:
        raise ValidationError({"note": _("Say why it stands on its own all the same.")})
    return {"lacking": [lack.code for lack in lacks]}


@transaction.atomic
def reopen(*, case: Case, by: User, version: int, reason: str) -> Case:
    """Take the case up again where it had ended, for a reason; how it had ended stays on its page.

    No call and no step gains days by it: see `call_again_by` and `plans.day_again`.
    Where whoever had it is here no more, it goes to who takes new cases there.
    """
    held = hold(case, version=version)
    if held.outcome == Case.Outcome.MERGED:
        raise MoveRefused(held)
    now = timezone.now()
    today, closed_at = timezone.localdate(now), held.closed_at
    again = as_it_begins_again(held, today=today)
    facts: dict[str, Any] = {"outcome": "", "closed_at": None, again.clock: again.call_by}
    verb, data = REOPENING[again.state], {"outcome": held.outcome}
    opened = move(held, verb, by=by, version=version, audience=AUDIENCE, data=data, **facts)
    Closure.objects.standing_of(held).update(reopened_at=now, reopened_by=by, reason=reason)
    plans.date_again(opened, closed_at=closed_at, today=today, by=by)
    queue("casework.reopened", target=opened, by=by)
    hand_over_one(opened.pk, now=now)
    opened.refresh_from_db()
    return opened


class Again(NamedTuple):
    """Where a closed case goes on: in which state, and by when somebody calls; `clock` is the field of that day."""

    state: CaseState
    clock: str
    call_by: dt.date


def as_it_begins_again(case: Case, *, today: dt.date) -> Again:
    was: dt.date | None
    state = state_of_facts(case)
    clock, was = "first_contact_due_on", case.first_contact_due_on
    if state != CaseState.NEW:
        clock, was = "next_contact_on", Closure.objects.standing_of(case).values_list("agreed_on", flat=True).first()
    return Again(state, clock, call_again_by(was, closed_at=case.closed_at, today=today))


def state_of_facts(case: Case) -> CaseState:
    """The state of an open case, by what happened in it: whether somebody called, and whether a plan was agreed.

    No verb leads an open case elsewhere, so a closed one begins again where it had ended.
    """
    if case.first_contact_at is None:
        return CaseState.NEW
    return CaseState.PLANNED if case.steps.exists() else CaseState.CONTACTED


def call_again_by(was: dt.date | None, *, closed_at: dt.datetime | None, today: dt.date) -> dt.date:
    """When whoever is taken up again is called: within the usual days, or by the day `was` where that is nearer.

    What was late when the case was closed stays late: closing and opening again makes no call one in time.
    """
    usual = first_call_by(today)
    if was is None or closed_at is None:
        return usual
    was_late = was < timezone.localdate(closed_at)
    return min(was, usual) if was_late or was >= today else usual
