"""A template taken into a plan: what it would do is shown first, and done only if it is still that."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from enum import Enum

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions import plans
from casework.models import Case, PlanTemplate, Step, StepKind
from journal.moves import hold
from places.calendar import OFFICE, Calendar


class Does(Enum):
    """What a template does with one of its steps."""

    ADDS = "adds"
    STANDS = "stands"
    MOVES = "moves"
    DONE = "done"


@dataclass(frozen=True)
class Change:
    """A step of the template, its day, and the step of the plan that it meets there, if any."""

    does: Does
    kind: StepKind
    due_on: dt.date
    step: Step | None = None


def preview(case: Case, template: PlanTemplate, *, on: dt.date) -> list[Change]:
    """What the template would do to the plan on that day, step by step."""
    calendar = Calendar.load(OFFICE)
    standing: dict[int, Step] = {}
    for step in case.steps.order_by("id"):  # of several the open one, or else the last
        known = standing.get(step.kind_id)
        if known is None or known.closed_at is not None:
            standing[step.kind_id] = step
    return [
        changed(
            one.kind,
            calendar.first_at_or_after(on + dt.timedelta(days=one.after_days)),
            standing.get(one.kind_id),
        )
        for one in template.steps.filter(kind__is_open=True).select_related("kind")
    ]


def changed(kind: StepKind, due_on: dt.date, step: Step | None) -> Change:
    """A step that was dropped is added again; one that was done is not."""
    if step is None or step.is_dropped:
        return Change(Does.ADDS, kind, due_on)
    if step.is_done:
        return Change(Does.DONE, kind, due_on, step)
    return Change(Does.STANDS if step.due_on == due_on else Does.MOVES, kind, due_on, step)


def digest_of(case: Case, changes: list[Change]) -> str:
    """A fingerprint of what was shown."""
    shown = [(one.does.value, one.kind.pk, one.due_on, one.step and (one.step.pk, one.step.version)) for one in changes]
    return hashlib.sha256(repr((case.pk, case.version, shown)).encode()).hexdigest()


@transaction.atomic
def take(*, case: Case, template: PlanTemplate, by: User, digest: str, moves: bool = False) -> Case:
    """Add what is not in the plan yet; where it is wanted, give what stands there the template's days."""
    held = hold(case, version=None)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    changes = preview(held, template, on=timezone.localdate())
    if digest != digest_of(held, changes):
        raise ValidationError(_("The plan changed meanwhile. Look at it once more."))
    added: list[plans.PlannedStep] = [
        {"kind": one.kind, "due_on": one.due_on} for one in changes if one.does == Does.ADDS
    ]
    moved = [(one.step, one.due_on) for one in changes if moves and one.step and one.does == Does.MOVES]
    if not added and not moved:
        raise ValidationError(_("All of it is in the plan already."))
    for step, due_on in moved:
        with translation.override(held.person.language):  # the client reads it
            because = _("Template “%(template)s”") % {"template": template.label}
        plans.re_date(step=step, by=by, version=step.version, due_on=due_on, because=because)
    return plans.agree(case=held, steps=added, by=by, version=held.version) if added else held
