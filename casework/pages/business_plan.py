"""The one-page business plan, and what its reader can do with it."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions import business_plans, referrals
from casework.models import BusinessPlan
from casework.pages.case import TONES
from casework.states import BusinessPlanState, CaseState
from kit import words


def gather(plan: BusinessPlan, *, user: User) -> dict[str, Any]:
    """What the plan's page prints."""
    is_open = plan.state in BusinessPlan.MOVES["submit"].sources and plan.case.state != CaseState.CLOSED
    may_write = is_open and user.has_perm("casework.write_business_plan", plan)
    is_waiting = plan.state == BusinessPlanState.SUBMITTED
    may_approve = is_waiting and user.has_perm("casework.approve_business_plan", plan)
    sees_case = user.is_colleague and user.has_perm("casework.work_case", plan)
    return {
        "tag": {"text": capfirst(plan.get_state_display()), "tone": TONES.get(plan.state, "")},
        "answers": answers_of(plan) + author_of(plan, user=user),
        "edit_url": reverse("casework:business-plan-edit", args=[plan.pk]) if may_write else "",
        "warning": warning_of(plan) if may_write or may_approve else "",
        "may_submit": may_write and not business_plans.leaves_nothing(plan),
        "may_approve": may_approve and not business_plans.leaves_nothing(plan),
        "may_return": may_approve,
        "is_waiting_for_another": is_waiting and plan.author_id == user.pk,
        "sees_case": sees_case,
        "refer_url": refer_url_of(plan) if sees_case else "",
        "may_set_aside": sees_case and BusinessPlan.objects.to_refer().filter(pk=plan.pk).exists(),
    }


def warning_of(plan: BusinessPlan) -> str:
    """What the figures say against the plan, and what to do about it."""
    if business_plans.leaves_nothing(plan):
        return str(business_plans.LEAVES_NOTHING)
    if plan.profit < plan.monthly_instalment:
        return _(
            "The instalment is {instalment} a month, but only {left} is left. Ask for a smaller loan, or for more "
            "months."
        ).format(
            instalment=words.plain(words.rupees(plan.monthly_instalment)), left=words.plain(words.rupees(plan.profit))
        )
    return ""


def refer_url_of(plan: BusinessPlan) -> str:
    """What comes after the approval, while it is to be done. Where only the client's yes lacks, they are asked."""
    if plan.state != BusinessPlanState.APPROVED or plan.case.state == CaseState.CLOSED:
        return ""
    if referrals.obstacle(plan.case) not in referrals.SETTLED_THERE:
        return ""
    return reverse("casework:referral-create", args=[plan.case_id])


def author_of(plan: BusinessPlan, *, user: User) -> list[dict[str, Any]]:
    """Who wrote it, for colleagues; whether clients read an officer's name is the officer's to say."""
    return [{"label": _("Written by"), "text": str(plan.author)}] if user.is_colleague else []


def answers_of(plan: BusinessPlan) -> list[dict[str, Any]]:
    """The plan as facts: what it says, and what follows from it."""
    left = words.rupees(plan.profit)
    return [
        {"label": _("What the money is for"), "text": plan.purpose},
        {"label": _("Sales in a month"), "text": words.rupees(plan.sales)},
        {"label": _("Costs in a month"), "text": words.rupees(plan.costs)},
        {
            "label": _("Left in a month"),
            "text": left,
            "small": "" if plan.profit > 0 else _("Nothing is left to pay from"),
        },
        {"label": _("Own money for this"), "text": words.rupees(plan.own_share)},
        {"label": _("Loan wanted"), "text": words.rupees(plan.loan_wanted)},
        {
            "label": _("To pay back"),
            "text": _("About {amount} a month for {months} months").format(
                amount=words.plain(words.rupees(plan.monthly_instalment)), months=plan.months
            ),
            "small": _("Without interest. The lender sets the exact amount."),
        },
    ]


def sheets_of(plan: BusinessPlan) -> list[dict[str, Any]]:
    """The plan in every language of the portal, the client's own first."""
    own = plan.case.person.language
    codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != own)
    sheets = []
    for code in codes:
        with translation.override(code):
            is_rtl = translation.get_language_bidi()
            sheets.append({"code": code, "dir": "rtl" if is_rtl else "ltr", "answers": answers_of(plan)})
    return sheets
