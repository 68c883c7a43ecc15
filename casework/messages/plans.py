"""The plan, whose the next step of it is, and what changed in it."""

from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from casework.messages.parts import sent_of, to_owner
from casework.models import Case, Step, StepKind
from casework.states import CaseState
from journal.models import Event
from journal.querysets import EventQuerySet
from kit import words
from messaging import outbox
from messaging.kinds import Kind
from messaging.texts import fitted


def plan_text(case: Case, language: str) -> str:
    """What the client does first; and where somebody else does the next step, who that is and until when."""
    steps = case.steps.to_tell()
    if not steps:
        return plan_in_general(case, language)
    with override(language):
        names, days = {}, {}
        for who, step in zip(("theirs", "own") if len(steps) > 1 else ("step",), steps, strict=True):
            names[who] = step.kind.label
            days[f"{who}_day"] = words.plain(words.day_short(step.due_on))
        return fitted(sentence_for(steps), language, names=names, helpline=settings.HELPLINE, **days)


def sentence_for(steps: list[Step]) -> str:
    """Every step with the one who does it: an advisor's is not the client's to do."""
    is_advisors = steps[0].kind.owner == StepKind.Owner.ADVISOR
    if len(steps) > 1:
        return (
            _("Plan agreed. Your advisor: {theirs}, by {theirs_day}. You: {own}, by {own_day}. Help {helpline}")
            if is_advisors
            else _("Plan agreed. Our partner: {theirs}, by {theirs_day}. You: {own}, by {own_day}. Help {helpline}")
        )
    if steps[0].kind.owner == StepKind.Owner.ENTREPRENEUR:
        return _("Your plan is agreed. You do next: {step}, by {step_day}. Help {helpline}")
    return (
        _("Your plan is agreed. Your advisor does next: {step}, by {step_day}. Help {helpline}")
        if is_advisors
        else _("Your plan is agreed. Our partner does next: {step}, by {step_day}. Help {helpline}")
    )


def plan_discreetly(case: Case, language: str) -> str:
    """The same, unless it names a loan: then only that there is a plan."""
    names_a_loan = any(step.kind.names_a_loan for step in case.steps.to_tell())
    return plan_in_general(case, language) if names_a_loan else plan_text(case, language)


def plan_in_general(case: Case, language: str) -> str:
    with override(language):
        said = (
            _("Your plan is agreed. See your next step on your page. Help {helpline}")
            if case.person.has_page
            else _("Your plan is agreed. Your advisor tells you the next step. Help {helpline}")
        )
        return said.format(helpline=settings.HELPLINE)


PLAN_AGREED = Kind(
    "casework.plan_agreed",
    recipient=to_owner,
    render=plan_text,
    discreet=plan_discreetly,
    lost=gettext_lazy("the agreed plan"),
)

# Older changes stand on the page alone.
NEWS_FOR = timedelta(days=7)


def changes_of(case: Case) -> EventQuerySet:
    """Each time that a step of the case was dropped or got another day, the newest first."""
    steps = Event.objects.filter(target_label=Step._meta.label_lower, target_id__in=case.steps.values("pk"))
    return steps.filter(name__in=("casework.step_dropped", "casework.step_moved"))


def which_change(case: Case) -> str:
    """The newest: of several, the text of the last one tells them all, and the others do not go."""
    return str(changes_of(case).values_list("pk", flat=True).first())


def untold(case: Case) -> list[tuple[Step, date | None]]:
    """The steps that are not as the client was told last, each with the day that it had then, if that was another.

    A text tells what changed up to its occasion: what changes while it goes out is told by the next one.
    """
    told = set(sent_of(PLAN_CHANGED, case).values_list("dedup_key", flat=True))
    had: dict[int, str] = {}
    for event in changes_of(case).filter(at__gt=timezone.now() - NEWS_FOR):  # the oldest comes last
        if outbox.dedup_key(PLAN_CHANGED.name, case, str(event.pk)) in told:
            break
        had[event.target_id] = event.data.get("was", "")
    steps = case.steps.for_list().filter(pk__in=had)
    return [(step, day_of(had[step.pk])) for step in steps if is_news(step, day_of(had[step.pk]))]


def day_of(written: str) -> date | None:
    return date.fromisoformat(written) if written else None


def is_news(step: Step, was: date | None) -> bool:
    """A step that is done meanwhile is none, nor one that has the day again that it had."""
    return step.is_dropped or (step.closed_at is None and step.due_on != was)


def has_news(case: Case) -> bool:
    return case.state != CaseState.CLOSED and bool(untold(case))


def changed_text(case: Case, language: str) -> str:
    """One step with its days; where several changed, how many: they stand on the page."""
    changed = untold(case)
    if len(changed) != 1:
        return changed_in_general(case, language)
    ((step, was),) = changed
    with override(language):
        days = {name: words.plain(words.day_short(day)) for name, day in (("day", step.due_on), ("was", was)) if day}
        names = {"step": step.kind.label}
        return fitted(sentence_of_change(step), language, names=names, helpline=settings.HELPLINE, **days)


def sentence_of_change(step: Step) -> str:
    if step.is_dropped:
        return _("Your plan changed. Not needed any more: {step}. Help {helpline}")
    if step.kind.owner == StepKind.Owner.ENTREPRENEUR:
        return _("Your plan changed. You: {step}, now by {day} in place of {was}. Help {helpline}")
    return (
        _("Your plan changed. Your advisor: {step}, now by {day} in place of {was}. Help {helpline}")
        if step.kind.owner == StepKind.Owner.ADVISOR
        else _("Your plan changed. Our partner: {step}, now by {day} in place of {was}. Help {helpline}")
    )


def changed_discreetly(case: Case, language: str) -> str:
    names_a_loan = any(step.kind.names_a_loan for step, _was in untold(case))
    return changed_in_general(case, language) if names_a_loan else changed_text(case, language)


def changed_in_general(case: Case, language: str) -> str:
    with override(language):
        said = (
            _("Your plan changed. See on your page what is to be done, and by when. Help {helpline}")
            if case.person.has_page
            else _("Your plan changed. Your advisor tells you what is to be done, and by when. Help {helpline}")
        )
        return said.format(helpline=settings.HELPLINE)


# Whoever changes one step often changes another: it waits for an hour of rest, and one text tells all of them.
PLAN_CHANGED = Kind(
    "casework.plan_changed",
    recipient=to_owner,
    render=changed_text,
    discreet=changed_discreetly,
    still_due=has_news,
    occasion=which_change,
    lost=gettext_lazy("what changed in the plan"),
)
