"""Who has a case, written down: the first time, and whenever somebody else takes it."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Absence, Appointment, Office, User
from accounts.roles import Role
from casework.actions import flags, lots
from casework.actions.assignment import (
    Holder,
    Why,
    Wishes,
    choose,
    choose_near,
    hand_out_by_turns,
    lacks_woman,
    met,
    with_load,
)
from casework.actions.clocks import first_call_by
from casework.actions.pauses import end_standing
from casework.actions.plan_readers import place_again
from casework.actions.put_back import as_it_is, day_or_none
from casework.models import Case, Note, Transfer
from casework.states import OPEN_CASES, CaseState, TransferState
from enterprises.actions import grants
from enterprises.models import Grant
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import MoveRefused, hold
from kit.faults import one_by_one
from kit.saving import save
from messaging.outbox import queue

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


def give(case: Case, to: Holder, *, by: User, due_on: dt.date, **said: Any) -> None:
    """The event that names the advisor, and sight of the business for an office that does not cover its district."""
    district_id = case.enterprise.district_id
    # What no office covers falls to the head office until one does; the case stays with whom it was given to.
    smeda = Office.objects.filter(organisation=Office.Organisation.SMEDA)
    is_covered = smeda.covering(district_id, on=timezone.localdate()).exists()
    if district_id not in to.advisor.district_ids or not is_covered:
        grants.give(enterprise=case.enterprise, office=to.office, purpose=Grant.Purpose.CASE, by=by)
    data = {"advisor": to.advisor.pk, "office": to.office.pk, "due_on": due_on.isoformat(), "why": to.why} | said
    if to.lacks_woman:
        data["woman"] = "none"
    record("casework.assigned", target=case, by=by, audience=AUDIENCE, data=data)


def hand_over(held: Case, to: Holder, *, by: User, cause: str, reason: str = "", **said: Any) -> Case:
    """Give the case on where nobody is asked: proposed and decided by one, it stands in the case's history."""
    now = timezone.now()
    transfer = Transfer(
        case=held,
        from_office=held.office,
        from_advisor=held.advisor,
        to_office=to.office,
        to_advisor=to.advisor,
        state=TransferState.ACCEPTED,
        reason=reason,
        by=by,
        due_on=timezone.localdate(now),
        decided_by=by,
        decided_at=now,
        cause=cause,
    )
    transfer.kept = pass_on(held, to, by=by, **said)
    # Where the office alone is another one, nobody else has it.
    if transfer.from_advisor_id != transfer.to_advisor_id:
        save(transfer)
    return held


def pass_on(held: Case, to: Holder, *, by: User, agreed: dt.date | None = None, **said: Any) -> dict[str, Any]:
    """The one way by which a case comes to somebody else. `held` is locked, and the caller asked whether `by` may.

    Whoever waits for the first call is called by the day that they were told, and a pause of theirs goes on; the others
    are called soon, or on the day `agreed` with whoever had them before, and no pause stands any more. They are told
    who has their case now. Returns what it changed, as it was before, and the day that it set.
    """
    now, kept = timezone.now(), as_it_is(held)
    was, is_other = held.advisor_id, to.advisor.pk != held.advisor_id
    grants.end_all(Grant.objects.filter(enterprise_id=held.enterprise_id, purpose=Grant.Purpose.CASE), by=by)
    held.office = to.office
    due_on = held.first_contact_due_on if held.state == CaseState.NEW else held.next_contact_on
    if is_other:
        held.advisor, held.assigned_at = to.advisor, now
        if held.state != CaseState.NEW:
            soon = first_call_by(timezone.localdate(now))
            held.next_contact_on = due_on = agreed or min(soon, held.next_contact_on or soon)
            end_standing(held, at=now)
    mind_wish(held, now=now)
    held.version += 1
    held.save(update_fields=["office", "advisor", "assigned_at", "next_contact_on", "wish_waits_since", "version"])
    flags.follow(held, was=was)
    place_again(held)
    lots.place_again(held)
    give(held, to, by=by, due_on=due_on or first_call_by(timezone.localdate(now)), **said)
    if is_other:
        queue("casework.handed_over", target=held, by=by)
    return kept | {"given_on": day_or_none(held.next_contact_on)}


def choose_for(case: Case, *, now: dt.datetime) -> Holder:
    """Who takes the case as things stand now."""
    return choose(case.enterprise.district_id, person=case.person, now=now, wishes=wishes_of(case))


def wishes_of(case: Case) -> Wishes:
    return Wishes(woman=case.wants_woman, language=case.wants_language)


def mind_wish(held: Case, *, now: dt.datetime) -> None:
    """Since when the client's wish waits for somebody who meets all of it; whoever calls this saves the case."""
    is_met = all(met(wishes_of(held), held.advisor))
    held.wish_waits_since = None if is_met else held.wish_waits_since or now


def meet_wishes(*, now: dt.datetime) -> int:
    """Look again at every wish that waits, the oldest first; return how many cases went to who comes nearer.

    Whoever wished is told once, by the hand-over. One case that fails does not stop the others.
    """
    waiting = Case.objects.wishing().order_by("wish_waits_since", "pk")
    return one_by_one(waiting, lambda case: meet_wish(case.pk, now=now), failed="a wish was not looked at")


@transaction.atomic
def meet_wish(case_id: int, *, now: dt.datetime) -> int:
    held = hold(Case(pk=case_id), version=None)
    if not Case.objects.wishing().filter(pk=case_id).exists():
        return 0
    chosen = choose_near(held, now=now, wishes=wishes_of(held))
    if chosen is None:
        return 0
    hand_over(held, chosen, by=User.objects.system(), cause=Transfer.Cause.WISH)
    return 1


def due_period(now: dt.datetime) -> str | None:
    """Every ten minutes while somebody has a case who works there no more; between them nobody looks."""
    if now.minute % 10:
        return None
    left = Case.objects.left_behind(on=timezone.localdate(now))
    return now.strftime("%Y-%m-%dT%H.%M")[:-1] if left.exists() else None


def hand_over_left(*, now: dt.datetime) -> int:
    """Give on every open case of whoever left its office, or cannot sign in any more; return how many.

    Posts end by themselves, on a day, so nobody has to remember. Told again it finds nothing. One case that cannot be
    given on does not stop the others.
    """
    left = Case.objects.left_behind(on=timezone.localdate(now)).order_by("pk")
    return one_by_one(left, lambda case: hand_over_one(case.pk, now=now), failed="a case has nobody to go to")


@transaction.atomic
def hand_over_one(case_id: int, *, now: dt.datetime) -> int:
    held = hold(Case(pk=case_id), version=None)
    if not Case.objects.left_behind(on=timezone.localdate(now)).filter(pk=case_id).exists():
        return 0
    hand_over(held, choose_for(held, now=now), by=User.objects.system(), cause=Transfer.Cause.LEFT)
    return 1


@transaction.atomic
def wish(*, case: Case, by: User, version: int, woman: bool, language: str) -> Case:
    """Keep whom the client would rather talk with; whoever comes nearer to it than the advisor has the case at once.

    That is an advisor who works for the client, is there and has room. Where none is, the case stays where it is, and
    the wish stands: `meet_wishes` looks again each night, and whoever takes the case later is chosen by it.
    """
    held = hold(case, version=version)
    if not by.has_perm("casework.wish_advisor", held):
        raise PermissionDenied("casework.wish_advisor")
    if wishes_of(held) != Wishes(woman, language):
        held.wants_woman, held.wants_language, held.wish_waits_since = woman, language, None
    mind_wish(held, now=timezone.now())
    held.version += 1
    held.save(update_fields=["wants_woman", "wants_language", "wish_waits_since", "version"])
    record(
        "casework.advisor_wished", target=held, by=by, audience=AUDIENCE, data={"woman": woman, "language": language}
    )
    if held.state not in OPEN_CASES:
        return held
    chosen = choose_near(held, now=timezone.now(), wishes=wishes_of(held))
    return hand_over(held, chosen, by=by, cause=Transfer.Cause.WISH) if chosen else held


@transaction.atomic
def assign(*, case: Case, to: User, by: User, version: int, reason: str) -> Case:
    """A manager gives the case to a colleague whom they name; why, stands as a note for colleagues.

    Past the week's cap only with a reason: without one it is refused, with the load.
    """
    held = hold(case, version=version)
    if not by.has_perm("casework.assign_case", held):
        raise PermissionDenied("casework.assign_case")
    if held.state not in OPEN_CASES:
        raise MoveRefused(held)
    now = timezone.now()
    post = takers(by, on=timezone.localdate(now)).filter(user=to).order_by("-office__depth", "pk").first()
    if post is None or to.pk == held.advisor_id:
        raise ValidationError({"to": _("Choose another colleague of your offices.")})
    # Whoever hands out there waits for us, and counts this one.
    hand_out_by_turns([post.office])
    over = past_cap(held, load_of(post, now=now), by=by, reason=reason)
    holder = Holder(post.office, to, Why.CHOSEN, lacks_woman(wishes_of(held), to))
    return hand_over(held, holder, by=by, cause=Transfer.Cause.MANAGER, reason=reason, **over)


def past_cap(case: Case, load: Any, *, by: User, reason: str) -> dict[str, Any]:
    """What the event says of the cap. Nobody passes that of a colleague without a reason, which stands as a note."""
    if load.is_full and not reason:
        text = _("{load} Say why they take one more.").format(load=full_in_words(load))
        raise ValidationError({"reason": text}, code="full")
    if reason:
        Note.objects.create(case=case, by=by, text=reason, is_shared=False)
    return {"over_cap": True} if load.is_full else {}


def load_of(post: Appointment, *, now: dt.datetime) -> Any:
    """The post with what its week holds; whoever hands out at its office waits for us."""
    return with_load(Appointment.objects.filter(pk=post.pk), now=now).select_related("user").get()


def full_in_words(load: Any) -> str:
    full = _("{name} has {count} of {cap} new clients this week already.")
    return full.format(name=load.user, count=load.new_cases, cap=load.weekly_cap)


def takers(manager: User, *, on: dt.date) -> QuerySet[Appointment]:
    """To whom the manager may give a case: advisors at their offices who are not away."""
    away = Absence.objects.in_force(on=on).values("user")
    posts = Appointment.objects.in_force(on=on).filter(role=Role.ADVISOR, office__in=manager.office_ids)
    return posts.filter(user__is_active=True).exclude(user__in=away).select_related("office")
