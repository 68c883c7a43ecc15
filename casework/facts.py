"""What a client is told of the calls to come and of a step of the plan: what to have ready."""

import datetime as dt
import re
from collections.abc import Collection
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import Attempt, Case, Introduction, Pause, Step
from enterprises.models import Enterprise
from enterprises.summaries import to_keep_ready
from journal.open_items import Facts
from kit import words
from kit.text import apart

MOST_TRIED = 3
# Why nobody calls just now, to the client's own eyes.
PAUSED_FOR: dict[str, Promise] = {
    Pause.Reason.CLIENT_ASKED: gettext_lazy("You asked for it"),
    Pause.Reason.AWAY: gettext_lazy("You are away"),
    Pause.Reason.ILL: gettext_lazy("You are ill"),
    Pause.Reason.MOURNING: gettext_lazy("Mourning in the family"),
    Pause.Reason.SHUT: gettext_lazy("Your business is shut for a while"),
    Pause.Reason.OTHER: gettext_lazy("Your advisor has a reason: ask them"),
}
COMMAS = re.compile("[,،]")


def of_first_contacts(ids: Collection[int]) -> dict[int, Facts]:
    """The same things that the confirmation of the registration asked for. One query for all of them."""
    return {
        case.pk: Facts(
            bring=tuple(to_keep_ready(is_idea=case.enterprise.stage == Enterprise.Stage.IDEA)), lines=lines_of(case)
        )
        for case in with_clock(ids).select_related("enterprise")
    }


def of_next_contacts(ids: Collection[int]) -> dict[int, Facts]:
    return {case.pk: Facts(lines=lines_of(case)) for case in with_clock(ids)}


def with_clock(ids: Collection[int]) -> Any:
    """Cases with the days on which somebody tried in vain since the last talk, and the pause that stands."""
    tried = Attempt.objects.since_last_talk().filter(case=OuterRef("pk")).order_by("-at")
    standing = Pause.objects.in_force(on=timezone.localdate()).filter(case=OuterRef("pk"))
    return Case.objects.filter(pk__in=ids).annotate(
        tried=ArraySubquery(tried.values("at")[:MOST_TRIED]),
        paused_for=Subquery(standing.values("reason")[:1]),
        paused_until=Subquery(standing.values("until_on")[:1]),
    )


def lines_of(case: Any) -> tuple[tuple[str, str, str], ...]:
    """That we tried, and why nobody calls just now."""
    lines = []
    if case.tried:
        days = sorted({timezone.localdate(at) for at in case.tried})
        said = words.listed([words.plain(words.day_short(day)) for day in days])
        lines.append(("phone", _("We tried to reach you"), said))
    if case.paused_for:
        day = words.plain(words.day_short(case.paused_until))
        lines.append(("clock", _("Nobody calls before %(day)s") % {"day": day}, str(PAUSED_FOR[case.paused_for])))
    return tuple(lines)


def call_promised_by(enterprise: Enterprise) -> dt.date | None:
    """The day by which their advisor is to call next; None where no call is to come, or its day is over."""
    case = Case.objects.open().filter(enterprise=enterprise).first()
    if case is None:
        return None
    by: dt.date | None = case.next_contact_on if case.first_contact_at else case.first_contact_due_on
    return by if by is not None and by >= timezone.localdate() else None


def of_steps(ids: Collection[int]) -> dict[int, Facts]:
    """The words of the step itself. One query for all of them."""
    steps = Step.objects.filter(pk__in=ids).select_related("kind")
    return {
        step.pk: Facts(title=step.kind.label, why=step.words, bring=tuple(parts_of(step.kind.in_language("bring"))))
        for step in steps
    }


def of_introductions(ids: Collection[int]) -> dict[int, Facts]:
    """Where they were sent, and what for: of several each reads differently. One query for all of them."""
    return {
        sent.pk: Facts(
            title=_("Your advisor asks you what came of this: {where}").format(where=apart(sent.place)), why=sent.why
        )
        for sent in Introduction.objects.filter(pk__in=ids)
    }


def parts_of(text: str) -> list[str]:
    """What somebody lists with the commas of either script."""
    return [part.strip() for part in COMMAS.split(text) if part.strip()]
