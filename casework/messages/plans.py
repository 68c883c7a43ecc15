"""The plan, and whose the next step of it is."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from casework.messages.parts import to_owner
from casework.models import Case, Step, StepKind
from kit import words
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
        return _("Your plan is agreed. You do first: {step}, by {step_day}. Help {helpline}")
    return (
        _("Your plan is agreed. Your advisor does first: {step}, by {step_day}. Help {helpline}")
        if is_advisors
        else _("Your plan is agreed. Our partner does first: {step}, by {step_day}. Help {helpline}")
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
