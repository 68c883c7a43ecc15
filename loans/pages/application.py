"""The page of an application: where it stands, who has it, what is known, and what may be done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from enterprises import needs
from enterprises.family_querysets import household_members_of
from journal.models import Event
from kit import words
from loans.conditions import (
    Condition,
    Lack,
    advisor_of,
    case_of,
    close_guarantors,
    conditions,
    counting_guarantors,
    dead_guarantors,
    guarantors_left,
    is_payable,
    is_ready,
    lacks_of,
    papers_lacking,
    standing,
    to_hand_in,
)
from loans.facts import not_yet
from loans.models import Application, Guarantor, Loan
from loans.states import OPEN_APPLICATIONS, UNDECIDED, ApplicationState

STATE_TONES = {
    ApplicationState.APPROVED: "soon",
    ApplicationState.REFUSED: "idle",
    ApplicationState.WITHDRAWN: "idle",
}
# What comes next, in words for colleagues and for the applicant.
NEXT = {
    ApplicationState.RECEIVED: (gettext_lazy("Visit the home and the business"), gettext_lazy("The lender visits you")),
    ApplicationState.VISITED: (
        gettext_lazy("Hand over to the committee"),
        gettext_lazy("Bring two people who vouch for you to the branch"),
    ),
    ApplicationState.GUARANTEED: (gettext_lazy("The committee votes"), gettext_lazy("The committee decides")),
    ApplicationState.APPROVED: (gettext_lazy("Pay out the money"), gettext_lazy("Come to the branch for your money")),
}
# What the applicant has with them for it.
TO_BRING = {
    ApplicationState.RECEIVED: [gettext_lazy("Your identity card")],
    ApplicationState.VISITED: [gettext_lazy("Their identity cards and phone numbers")],
    ApplicationState.APPROVED: [gettext_lazy("Your identity card")],
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
        "withdraw",
        gettext_lazy("The applicant withdraws"),
        "back",
        "loans.withdraw_application",
        set(OPEN_APPLICATIONS),
    ),
]
ROAD = [
    ("received_at", gettext_lazy("Application")),
    ("visited_at", gettext_lazy("Visit")),
    ("guaranteed_at", gettext_lazy("Guarantors")),
    ("decided_at", gettext_lazy("Decision")),
    ("disbursed_at", gettext_lazy("Money")),
]
WAITS_FOR = {
    ApplicationState.RECEIVED: "visited_at",
    ApplicationState.GUARANTEED: "decided_at",
    ApplicationState.APPROVED: "disbursed_at",
}


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
    votes: list[dict[str, Any]]
    conditions: list[Condition]
    actions: list[dict[str, Any]]
    ends: list[dict[str, Any]]


def gather(application: Application, *, user: User, on: date) -> ApplicationPage:
    left, lacks = guarantors_left(application), lacks_of([application]).get(application.pk, [])
    asked = conditions(application, left) if application.is_open else []
    # Nobody is led to a page that says no.
    verbs = VERBS if all(condition.is_met for condition in asked) else [verb for verb in VERBS if verb[0] != "disburse"]
    step = next_step_of(application, left, lacks, on=on)
    if step and not lacks and application.state == ApplicationState.APPROVED:
        step |= before_payout(asked)
    return ApplicationPage(
        application=application,
        standing=standing(application, left, lacks),
        tone=STATE_TONES.get(application.state, ""),
        next_step=step,
        road=road_of(application, left),
        facts=[*facts_of(application), *loans_at_home(application, user=user, on=on)],
        plan=plan_of(application),
        guarantors=guarantors_of(application, user=user),
        votes=votes_of(application, user=user),
        conditions=asked,
        actions=actions_of(application, verbs, left, user=user),
        ends=actions_of(application, ENDS, left, user=user),
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
        if application.state in states
        and user.has_perm(permission, application)
        and not (verb == "vote" and application.votes.filter(member=user).exists())
    ]


def next_step_of(
    application: Application, left: int, lacks: list[Lack], *, on: date, is_own: bool = False
) -> dict[str, Any] | None:
    """The four facts of a status, while something is to come. What keeps the money back comes before the money."""
    if application.state not in NEXT:
        return None
    if lacks:
        until = {"since": localtime(application.decided_at).date(), "until": application.due_on}
        step = card_step(application, is_own=is_own) if Lack.CARD in lacks else papers_step(application, is_own=is_own)
        return {"bring": [], "actions": [], "after": "", "is_late": application.due_on < on} | until | step
    waits = is_own and application.state == ApplicationState.APPROVED and not is_payable(application)
    since = application.decided_at or application.guaranteed_at or application.visited_at or application.received_at
    by_branch = application.state in {ApplicationState.GUARANTEED, ApplicationState.APPROVED}
    officer = _("Loan officer") if is_own and not application.officer.is_named_to_clients else str(application.officer)
    return {
        "title": not_yet() if waits else title_of(application, left, is_own=is_own),
        "holder": application.branch.label if by_branch else officer,
        "office": "" if by_branch else application.branch.label,
        "phone": application.branch.phone if by_branch or is_own else "",
        "since": localtime(since).date(),
        "until": application.due_on,
        "is_late": application.due_on < on,
        "after": _("Heard nothing by then? Call the branch.") if is_own else "",
        "bring": TO_BRING.get(application.state, []) if is_own and not waits else [],
        "actions": [],
    }


def before_payout(asked: list[Condition]) -> dict[str, Any]:
    """What else comes before the money, and who does it; nothing where all is there."""
    unmet = next((condition for condition in asked if not condition.is_met), None)
    if unmet is None:
        return {}
    title = _("Before the money is given: %(what)s") % {"what": unmet.label}
    return {"title": title, "holder": unmet.holder, "office": "", "phone": ""}


def card_step(application: Application, *, is_own: bool) -> dict[str, Any]:
    """The advisor sees the card; the applicant takes it there."""
    if not is_own:
        return {"title": _("See the applicant's identity card"), "holder": advisor_of(application), "office": ""}
    case, holder, office = case_of(application), _("Your advisor"), {"office": ""}
    if case is not None:
        office = {"office": case.office.label, "phone": case.office.phone}
        holder = case.advisor.introduced(holder)
    title = _("Show your identity card to your advisor")
    return {"title": title, "holder": holder, "bring": [_("Your identity card")]} | office


def papers_step(application: Application, *, is_own: bool) -> dict[str, Any]:
    """The applicant sends the papers, or brings them; of those that are being checked nobody has to do anything."""
    labels = to_hand_in(papers_lacking(application))
    if not labels:
        title = _("Your papers are being checked for viruses") if is_own else _("The papers are being checked")
        return {"title": title, "holder": "", "office": ""}
    if not is_own:
        title = _("Papers to come: %(papers)s") % {"papers": words.plain(words.listed(labels))}
        return {"title": title, "holder": application.person.name, "office": ""}
    url = reverse("portal:my-papers", query={"ref": application.enterprise.reference}, fragment="missing")
    return {
        "title": _("Send or bring papers for your loan"),
        "holder": _("You"),
        "office": application.branch.label,
        "phone": application.branch.phone,
        "bring": labels,
        "actions": [{"label": _("Send them now"), "url": url, "icon": "go"}],
    }


def title_of(application: Application, left: int, *, is_own: bool) -> str:
    """What comes next; for guarantors and votes how many are still to come, as far as the reader may know."""
    if application.state == ApplicationState.VISITED:
        if is_own and not application.household_agrees:
            return _("The lender visits you again")
        if is_own and not left:
            return _("The branch hands it to the committee")
        if not is_own and not application.household_agrees:
            return _("Visit again: does the household agree?")
        if not is_own and left:
            return _("Guarantors: %(left)s of %(needed)s still to come") % {
                "left": left,
                "needed": application.product.guarantors_needed,
            }
    if application.state == ApplicationState.GUARANTEED and not is_own:
        return _("The committee votes: %(cast)s of %(quorum)s") % {
            "cast": application.votes.count(),
            "quorum": application.product.quorum,
        }
    return NEXT[application.state][is_own]


def road_of(application: Application, left: int) -> list[dict[str, Any]]:
    """The steps that this application has taken, and where it stands."""
    steps: list[dict[str, Any]] = []
    now = now_of(application, left)
    for name, label in ROAD:
        at = getattr(application, name)
        note = words.day_plain(at) if at is not None else ""
        if name == now:
            steps.append({"label": label, "note": note, "state": "now"})
        elif at is not None or (now == "decided_at" and name == "guaranteed_at"):
            said = application.get_state_display() if name == "decided_at" and application.refusal_id else label
            steps.append({"label": said, "note": note, "state": "done"})
        elif application.is_open:
            steps.append({"label": label, "note": "", "state": "todo"})
    if application.state == ApplicationState.WITHDRAWN:
        at = withdrawn_at(application)
        note = words.day_plain(at) if at else ""
        steps.append({"label": capfirst(application.get_state_display()), "note": note, "state": "done"})
    return steps


def withdrawn_at(application: Application) -> datetime | None:
    """The journal has when; on the row stands only when sharing ended."""
    events = Event.objects.filter(target_label=Application._meta.label_lower, target_id=application.pk)
    return events.filter(name="loans.withdrawn").values_list("at", flat=True).first()


def now_of(application: Application, left: int) -> str | None:
    """The step of the road that the application waits for; none when it is over.

    A household that does not agree is visited again. With enough guarantors it is on its way to the committee.
    """
    if application.state == ApplicationState.VISITED:
        if not application.household_agrees:
            return "visited_at"
        return "guaranteed_at" if left else "decided_at"
    return WAITS_FOR.get(application.state)


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
        {"label": _("Interest, fee, penalty"), "text": _("None, ever")},
    ]
    return [fact for fact in facts if fact]


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


def guarantors_of(application: Application, *, user: User) -> list[dict[str, Any]]:
    """Who vouches: those who are known by name with it; and those of the family as such, for whoever weighs them."""
    rows = application.guarantors.select_related("person")
    if application.disbursed_at:
        counted = counting_guarantors(application)
        return [guarantor_row(row, small=what_of_then(row, has_counted=row.person_id in counted)) for row in rows]
    reads = user.has_perm("enterprises.view_family", application.person)
    dead, close = (dead_guarantors(application), close_guarantors(application)) if reads else (set(), {})
    return [
        guarantor_row(row, small=what_of(row, is_dead=row.person_id in dead, is_close=row.person_id in close))
        for row in rows
    ]


def guarantor_row(guarantor: Guarantor, *, small: str) -> dict[str, Any]:
    return {"label": guarantor.get_relation_display(), "text": guarantor.shown_name, "small": small}


def what_of(guarantor: Guarantor, *, is_dead: bool, is_close: bool) -> str:
    if is_dead:
        return _("Written down as having died: does not count")
    if is_close:
        return _("Close relative of the applicant: does not count")
    if not guarantor.is_named:
        return _("Write them down again with the name as on the card.")
    return agreed(guarantor)


def what_of_then(guarantor: Guarantor, *, has_counted: bool) -> str:
    """Once the money was given: whether they vouched for it. Why somebody did not is not said any more."""
    return agreed(guarantor) if has_counted else _("Did not count as a guarantor")


def agreed(guarantor: Guarantor) -> str:
    return _("agreed on %(day)s") % {"day": words.plain(words.day_plain(guarantor.consented_at))}


def loans_at_home(application: Application, *, user: User, on: date) -> list[dict[str, Any]]:
    """How many loans run in the applicant's household beside their own: a number, and whose they are is not said."""
    if not user.has_perm("enterprises.view_family", application.person):
        return []
    others = household_members_of(application.person, on=on)
    running = Loan.objects.filter(ended_on__isnull=True, person__in=others).count()
    if not running:
        return []
    small = _("Ask how the household pays them before the committee meets.")
    return [{"label": _("Running loans of others in the household"), "text": words.number(running), "small": small}]


def votes_of(application: Application, *, user: User) -> list[dict[str, Any]]:
    """Who voted, and how. Until it is decided a member reads how they themselves voted alone, and so votes freely."""
    votes = application.votes.select_related("member", "refusal")
    is_secret = application.state == ApplicationState.GUARANTEED
    return [
        {
            "label": str(vote.member),
            "text": _("has voted") if is_secret and vote.member_id != user.pk else vote_in_words(vote),
            "small": words.plain(words.moment(vote.at)),
        }
        for vote in votes
    ]


def vote_in_words(vote) -> Any:
    if vote.approves:
        return words.plain(_("Yes, %(amount)s") % {"amount": words.rupees(vote.amount)})
    return _("No: %(reason)s") % {"reason": vote.refusal.label}
