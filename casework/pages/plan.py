"""What is suggested for a plan, and why."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from casework.actions import plans
from casework.actions.templates import Change, Does
from casework.models import Answer, Case, HealthCheck, StepKind
from enterprises.models import Help
from kit import words

STATES = {Does.DONE: "done", Does.MOVES: "now"}


@dataclass(frozen=True)
class Suggestion:
    """A step that would help, and what says so."""

    kind: StepKind
    reason: str


def suggestions(case: Case) -> list[Suggestion]:
    """What the weak answers of the newest business check ask for, and then what the client asked for; each step once.

    What is in the plan already is not suggested. What was done before a check that finds the same still weak is.
    """
    check: HealthCheck | None = case.health_checks.done().newest_first().first()
    steps = list(case.steps.all())
    found: dict[int, Suggestion] = {}
    if check is not None:
        answered = check.answers.suggesting().exclude(question__suggests__in=planned_since(steps, check.done_at))
        for answer in answered:
            found.setdefault(answer.question.suggests_id, Suggestion(answer.question.suggests, reason_of(answer)))
    wanted = StepKind.objects.offered().filter(suggested_for__in=case.enterprise.help_wanted)
    for kind in wanted.exclude(pk__in={step.kind_id for step in steps}):
        asked = Help(kind.suggested_for).label
        found.setdefault(kind.pk, Suggestion(kind, _("Asked for: {help}").format(help=asked)))
    return list(found.values())


def for_each_side(case: Case, suggested: list[Suggestion]) -> list[Suggestion]:
    """A visit, where no step of the advisor's is suggested for a first plan."""
    owners = {one.kind.owner for one in suggested}
    if StepKind.Owner.ADVISOR in owners or not plans.is_first_plan(case):
        return []
    visits = StepKind.objects.offered().filter(code="visit")
    return [Suggestion(kind, _("A first plan has a step of the client's and one of yours.")) for kind in visits]


def planned_since(steps: list[Any], moment: Any) -> set[int]:
    """The kinds of steps that are open, or that were done since then."""
    return {step.kind_id for step in steps if step.closed_at is None or step.closed_at >= moment}


def reason_of(answer: Answer) -> str:
    return _("Business check: “{question}” {answer}").format(question=answer.question.label, answer=answer.option.label)


def lines_of(changes: list[Change]) -> list[dict[str, Any]]:
    """What a template does, as `components/plan.html` takes it."""
    return [{"label": one.kind.label, "note": note_of(one), "state": STATES.get(one.does, "todo")} for one in changes]


def note_of(change: Change) -> str:
    day = words.plain(words.day_short(change.due_on))
    if change.step is None:
        return _("Added: {who}, by {day}").format(who=change.kind.get_owner_display(), day=day)
    if change.does == Does.DONE:
        return _("Done already: stays as it is")
    was = words.plain(words.day_short(change.step.due_on))
    if change.does == Does.STANDS:
        return _("In the plan already, by {day}").format(day=was)
    return _("In the plan already, by {was}; the template says {day}").format(was=was, day=day)
