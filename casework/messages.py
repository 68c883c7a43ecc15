"""What casework tells people on their phones. `portal/message_kinds.py` lists the kinds."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from casework.models import Case, Step, StepKind
from casework.states import CaseState
from casework.sweeps import overdue_first_contacts
from enterprises.discretion import reach_if_allowed
from kit import words
from messaging.kinds import Kind, Recipient
from messaging.texts import fitted


def to_advisor(case: Case) -> Recipient | None:
    """The colleague who has the case; a manager who stands in is told too, because the case is theirs."""
    advisor = case.advisor
    return Recipient(phone=advisor.phone, language=settings.LANGUAGE_CODE) if advisor.phone else None


def to_owner(case: Case) -> Recipient | None:
    """The entrepreneur, while they let SMEDA contact them."""
    return reach_if_allowed(case.person)


def overdue_cases(now: datetime) -> Iterable[Case]:
    return overdue_first_contacts(now).exclude(advisor__phone="").iterator()


def is_overdue(case: Case) -> bool:
    is_late = case.state == CaseState.NEW and case.first_contact_due_on < timezone.localdate()
    return is_late and case.person.lets_contact


def today(_case: Case) -> str:
    """Once a day, until somebody calls."""
    return timezone.localdate().isoformat()


def overdue_text(case: Case, language: str) -> str:
    with override(language):
        return _("{reference}: the first call was due on {day}. Please call today.").format(
            reference=case.enterprise.reference, day=words.plain(words.day_short(case.first_contact_due_on))
        )


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


def handed_over_text(case: Case, language: str) -> str:
    """Who the advisor is now, and at which office."""
    with override(language):
        names = {"name": str(case.advisor), "office": case.office.label}
        text = _("Your advisor at SMEDA is now {name}, {office}. They call you. Help {helpline}")
        return fitted(text, language, names=names, helpline=settings.HELPLINE)


def advisor_of(case: Case) -> str:
    """Once for each advisor."""
    return str(case.advisor_id)


FIRST_CONTACT_OVERDUE = Kind(
    "casework.first_contact_overdue",
    recipient=to_advisor,
    render=overdue_text,
    still_due=is_overdue,
    due=overdue_cases,
    occasion=today,
)
PLAN_AGREED = Kind(
    "casework.plan_agreed",
    recipient=to_owner,
    render=plan_text,
    discreet=plan_discreetly,
    lost=gettext_lazy("the agreed plan"),
)
HANDED_OVER = Kind(
    "casework.handed_over",
    recipient=to_owner,
    render=handed_over_text,
    discreet=handed_over_text,
    occasion=advisor_of,
    lost=gettext_lazy("who their advisor is now"),
)
KINDS = (FIRST_CONTACT_OVERDUE, PLAN_AGREED, HANDED_OVER)
