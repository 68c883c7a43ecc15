"""The pages of a registration as data: what is asked, on which form, and of whom."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enterprises.forms import StartForm, StepForm, WhatForm, WhoForm
from enterprises.models import Draft
from enterprises.reach_forms import ReachForm, WhereForm

CHECK = "check"


def is_new_here(draft: Draft) -> bool:
    """Of somebody signed in nothing is asked that we know."""
    return draft.person_id is None


def is_known(draft: Draft) -> bool:
    return draft.person_id is not None


def is_told_of_work(draft: Draft) -> bool:
    """Of an idea nothing is asked about the work; who said it before finds it among their answers."""
    return not draft.is_idea or "what" in draft.answers


def always(_draft: Draft) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """`is_needed` leaves a page out for those whom it does not concern."""

    key: str
    title: Promise
    idea_title: Promise
    form: type[StepForm]
    is_needed: Callable[[Draft], bool] = always

    def title_for(self, draft: Draft) -> Promise:
        return self.idea_title if draft.is_idea else self.title


STEPS = (
    Step("who", _("Who are you?"), _("Who are you?"), WhoForm, is_new_here),
    Step("reach", _("How do we reach you?"), _("How do we reach you?"), ReachForm, is_new_here),
    Step("reach", _("Where is your business?"), _("Where do you live?"), WhereForm, is_known),
    Step("what", _("What is your business?"), _("What do you want to do?"), WhatForm, is_told_of_work),
)
# Pages that there were before: whoever has one open goes on where they stand.
FORMER = {"phone", "where", "help"}

# Chosen on the start page, and changed on a page of its own: before the first, and counted as none.
OPENING = Step("start", _("A business or an idea?"), _("A business or an idea?"), StartForm)


def needed(draft: Draft) -> list[Step]:
    return [step for step in STEPS if step.is_needed(draft)]


def unanswered(draft: Draft) -> Step | None:
    """The first page that still has no answers; None when only sending is left."""
    return next((step for step in needed(draft) if step.key not in draft.answers), None)


def before(draft: Draft, key: str) -> Step | None:
    """The page before this one, which Back leads to; None on the first."""
    keys = [step.key for step in needed(draft)]
    place = keys.index(key) if key in keys else len(keys)
    return needed(draft)[place - 1] if place else None


def stopped_at(draft: Draft) -> Promise:
    """The page on which somebody stopped, by its title."""
    first = unanswered(draft) if draft.answers else None
    if first is not None:
        return first.title_for(draft)
    return _("The code from the message") if "consents" in draft.answers else _("Check your answers")
