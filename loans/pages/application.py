"""The page of an application: where it stands, who has it, what is known, and what may be done."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from enterprises import needs
from kit import words
from loans.conditions import Condition, conditions, is_ready, lacks_of, standing
from loans.conflicts import conflict_of
from loans.guarantee import guarantors_left
from loans.models import Application
from loans.pages import exposure
from loans.pages.deciders import Deciders, deciders_of
from loans.pages.guarantors import guarantors_of
from loans.pages.road import before_payout, next_step_of, road_of
from loans.pages.votes import aside_of, votes_of
from loans.pages.waits import waits_in_words
from loans.states import BEFORE_COMMITTEE, OPEN_APPLICATIONS, UNDECIDED, ApplicationState

STATE_TONES = {
    ApplicationState.APPROVED: "soon",
    ApplicationState.REFUSED: "idle",
    ApplicationState.WITHDRAWN: "idle",
}
# (URL's verb, label, icon, permission, states) in the order of the buttons; the first that fits is filled.
VERBS = [
    ("visit", gettext_lazy("Record the visit"), "pin", "loans.appraise_application", {"received"}),
    ("guarantors", gettext_lazy("Guarantors"), "users", "loans.appraise_application", {"visited"}),
    ("vote", gettext_lazy("Vote"), "check", "loans.vote_on_application", {"guaranteed"}),
    ("disburse", gettext_lazy("Pay out"), "money", "loans.disburse_application", {"approved"}),
    ("guarantors", gettext_lazy("Add a guarantor"), "users", "loans.appraise_application", {"received"}),
    ("visit", gettext_lazy("Record another visit"), "pin", "loans.appraise_application", {"visited"}),
]
# What ends an application stands apart from what takes it on: a slip of the finger refuses nobody.
ENDS = [
    ("refuse", gettext_lazy("Do not approve"), "cross", "loans.refuse_application", set(UNDECIDED)),
    (
        "conflict",
        gettext_lazy("I must not decide on it"),
        "person",
        "loans.vote_on_application",
        set(UNDECIDED),
    ),
    (
        "withdraw",
        gettext_lazy("The applicant withdraws"),
        "back",
        "loans.withdraw_application",
        set(OPEN_APPLICATIONS),
    ),
]


@dataclass(frozen=True)
class ApplicationPage:
    """Everything that the page prints."""

    application: Application
    standing: str
    tone: str
    next_step: dict[str, Any] | None
    road: list[dict[str, Any]]
    facts: list[dict[str, Any]]
    plan: list[dict[str, Any]]
    guarantors: list[dict[str, Any]]
    exposed: list[str]
    votes: list[dict[str, Any]]
    aside: list[dict[str, Any]]
    deciders: Deciders | None
    conflict: str
    conditions: list[Condition]
    actions: list[dict[str, Any]]
    ends: list[dict[str, Any]]


def gather(application: Application, *, user: User, on: date) -> ApplicationPage:
    left, lacks = guarantors_left(application), lacks_of([application]).get(application.pk, [])
    asked = conditions(application, left) if application.is_open else []
    # Nobody is led to a page that says no.
    verbs = VERBS if all(condition.is_met for condition in asked) else [verb for verb in VERBS if verb[0] != "disburse"]
    conflict, aside = may_not_decide(application, user=user)
    step = next_step_of(application, left, lacks, on=on)
    if step and not lacks and application.state == ApplicationState.APPROVED:
        step |= before_payout(asked)
    exposed = exposure.of_those_behind(application, user=user, on=on)
    return ApplicationPage(
        application=application,
        standing=standing(application, left, lacks),
        tone=STATE_TONES.get(application.state, ""),
        next_step=step,
        road=road_of(application, left),
        facts=[
            *facts_of(application),
            *exposure.of_applicant(application, exposed),
            *waits_in_words(application, on=on),
        ],
        plan=plan_of(application),
        guarantors=guarantors_of(application, user=user, exposed=exposed),
        exposed=exposure.warnings_of(application, exposed),
        votes=votes_of(application, user=user),
        aside=aside_of(application),
        deciders=deciders_of(application, on=on),
        conditions=asked,
        conflict=conflict,
        actions=actions_of(application, [verb for verb in verbs if verb[0] not in aside], left, user=user),
        ends=actions_of(application, [end for end in ENDS if end[0] not in aside], left, user=user),
    )


def needed_of(application: Application, *, user: User) -> list[dict[str, Any]]:
    """What the lender asks of whoever applies and nobody has said yet, while the application is open."""
    if not application.is_open:
        return []
    back = reverse(
        "loans:my-application" if user.is_entrepreneur else "loans:application-detail", args=[application.pk]
    )
    return needs.asked(application.person, application.enterprise, purpose=needs.LOAN, viewer=user, back=back)


def actions_of(application: Application, verbs: list[tuple], left: int, *, user: User) -> list[dict[str, Any]]:
    """Those of the verbs that this colleague has in this state."""
    is_visited = application.state == ApplicationState.VISITED
    # Once it is with the committee, where somebody took it back or counts no more.
    is_one_missing = bool(left) and application.is_open and application.state not in BEFORE_COMMITTEE
    if is_visited and not application.household_agrees:
        verbs = sorted(verbs, key=lambda found: found[0] != "visit")
    return [
        {
            "label": _("Check the guarantors and hand over")
            if verb == "guarantors" and is_visited and is_ready(application, left)
            else label,
            "icon": icon,
            "url": reverse(f"loans:application-{verb}", args=[application.pk]),
        }
        for verb, label, icon, permission, states in verbs
        if (application.state in states or (is_one_missing and verb == "guarantors" and "received" in states))
        and user.has_perm(permission, application)
    ]


def may_not_decide(application: Application, *, user: User) -> tuple[str, set[str]]:
    """Why this member must not decide, and which of the buttons that takes away, as a vote that was cast does."""
    if application.state not in UNDECIDED or not user.has_perm("loans.vote_on_application", application):
        return "", set()
    if application.votes.filter(member=user).exists():
        return "", {"vote", "conflict"}
    why = conflict_of(user, application)
    return why, {"vote", "conflict", "refuse"} if why else set()


def facts_of(application: Application, *, is_own: bool = False) -> list[dict[str, Any]]:
    """What was asked for, and for colleagues what the visit found."""
    visited = bool(application.visited_at) and not is_own
    approved = application.amount_approved
    facts = [
        {"label": _("Kind of loan"), "text": application.product.label},
        {"label": _("Amount asked for"), "text": words.rupees(application.amount_wanted)},
        {"label": _("Amount approved"), "text": words.rupees(approved)} if approved is not None else None,
        {"label": _("Months to repay"), "text": words.number(application.months)},
        {
            "label": _("For"),
            "text": application.purpose,
            "source": _("business plan") if application.business_plan_id else "",
        },
        {
            "label": _("Visit"),
            "text": application.get_visit_place_display(),
            "small": _("Met: %(whom)s") % {"whom": application.whom_met},
        }
        if visited
        else None,
        {"label": _("The household agrees"), "text": _("Yes") if application.household_agrees else _("No")}
        if visited
        else None,
        told_of(application, is_own=is_own),
        {"label": _("Fund"), "text": application.scheme.label},
        {"label": _("Interest, fee, penalty"), "text": application.scheme.cost_in_words},
    ]
    return [fact for fact in facts if fact]


def told_of(application: Application, *, is_own: bool) -> dict[str, Any] | None:
    """That the applicant was told before applying that their family is met: in which words, and when."""
    referral = application.referral
    if referral is None or not referral.told_wording:
        return None
    label = _("Told to you before you applied") if is_own else _("Told before applying")
    return {"label": label, "text": referral.told, "small": words.day_plain(referral.at)}


def plan_of(application: Application) -> list[dict[str, Any]]:
    """The business plan's figures a month, as SMEDA approved them, while the client lets SMEDA share them."""
    plan = application.business_plan
    if plan is None or application.unshared_at is not None:
        return []
    return [
        {"label": _("Sales a month"), "text": words.rupees(plan.sales)},
        {"label": _("Costs a month"), "text": words.rupees(plan.costs)},
        {"label": _("Left a month"), "text": words.rupees(plan.profit)},
        {"label": _("Own money"), "text": words.rupees(plan.own_share)},
    ]
