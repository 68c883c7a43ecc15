"""Where an application stands on its road, and what comes next."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.models import Event
from kit import words
from loans.conditions import Condition, Lack, advisor_of, case_of, is_payable, papers_lacking, to_hand_in
from loans.facts import not_yet
from loans.limits import level_missing, matrix_of
from loans.models import Application
from loans.states import ApplicationState

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
        return title_of_vote(application)
    return NEXT[application.state][is_own]


def title_of_vote(application: Application) -> str:
    """How many votes there are; and where they are enough, whose yes they still lack."""
    votes, quorum = list(application.votes.all()), application.product.quorum
    enough = len(votes) >= quorum
    if enough and (missing := level_missing(application, votes, matrix_of(application, on=localdate()))):
        return _("Waits for the yes of: %(who)s") % {"who": missing.label}
    return _("The committee votes: %(cast)s of %(quorum)s") % {"cast": len(votes), "quorum": quorum}


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
