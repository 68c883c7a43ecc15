"""The one-page business plan, and what its reader can do with it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework import limits, plan_lines
from casework.actions import business_plans, referrals
from casework.forms.business_plans import TITLES
from casework.models import BusinessPlan, Trade
from casework.pages.case import TONES
from casework.states import BusinessPlanState, CaseState
from enterprises.models import Enterprise
from kit import words

# What a plan asks for where no other trade fits.
ANY_WORK = "other"


def gather(plan: BusinessPlan, *, user: User) -> dict[str, Any]:
    """What the plan's page prints."""
    may_write = may_change(plan, user=user)
    is_waiting = plan.state == BusinessPlanState.SUBMITTED
    may_approve = is_waiting and user.has_perm("casework.approve_business_plan", plan)
    # What it was before it was approved is for SMEDA alone: neither client nor lender reads drafts.
    is_of_smeda = user.is_colleague and user.has_perm("casework.view_contact", plan)
    sees_case = user.is_colleague and user.has_perm("casework.work_case", plan)
    return {
        "tag": {"text": capfirst(plan.get_state_display()), "tone": TONES.get(plan.state, "")},
        "answers": answers_of(plan) + author_of(plan, user=user),
        "edit_url": reverse("casework:business-plan-edit", args=[plan.pk]) if may_write else "",
        "parts": parts_of(plan),
        "changes": changes_of(plan) if is_of_smeda else [],
        "remarks": remarks_of(plan) if is_of_smeda else [],
        "study": study_of(plan.trade) if is_of_smeda else {},
        "warning": warning_of(plan) if may_write or may_approve else "",
        "may_submit": may_write and not business_plans.leaves_nothing(plan),
        "may_approve": may_approve and not business_plans.leaves_nothing(plan),
        "may_return": may_approve,
        "late": late_of(plan) if is_waiting and is_of_smeda else "",
        "is_waiting_for_another": is_waiting and user.pk in plan.all_writers,
        "sees_case": sees_case,
        "refer": refer_of(plan) if sees_case else {},
        "may_set_aside": sees_case and BusinessPlan.objects.to_refer().filter(pk=plan.pk).exists(),
    }


def late_of(plan: BusinessPlan) -> str:
    """Since when a plan waits for its reader that should have been read, and whoever has it now."""
    if plan.due_on is None or plan.due_on >= timezone.localdate():
        return ""
    office = plan.read_at or plan.case.office
    said = _("Late since {day}. {office} has it.")
    return said.format(day=words.plain(words.day(plan.due_on)), office=office.label)


def may_change(plan: BusinessPlan, *, user: User) -> bool:
    """Nobody reads it now, and the case goes on."""
    is_open = plan.state in BusinessPlan.MOVES["submit"].sources and plan.case.state != CaseState.CLOSED
    return is_open and user.has_perm("casework.write_business_plan", plan)


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
    most = limits.most_lent()
    if most is not None and plan.loan_wanted > most:
        return _("No loan on offer is larger than Rs %(most)s. More own money, or a part of it first?") % {
            "most": f"{most:,}"
        }
    return ""


class Trades(NamedTuple):
    """What the page may ask for, and of which trade it does."""

    offered: list[Trade]
    chosen: Trade | None


def trades_for(enterprise: Enterprise, *, asked: str, plan: BusinessPlan | None = None) -> Trades:
    """The trade that was asked for; else the plan's, the one of the kind of work on file, or that of any work."""
    offered = list(Trade.objects.offered(beside=plan and plan.trade_id).prefetch_related("lines"))
    wanted = (
        lambda trade: trade.code == asked,
        lambda trade: plan is not None and trade.pk == plan.trade_id,
        lambda trade: trade.sector_id is not None and trade.sector_id == enterprise.sector_id,
        lambda trade: trade.code == ANY_WORK,
    )
    return Trades(offered, next((trade for fits in wanted for trade in offered if fits(trade)), None))


def study_of(trade: Trade | None) -> dict[str, str]:
    """SMEDA's study of this work; with its address once somebody looked at it."""
    if trade is None or not trade.study:
        return {}
    return {"name": trade.in_language("study"), "url": trade.study_url if trade.is_verified else ""}


def parts_of(plan: BusinessPlan) -> list[dict[str, Any]]:
    """The lines with their sums; what was written before plans had lines has the sums alone."""
    return [
        {
            "title": title,
            "lines": [
                {"label": plan_lines.label_of(line), "text": words.rupees(line["amount"])}
                for line in plan_lines.of_part(plan.lines, part)
            ],
            "sum": words.rupees(plan_lines.total(plan.lines, part)),
        }
        for part, title in TITLES.items()
        if plan_lines.of_part(plan.lines, part)
    ]


def changes_of(plan: BusinessPlan) -> list[dict[str, Any]]:
    """What is not as it was when the plan was sent the last time: {label, before, now}."""
    is_sent = plan.state in {BusinessPlanState.SUBMITTED, BusinessPlanState.APPROVED}
    earlier = plan.versions[:-1] if is_sent else plan.versions
    if not earlier:
        return []
    last = earlier[-1]
    rows = [
        (_("What the money is for"), last["purpose"], plan.purpose),
        (_("Months to pay it back"), str(last["months"]), str(plan.months)),
        *(
            (label, words.rupees(last[name]), words.rupees(getattr(plan, name)))
            for label, name in (
                (_("Own money for this"), "own_share"),
                (_("Loan wanted"), "loan_wanted"),
                (_("Costs in a month"), "costs"),
                (_("Sales in a month"), "sales"),
            )
        ),
        *line_changes(last["lines"], plan.lines),
    ]
    return [{"label": label, "before": before, "now": now} for label, before, now in rows if before != now]


def remarks_of(plan: BusinessPlan) -> list[dict[str, Any]]:
    """What readers said of earlier versions, oldest first; of one that is sent back the last stands above."""
    said = [version for version in plan.versions if version.get("remark")]
    if plan.state == BusinessPlanState.RETURNED:
        said = said[:-1]
    readers = User.objects.in_bulk({version["remark_by"] for version in said}) if said else {}
    return [
        {
            "text": version["remark"],
            "by": str(readers[version["remark_by"]]),
            "at": datetime.fromisoformat(version["remark_at"]),
        }
        for version in said
    ]


def line_changes(before: list[plan_lines.Line], now: list[plan_lines.Line]) -> Iterator[tuple[str, str, str]]:
    """Each line that either version has, with its amount in both; nothing where it is not there."""
    old, new = ({plan_lines.key_of(line): line for line in lines} for lines in (before, now))
    for key in {**old, **new}:
        line = new.get(key) or old[key]
        amounts = (words.rupees(lines[key]["amount"]) if key in lines else "" for lines in (old, new))
        yield plan_lines.label_of(line), *amounts


def refer_of(plan: BusinessPlan) -> dict[str, Any]:
    """What comes after the approval, while it is to be done. Where only the client's yes lacks, they are asked."""
    if plan.state != BusinessPlanState.APPROVED or plan.case.state == CaseState.CLOSED:
        return {}
    found = referrals.obstacle(plan.case)
    if found not in referrals.SETTLED_THERE:
        return {}
    return {
        "text": found.label if found else _("Next, the client can be referred to the lender."),
        "label": _("Ask the client first") if found else _("Refer to the lender"),
        "url": reverse("casework:referral-create", args=[plan.case_id]),
    }


def author_of(plan: BusinessPlan, *, user: User) -> list[dict[str, Any]]:
    """Who wrote it, for colleagues; whether clients read an officer's name is the officer's to say."""
    return [{"label": _("Written by"), "text": str(plan.author)}] if user.is_colleague else []


def answers_of(plan: BusinessPlan) -> list[dict[str, Any]]:
    """The plan as facts: what it says, and what follows from it."""
    purpose, loan, paid_back = of_loan(plan)
    return [
        purpose,
        {"label": _("What is needed"), "text": words.rupees(plan.needed)},
        {"label": _("Own money for this"), "text": words.rupees(plan.own_share)},
        loan | {"small": _("What own money leaves missing")},
        {"label": _("Sales in a month"), "text": words.rupees(plan.sales)},
        {"label": _("Costs in a month"), "text": words.rupees(plan.costs)},
        {
            "label": _("Left in a month"),
            "text": left_of(plan),
            "small": "" if plan.profit > 0 else _("Nothing is left to pay from"),
        },
        paid_back,
    ]


def left_of(plan: BusinessPlan) -> str:
    """What is left a month; where the costs are more than the sales, how much is short."""
    if plan.profit >= 0:
        return words.rupees(plan.profit)
    return _("{amount} short").format(amount=words.plain(words.rupees(-plan.profit)))


def of_loan(plan: BusinessPlan) -> list[dict[str, Any]]:
    """What for, how much, and how it is paid back: the request that the lender takes up as it stands here."""
    return [
        {"label": _("What the money is for"), "text": plan.purpose},
        {"label": _("Loan wanted"), "text": words.rupees(plan.loan_wanted)},
        {
            "label": _("To pay back"),
            "text": _("About {amount} a month for {months} months").format(
                amount=words.plain(words.rupees(plan.monthly_instalment)), months=plan.months
            ),
            "small": _("Without interest. The lender sets the exact amount."),
        },
    ]


def made_of(plan: BusinessPlan, *, user: User) -> list[dict[str, Any]]:
    """What a sheet says of itself: for which work, by whom, of which day and version."""
    author, sent = plan.author, len(plan.versions)
    is_draft = plan.state in BusinessPlan.MOVES["submit"].sources
    version = _("{number}, a draft").format(number=sent + 1) if is_draft else str(max(sent, 1))
    trade = [{"label": _("Kind of work"), "text": plan.trade.label}] if plan.trade else []
    shows_name = user.is_colleague or author.is_named_to_clients
    return [
        *trade,
        {"label": _("Written by"), "text": str(author) if shows_name else _("An advisor of SMEDA")},
        {"label": _("Day"), "text": words.day(plan.submitted_at or plan.written_at)},
        {"label": _("Version"), "text": version},
    ]


def sheets_of(plan: BusinessPlan, *, user: User) -> list[dict[str, Any]]:
    """The plan in every language of the portal, the client's own first."""
    own = plan.case.person.language
    codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != own)
    sheets = []
    for code in codes:
        with translation.override(code):
            is_rtl = translation.get_language_bidi()
            sheet = {"answers": answers_of(plan), "parts": parts_of(plan), "made": made_of(plan, user=user)}
            sheets.append({"code": code, "dir": "rtl" if is_rtl else "ltr"} | sheet)
    return sheets
