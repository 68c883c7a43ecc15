"""The page of a death or a disability: what is known, who has it until when, and what may be done now."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from kit import words
from loans.models import Misfortune
from loans.states import MISFORTUNE_MOVES, MisfortuneState

BEFORE_REPORTING = [
    gettext_lazy("The loan rests at once: no reminder, no visit for money, no word to the guarantors."),
    gettext_lazy("A named person visits the family. Write down what you were told; papers come later."),
]
BEFORE_PROPOSING = [
    gettext_lazy("Look at the paper yourself. Somebody else decides."),
    gettext_lazy("What is forgiven never counts as money that came back."),
]
BEFORE_ENDING = [
    gettext_lazy("The borrower is told. The months on which the loan rested are not held against anybody."),
]
# Each move, the words of its button, and the page where it is made.
BUTTONS = (
    ("visit", gettext_lazy("I visited the family"), "loans:misfortune-visit"),
    ("waive", gettext_lazy("Forgive what was proposed"), "loans:misfortune-waive"),
    ("propose", gettext_lazy("Propose to forgive the loan"), "loans:misfortune-propose"),
    ("end", gettext_lazy("Let the loan go on"), "loans:misfortune-end"),
)


@dataclass(frozen=True)
class MisfortunePage:
    misfortune: Misfortune
    title: str
    tag: dict[str, str]
    notice: str
    answers: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    why_not: list[str]
    loan_url: str


def gather(misfortune: Misfortune, *, user: User) -> MisfortunePage:
    return MisfortunePage(
        misfortune=misfortune,
        title=misfortune.get_kind_display(),
        tag=tag_of(misfortune),
        notice=_("The loan rests: nobody reminds, and nobody asks the guarantors.") if misfortune.is_open else "",
        answers=answers_of(misfortune),
        actions=actions_of(misfortune, user=user),
        why_not=why_not(misfortune, user=user),
        loan_url=reverse("loans:loan-detail", args=[misfortune.loan_id]),
    )


def tag_of(misfortune: Misfortune) -> dict[str, str]:
    said = capfirst(misfortune.get_state_display())
    if not misfortune.is_open:
        return {"text": said, "tone": "idle", "icon": "check"}
    is_late = misfortune.due_on < timezone.localdate()
    return {"text": said, "tone": "late" if is_late else "soon", "icon": "alert" if is_late else "clock"}


def actions_of(misfortune: Misfortune, *, user: User) -> list[dict[str, Any]]:
    """What this colleague may do now; a visit that was made is made again only by who wants to."""
    return [
        {"label": label, "url": reverse(url_name, args=[misfortune.pk])}
        for verb, label, url_name in BUTTONS
        if misfortune.state in MISFORTUNE_MOVES[verb].sources
        and user.has_perm(MISFORTUNE_MOVES[verb].permission, misfortune)
    ]


def why_not(misfortune: Misfortune, *, user: User) -> list[str]:
    """Why somebody who manages here may not decide."""
    said = []
    if misfortune.state == MisfortuneState.PROPOSED and misfortune.verified_by_id == user.pk:
        said.append(_("You verified it. Somebody else decides."))
    if misfortune.is_open and misfortune.reported_by_id == user.pk:
        said.append(_("You wrote it down. Somebody else takes it back."))
    return said


def answers_of(misfortune: Misfortune) -> list[dict[str, Any]]:
    rows = [
        {"label": _("When"), "text": words.day_plain(misfortune.happened_on)},
        {"label": _("Who told us"), "text": misfortune.told_by},
        {
            "label": _("Written down"),
            "text": str(misfortune.reported_by),
            "small": words.day_plain(misfortune.reported_at),
        },
    ]
    if misfortune.visited_on:
        rows += [
            {
                "label": _("Visited"),
                "text": str(misfortune.visited_by),
                "small": words.day_plain(misfortune.visited_on),
            },
            {"label": _("Met"), "text": misfortune.whom_met},
        ]
    elif misfortune.is_open:
        by = _("by %(day)s") % {"day": words.plain(words.day_plain(misfortune.due_on))}
        rows.append({"label": _("Who visits"), "text": str(misfortune.visitor), "small": by})
    if misfortune.verified_by:
        rows += [
            {"label": _("Ground"), "text": misfortune.get_ground_display()},
            {"label": _("Paper"), "text": misfortune.get_paper_display(), "small": misfortune.paper_number},
            {"label": _("Amount to forgive"), "text": words.rupees(misfortune.amount)},
            {"label": _("Verified by"), "text": str(misfortune.verified_by)},
        ]
    if misfortune.ended_at:
        ended = {"text": misfortune.get_ending_display(), "small": misfortune.reason}
        rows += [{"label": _("How it ended"), **ended}, {"label": _("Decided by"), "text": str(misfortune.ended_by)}]
    return rows


def before_forgiving(misfortune: Misfortune) -> list[str]:
    amount = words.plain(words.rupees(misfortune.amount or 0))
    return [
        _("%(amount)s: %(ground)s. Verified by %(name)s.")
        % {"amount": amount, "ground": misfortune.get_ground_display(), "name": misfortune.verified_by},
        _("The family is told with condolence, and the guarantors are free when nothing is left."),
    ]
