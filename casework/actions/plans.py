"""The plan of dated steps, and what closes them."""

import datetime as dt
from collections.abc import Iterable
from typing import NotRequired, TypedDict

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions import lots
from casework.actions.clocks import first_call_by
from casework.models import Case, MovedByItself, Step, StepKind
from casework.states import CaseState
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.models import Event
from journal.moves import MoveRefused, hold, move
from kit.saving import save
from messaging import outbox

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}
# So long a plan rests before the client gets word of what changed in it.
REST = dt.timedelta(hours=1)


class PlannedStep(TypedDict):
    """What is agreed: a kind of step, the day by which it is done, and what was said of it."""

    kind: StepKind
    due_on: dt.date
    words: NotRequired[str]


@transaction.atomic
def agree(*, case: Case, steps: Iterable[PlannedStep], by: User, version: int) -> Case:
    """Agree dated steps with the entrepreneur, who gets the next one as a message. A plan may grow later.

    The message names what is next alone: while that is the same, nothing is sent again.
    """
    agreed = list(steps)
    if not agreed:
        raise ValidationError(_("Choose at least one step."))
    held = hold(case, version=version)
    refuse_twice(held, [step["kind"] for step in agreed])
    if is_first_plan(held):
        refuse_one_sided([step["kind"] for step in agreed])
    data = {"steps": len(agreed)}
    planned = move(held, "agree_plan", by=by, version=version, audience=AUDIENCE, data=data)
    now = timezone.now()
    Step.objects.bulk_create(
        Step(
            case=planned,
            kind=step["kind"],
            due_on=step["due_on"],
            words=step.get("words", ""),
            set_by=by,
            set_at=now,
        )
        for step in agreed
    )
    # Who agreed a step of it reads it no more: what waits to be read a second time goes to somebody who did not.
    lots.place_again(planned)
    told = " ".join(str(step.pk) for step in planned.steps.to_tell())
    outbox.queue("casework.plan_agreed", target=planned, by=by, key=f"step {told}")
    return planned


def is_first_plan(case: Case) -> bool:
    """Nothing was agreed yet. A case with steps of another record has its plan already, whatever its state says."""
    return case.state == CaseState.CONTACTED and not case.steps.exists()


def refuse_twice(case: Case, kinds: list[StepKind]) -> None:
    """A step stands in the plan once until it is done; the database holds that too."""
    open_kinds = set(case.steps.open().values_list("kind_id", flat=True))
    for kind in kinds:
        if kind.pk in open_kinds:
            raise ValidationError(_("“%(step)s” is in the plan already.") % {"step": kind.label})
        open_kinds.add(kind.pk)


def refuse_one_sided(kinds: list[StepKind]) -> None:
    """A first plan says what the entrepreneur does, and what the advisor does for them."""
    owners = {kind.owner for kind in kinds}
    if StepKind.Owner.ENTREPRENEUR not in owners:
        said = _("A first plan has a step of the client's too: add one, or choose it in place of another.")
        raise ValidationError(said)
    if StepKind.Owner.ADVISOR not in owners:
        said = _("A first plan has a step of yours too, such as a visit: add one, or choose it in place of another.")
        raise ValidationError(said)


@transaction.atomic
def close_step(*, step: Step, by: User) -> Step:
    """Say that a step is done. A step that only an event can prove is refused."""
    if not step.kind.closed_by_hand:
        raise ValidationError(_("This step closes by itself when it is done."))
    return finish(open_step(step, by=by, version=None), by=by)


@transaction.atomic
def drop(*, step: Step, by: User, version: int, because: str) -> Step:
    """Nobody needs it any more: it leaves every list, and does not count as done. The client is told, and reads why."""
    if not because:
        raise ValidationError({"because": _("Write why, so that the client knows.")})
    held = open_step(step, by=by, version=version)
    held.dropped_because = because
    held.closed_at, held.closed_by = timezone.now(), by
    held.version += 1
    save(held, update_fields=["version", "closed_at", "closed_by", "dropped_because"])
    changed(held, "casework.step_dropped", by=by)
    return held


@transaction.atomic
def re_date(*, step: Step, by: User, version: int, due_on: dt.date, because: str) -> Step:
    """Another day for a step. The history says both days; the client is told, and reads why."""
    if not because:
        raise ValidationError({"because": _("Write why, so that the client knows.")})
    held = open_step(step, by=by, version=version)
    if due_on == held.due_on:
        raise ValidationError({"due_on": _("It is due on this day already.")})
    held.was_due_on, held.due_on, held.moved_because = held.due_on, due_on, because
    held.version += 1
    save(held, update_fields=["version", "due_on", "was_due_on", "moved_because"])
    changed(held, "casework.step_moved", by=by, was=held.was_due_on, now=due_on)
    return held


def date_again(case: Case, *, closed_at: dt.datetime | None, today: dt.date, by: User) -> None:
    """The case is taken up again: what came due while it was closed was nobody's, and the client is told of the days.

    Under the case's lock, as every change of a step.
    """
    for step in case.steps.lapsed(closed_at=closed_at, today=today).select_for_update(no_key=True, of=("self",)):
        step.was_due_on, step.due_on = step.due_on, day_again(step.due_on, closed_at=closed_at, today=today)
        step.moved_because = MovedByItself.CLOSED
        step.version += 1
        save(step, update_fields=["version", "due_on", "was_due_on", "moved_because"])
        changed(step, "casework.step_moved", by=by, was=step.was_due_on, now=step.due_on)


def day_again(was: dt.date, *, closed_at: dt.datetime | None, today: dt.date) -> dt.date:
    """The day of a step of a case that is taken up again.

    One that came while the case was closed: the days that were left run from today on, and are no fewer than those of a
    call. What is still to come keeps its day; so does what was late already: nothing is in time by closing and opening.
    """
    closed_on = timezone.localdate(closed_at) if closed_at else today
    return max(today + (was - closed_on), first_call_by(today)) if closed_on <= was < today else was


def changed(step: Step, event: str, *, by: User, **days: dt.date) -> None:
    """Write down what happened to a step, and tell the client once the plan has come to rest."""
    said = {name: day.isoformat() for name, day in days.items()}
    record(event, target=step, by=by, audience=AUDIENCE, data={"kind": step.kind.code, **said})
    outbox.queue("casework.plan_changed", target=step.case, by=by, due_at=timezone.now() + REST)


def open_step(step: Step, *, by: User, version: int | None) -> Step:
    """The step under its case's lock, where it is still to be done and this colleague works on it."""
    case = hold(step.case, version=None)
    held = hold(step, version=version)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    if case.state == CaseState.CLOSED:
        raise MoveRefused(case)
    if held.is_dropped:
        raise ValidationError(_("This step was dropped."))
    if held.closed_at is not None:
        raise ValidationError(_("This step is done already."))
    return held


@transaction.atomic
def close_for_event(*, event: Event, by: User) -> list[Step]:
    """Close the open steps of the enterprise that this event proves done; each is closed once, whatever comes later."""
    if event.enterprise_id is None and event.person_id is None:
        return []
    cases = Q(case__enterprise_id=event.enterprise_id)
    if event.enterprise_id is None:
        cases = Q(case__person_id=event.person_id)
    code = Q(kind__closed_by_code="") | Q(kind__closed_by_code=event.data.get("kind", ""))
    proved = Step.objects.open().filter(cases, code, kind__closed_by_event=event.name)
    held = proved.select_for_update(no_key=True, of=("self",)).select_related("case", "kind").order_by("pk")
    return [finish(step, by=by, event=event) for step in held]


def open_again(step: Step, *, by: User) -> Step:
    """What proved it done was a mistake: it is to be done, by its old day."""
    step.closed_at, step.closed_by, step.closing_event_id = None, None, None
    step.version += 1
    step.save(update_fields=["version", "closed_at", "closed_by", "closing_event_id"])
    record("casework.step_open", target=step, by=by, audience=AUDIENCE, data={"kind": step.kind.code})
    return step


def finish(step: Step, *, by: User, event: Event | None = None) -> Step:
    step.closed_at = timezone.now()
    step.closed_by = by
    step.closing_event_id = event.pk if event else None
    step.version += 1
    step.save(update_fields=["version", "closed_at", "closed_by", "closing_event_id"])
    record("casework.step_closed", target=step, by=by, audience=AUDIENCE, data={"kind": step.kind.code})
    return step
