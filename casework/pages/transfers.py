"""Who is asked to take a case, and who had it before."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from casework.actions.hand_overs import full_in_words
from casework.actions.transfers import answers_for, away_in_words, is_away, load_at, taker_at
from casework.models import Case, Transfer
from casework.states import TransferState
from kit import words
from kit.given import kept

MOST = 10
TONES = {TransferState.PROPOSED: "soon", TransferState.ACCEPTED: ""}


def tag_of(transfer: Transfer) -> dict[str, str]:
    is_over = transfer.state not in TONES
    return {"text": capfirst(transfer.get_state_display()), "tone": "idle" if is_over else TONES[transfer.state]}


def gather(transfer: Transfer, *, user: User, today: dt.date) -> dict[str, Any]:
    """What its page prints. Whoever is only asked reads what is needed to answer, and not who the client is."""
    sees_case = user.has_perm("casework.view_contact", transfer.case)
    is_open = transfer.state == TransferState.PROPOSED
    may_answer = is_open and user.has_perm("casework.answer_transfer", transfer)
    return {
        "sees_case": sees_case,
        "tag": tag_of(transfer),
        "answers": answers_of(transfer, today=today, sees_case=sees_case),
        "may_answer": may_answer,
        "may_withdraw": is_open and user.has_perm("casework.withdraw_transfer", transfer),
        "may_see": transfer.seen_at is None
        and transfer.state == TransferState.REFUSED
        and user.has_perm("casework.see_refusal", transfer),
        "may_undo": transfer.state == TransferState.ACCEPTED and user.has_perm("casework.undo_transfer", transfer),
        # Said to whoever answers; a manager may answer for who is asked.
        "yes": what_yes_does(transfer, user=user) if may_answer else "",
        "hurdle": hurdle_of(transfer, user=user) if may_answer else {"text": "", "is_full": False},
    }


def hurdle_of(transfer: Transfer, *, user: User) -> dict[str, Any]:
    """What stands in the way of a yes that is said for a colleague; past a full week it needs a reason."""
    now, asked = timezone.now(), transfer.to_advisor
    if asked is None or not answers_for(transfer, user):
        return {"text": "", "is_full": False}
    if is_away(asked, now=now):
        return {"text": away_in_words(asked), "is_full": False}
    load = load_at(transfer.to_office, asked, now=now)
    is_full = load is not None and load.role == Role.ADVISOR and load.is_full
    return {"text": full_in_words(load) if is_full else "", "is_full": is_full}


def what_yes_does(transfer: Transfer, *, user: User) -> str:
    """Who has the case after a yes; asked of an office, as things stand now."""
    if transfer.to_advisor is not None:
        is_named, taker = True, transfer.to_advisor
    else:
        is_named, taker = False, taker_at(transfer.to_office, transfer.case, by=user, now=timezone.now())
    if taker == user:
        return _(
            "If you say yes, the case is yours at once, with all that waits, and you see who the client is. "
            "The client is told."
        )
    if is_named:
        return _("If you say yes, the case goes to whoever is asked. The client is told.")
    goes = _("If you say yes, the case goes to whoever of the office takes the next case. The client is told.")
    return f"{goes} {_('Just now that is {name}.').format(name=taker)}" if taker else goes


def answers_of(transfer: Transfer, *, today: dt.date, sees_case: bool) -> list[dict[str, Any]]:
    """Who had the case then; how it stands now is said to who sees it, and to who is asked for it."""
    case, enterprise = transfer.case, transfer.case.enterprise
    is_open, was_asked = transfer.state == TransferState.PROPOSED, transfer.cause == Transfer.Cause.ASKED
    state, had = capfirst(case.get_state_display()), _("Who has it") if is_open else _("Who had it")
    rows = [
        {"label": _("Case"), "text": enterprise.reference, "small": state if sees_case or is_open else ""},
        {
            "label": _("Business"),
            "text": enterprise.sector.label if enterprise.sector else _("Not said yet"),
            "small": enterprise.district.label,
        },
        {"label": had, "text": str(transfer.from_advisor), "small": transfer.from_office.label},
        {"label": _("Who is asked") if was_asked else _("Who took it"), "text": transfer.to_in_words},
        {"label": _("Why"), "text": why(transfer)},
    ]
    if was_asked:
        rows.append({"label": _("Asked by"), "text": str(transfer.by), "small": words.day_plain(transfer.at)})
    if is_open:
        due = {"text": words.day_plain(transfer.due_on), "small": words.due_in(transfer.due_on, today)}
        rows.append({"label": _("Answer by"), **due})
    else:
        decided = {"text": str(transfer.decided_by), "small": words.day_plain(transfer.decided_at)}
        rows.append({"label": _("Decided by"), **decided})
    if transfer.refusal:
        rows.append({"label": _("Why not"), "text": transfer.refusal})
    return rows


def why(transfer: Transfer) -> str:
    """What was said; where nothing was, how it came about."""
    return transfer.reason or capfirst(transfer.get_cause_display())


def transfers_of_case() -> QuerySet:
    rows = Transfer.objects.of_given_case().select_related("from_advisor", "to_advisor", "to_office", "decided_by")
    return rows.order_by("-at", "-id")[:MOST]


def history(request: HttpRequest, case: Case) -> tuple[str, dict[str, Any]] | None:
    """A panel beside the case: who was asked to take it, and who had it before."""
    found = kept(transfers_of_case).ask({"case_id": case.pk}, case=case)
    lines = [
        {
            "transfer": transfer,
            "tag": tag_of(transfer),
            "why": transfer.refusal or why(transfer),
            "who": _("From {one} to {other}").format(one=transfer.from_advisor, other=transfer.to_in_words),
        }
        for transfer in found
    ]
    return ("casework/_case_transfers.html", {"lines": lines}) if lines else None
