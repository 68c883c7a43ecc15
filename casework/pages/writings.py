"""What client and advisor write to each other, as either side reads it: the oldest first."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.forms import ReplyForm
from casework.models import Case, Writing
from casework.pages import away
from casework.states import CaseState, WritingState
from kit import words
from kit.paging import page

SIZE = 20
# Beside the case stand the last few.
FEW = 3


@dataclass(frozen=True)
class Thread:
    """One page of it, and what the reader may do there.

    `news` are texts of the other side that the reader has not opened: they stand closed until a button opens them, so
    that *read* is never said of what nobody read. `seen` is the newest text of all.
    """

    case: Case
    lines: list[dict[str, Any]]
    news: int
    seen: int
    waits_until: dt.date | None
    may_write: bool
    older_url: str
    newer_url: str


def gather(case: Case, *, user: User, after: str = "", size: int = SIZE) -> Thread:
    """As the user may read it, in two queries; in one where nobody wrote."""
    is_client = user.has_perm("casework.write_to_advisor", case)
    may_write = is_client or user.has_perm("casework.answer_writing", case)
    rows = Writing.objects.visible_to(user).filter(case=case)
    found = page(rows.select_related("by", "ended_by"), order=("-at", "-id"), size=size, after=after)
    facts = facts_of(rows, is_client=is_client) if found.rows else {"seen": 0, "waits_until": None, "news": 0}
    return Thread(
        case=case,
        lines=[line_of(row, case, user=user, is_client=is_client, may_write=may_write) for row in reversed(found.rows)],
        news=facts["news"] if may_write else 0,
        seen=facts["seen"],
        waits_until=facts["waits_until"],
        may_write=may_write,
        older_url=f"?after={found.next}" if found.next else "",
        newer_url=f"?after={found.previous}" if found.previous else "",
    )


def facts_of(rows: QuerySet, *, is_client: bool) -> dict[str, Any]:
    """The newest of all, the earliest day of what waits, and how many of the other side's nobody opened."""
    unopened = Q(is_clients=not is_client, read_at__isnull=True)
    return rows.aggregate(
        seen=Max("pk"),
        waits_until=Min("due_on", filter=Q(state=WritingState.WAITING)),
        news=Count("pk", filter=unopened),
    )


def line_of(writing: Writing, case: Case, *, user: User, is_client: bool, may_write: bool) -> dict[str, Any]:
    writing.case = case  # with its business and office at hand, whom the rules ask about
    is_own_side = writing.is_clients == is_client and may_write
    return {
        "writing": writing,
        "who": who(writing, case, is_client=is_client),
        "is_closed": may_write and not is_own_side and writing.read_at is None,
        "state": state_of(writing, is_client=is_client),
        "ended": ended_in_words(writing) if not is_client else "",
        "may_take_back": writing.read_at is None and user.has_perm("casework.take_back_writing", writing),
    }


def who(writing: Writing, case: Case, *, is_client: bool) -> str:
    """To the client the role always, a colleague's name only if they agree; to colleagues the names."""
    if not is_client:
        return case.person.name if writing.is_clients else str(writing.by)
    if writing.is_clients:
        return _("You")
    return writing.by.introduced(_("Your advisor") if writing.by_id == case.advisor_id else _("SMEDA's office"))


def state_of(writing: Writing, *, is_client: bool) -> dict[str, str]:
    """What became of it, for the side that wrote it; of a client's text both read whether it is answered."""
    if writing.state == WritingState.ANSWERED:
        return {"text": _("Answered"), "tone": ""}
    if writing.state == WritingState.SETTLED:
        return {"text": _("Read, nothing to answer"), "tone": "idle"}
    if writing.is_clients and not is_client:
        return {"text": words.due_in(writing.due_on, timezone.localdate()), "tone": tone_of(writing)}
    if writing.is_clients == is_client or not is_client:
        return {"text": _("Read"), "tone": ""} if writing.read_at else {"text": _("Not read yet"), "tone": "idle"}
    return {}


def tone_of(writing: Writing) -> str:
    return "late" if writing.due_on < timezone.localdate() else "soon"


def ended_in_words(writing: Writing) -> str:
    """Who said that there is nothing to answer, and when."""
    if writing.state != WritingState.SETTLED:
        return ""
    facts = {"who": writing.ended_by, "day": words.plain(words.day_short(writing.ended_at))}
    return _("Nothing to answer, says {who}, {day}").format(**facts)


def of_case(request: HttpRequest, case: Case) -> tuple[str, dict[str, Any]] | None:
    """A panel beside the case: the last of it, with the form that answers; first of all while something waits."""
    thread = gather(case, user=request.user, size=FEW)
    if not thread.seen:
        return None
    form = answer_form(thread)
    context = {"thread": thread, "form": form, "is_urgent": thread.waits_until is not None}
    return "casework/_case_thread.html", context


def answer_form(thread: Thread, data: Any = None) -> ReplyForm:
    """It goes to the page of the newest texts, also from beside the case and from an earlier page."""
    form = ReplyForm(data, initial={"seen": thread.seen})
    form.helper.form_action = reverse("casework:thread", args=[thread.case.pk])
    return form


def for_client(thread: Thread) -> dict[str, Any]:
    """What the client is told beside it: who reads it, until when they answer, and whom to call."""
    case = thread.case
    return {
        "thread": thread,
        "case": case,
        "advisor": case.advisor.introduced(_("Your advisor")),
        "away": away.of_case(case, on=timezone.localdate()),
        "is_closed": case.state == CaseState.CLOSED,
        "is_late": thread.waits_until is not None and thread.waits_until < timezone.localdate(),
        "is_silent": not case.person.lets_contact,
    }
