"""Who has a case, written down: the first time, and whenever somebody else takes it."""

import datetime as dt
import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from casework.actions.assignment import Holder, Wishes, choose, met
from casework.actions.clocks import first_call_by
from casework.models import Case
from casework.states import OPEN_CASES, CaseState
from enterprises.actions import grants
from enterprises.models import Grant
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold
from messaging.outbox import queue

logger = logging.getLogger(__name__)

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


def give(case: Case, to: Holder, *, by: User, due_on: dt.date, **said: Any) -> None:
    """The event that names the advisor, and sight of the business for an office that does not cover its district."""
    district_id = case.enterprise.district_id
    if district_id not in to.advisor.district_ids:
        grants.give(enterprise=case.enterprise, office=to.office, purpose=Grant.Purpose.CASE, by=by)
    data = {"advisor": to.advisor.pk, "office": to.office.pk, "due_on": due_on.isoformat(), "why": to.why} | said
    if to.lacks_woman:
        data["woman"] = "none"
    record("casework.assigned", target=case, by=by, audience=AUDIENCE, data=data)


def hand_over(held: Case, to: Holder, *, by: User, **said: Any) -> Case:
    """The one way by which a case comes to somebody else. `held` is locked, and the caller asked whether `by` may.

    Whoever waits for the first call is called by the day that they were told; the others are called soon. They are told
    who has their case now.
    """
    now = timezone.now()
    is_other = to.advisor.pk != held.advisor_id
    grants.end_all(Grant.objects.filter(enterprise_id=held.enterprise_id, purpose=Grant.Purpose.CASE), by=by)
    held.office = to.office
    due_on = held.first_contact_due_on if held.state == CaseState.NEW else held.next_contact_on
    if is_other:
        held.advisor, held.assigned_at = to.advisor, now
        if held.state != CaseState.NEW:
            soon = first_call_by(timezone.localdate(now))
            held.next_contact_on = due_on = min(soon, held.next_contact_on or soon)
    held.version += 1
    held.save(update_fields=["office", "advisor", "assigned_at", "next_contact_on", "version"])
    give(held, to, by=by, due_on=due_on or first_call_by(timezone.localdate(now)), **said)
    if is_other:
        queue("casework.handed_over", target=held, by=by)
    return held


def choose_for(case: Case, *, now: dt.datetime) -> Holder:
    """Who takes the case as things stand now."""
    return choose(case.enterprise.district_id, person=case.person, now=now, wishes=wishes_of(case))


def wishes_of(case: Case) -> Wishes:
    return Wishes(woman=case.wants_woman, language=case.wants_language)


def due_period(now: dt.datetime) -> str | None:
    """Every ten minutes while somebody has a case who works there no more."""
    left = Case.objects.left_behind(on=timezone.localdate(now))
    return now.strftime("%Y-%m-%dT%H.%M")[:-1] if left.exists() else None


def hand_over_left(*, now: dt.datetime) -> int:
    """Give on every open case of whoever left its office, or cannot sign in any more; return how many.

    Posts end by themselves, on a day, so nobody has to remember. Told again it finds nothing. One case that cannot be
    given on does not stop the others.
    """
    count = 0
    for case_id in Case.objects.left_behind(on=timezone.localdate(now)).order_by("pk").values_list("pk", flat=True):
        try:
            count += hand_over_one(case_id, now=now)
        except Exception:
            logger.exception("a case has nobody to go to", extra={"case_id": case_id})
    return count


@transaction.atomic
def hand_over_one(case_id: int, *, now: dt.datetime) -> int:
    held = hold(Case(pk=case_id), version=None)
    if not Case.objects.left_behind(on=timezone.localdate(now)).filter(pk=case_id).exists():
        return 0
    hand_over(held, choose_for(held, now=now), by=User.objects.system())
    return 1


@transaction.atomic
def wish(*, case: Case, by: User, version: int, woman: bool, language: str) -> Case:
    """Keep whom the client would rather talk with; whoever comes nearer to it than the advisor has the case at once.

    Where nobody does, it stays where it is. The wish stands, and whoever takes the case later is chosen by it.
    """
    held = hold(case, version=version)
    if not by.has_perm("casework.wish_advisor", held):
        raise PermissionDenied("casework.wish_advisor")
    held.wants_woman, held.wants_language = woman, language
    held.version += 1
    held.save(update_fields=["wants_woman", "wants_language", "version"])
    record(
        "casework.advisor_wished", target=held, by=by, audience=AUDIENCE, data={"woman": woman, "language": language}
    )
    if held.state not in OPEN_CASES:
        return held
    chosen, wishes = choose_for(held, now=timezone.now()), wishes_of(held)
    return hand_over(held, chosen, by=by) if met(wishes, chosen.advisor) > met(wishes, held.advisor) else held
