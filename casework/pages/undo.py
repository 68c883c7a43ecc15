"""What a colleague did in the last 30 days, and may take back."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Case, Closure, Flag, Note, Transfer
from casework.pages import barriers, mistakes, outcomes
from casework.querysets.transfers import decided_lately_by
from casework.states import BACK_FOR, FlagState, TransferState

MOST = 50


def recent(user: User, *, now: dt.datetime) -> list[dict[str, Any]]:
    """What the user closed, removed, gave away or settled in the last 30 days, the newest first.

    Each says what was done and how it is taken back: by a button, or on a page that asks for a reason.
    """
    since = now - BACK_FOR
    rows = [*closed(user, since), *removed(user, since), *given(user), *settled(user, since)]
    rows += [*results(user, since), *obstacles(user, since), *mistakes.removed(user, since=since)]
    return sorted(rows, key=lambda row: row["at"], reverse=True)[:MOST]


def closed(user: User, since: dt.datetime) -> list[dict[str, Any]]:
    found = Closure.objects.visible_to(user).filter(closed_by=user, closed_at__gt=since, reopened_at__isnull=True)
    return [
        row_of(
            one.case,
            one.closed_at,
            icon="check",
            text=_("Case closed: {outcome}").format(outcome=one.get_outcome_display()),
            link={"url": reverse("casework:case-reopen", args=[one.case_id]), "label": _("Open this case again")},
        )
        for one in found.select_related("case__person", "case__enterprise").order_by("-closed_at")[:MOST]
    ]


def removed(user: User, since: dt.datetime) -> list[dict[str, Any]]:
    found = Note.objects.removed_by(user).filter(removed_at__gt=since)
    return [
        row_of(
            one.case,
            one.removed_at,
            icon="pencil",
            text=_("Note removed"),
            words=one.text,
            button={"url": reverse("casework:note-restore", args=[one.pk]), "label": _("Put the note back")},
        )
        for one in found.for_list().order_by("-removed_at")[:MOST]
    ]


def given(user: User) -> list[dict[str, Any]]:
    """Cases that the user took, or gave to somebody. They may be out of sight since: the reference stands for them."""
    found = Transfer.objects.filter(decided_lately_by(user), state=TransferState.ACCEPTED)
    seen = set(Case.objects.visible_to(user).filter(transfers__in=found).values_list("pk", flat=True))
    rows = found.select_related("case__person", "case__enterprise", "from_advisor", "to_advisor", "to_office")
    return [
        row_of(
            one.case,
            one.decided_at,
            icon="users",
            text=_("From {one} to {other}").format(one=one.from_advisor, other=one.to_in_words),
            is_seen=one.case_id in seen,
            button={
                "url": reverse("casework:transfer-undo", args=[one.pk]),
                "label": _("Undo: the case goes back"),
                "version": one.version,
            },
        )
        for one in rows.order_by("-decided_at")[:MOST]
    ]


def settled(user: User, since: dt.datetime) -> list[dict[str, Any]]:
    found = Flag.objects.visible_to(user).filter(cleared_by=user, cleared_at__gt=since, state=FlagState.CLEARED)
    return [
        row_of(
            one.case,
            one.cleared_at,
            icon="alert",
            text=_("Flag settled: {kind}").format(kind=one.get_kind_display()),
            words=one.text,
            button={
                "url": reverse("casework:flag-restore", args=[one.pk]),
                "label": _("Undo: raise it again"),
                "version": one.version,
            },
        )
        for one in found.select_related("case__person", "case__enterprise").order_by("-cleared_at")[:MOST]
    ]


def results(user: User, since: dt.datetime) -> list[dict[str, Any]]:
    return [
        row_of(
            one.case,
            one.removed_at,
            icon="eye",
            text=words,
            button={"url": reverse("casework:measure-restore", args=[one.pk]), "label": _("Put the result back")},
        )
        for one, words in outcomes.removed(user, since=since)
    ]


def obstacles(user: User, since: dt.datetime) -> list[dict[str, Any]]:
    return [
        row_of(
            one.case,
            one.removed_at,
            icon="cross",
            text=_("Obstacle taken back: {authority}").format(authority=authority),
            words=one.barrier.what,
            button={"url": reverse("casework:barrier-report-restore", args=[one.pk]), "label": _("Put it back")},
        )
        for one, authority in barriers.taken_back(user, since=since)
    ]


def row_of(case: Case, at: Any, *, is_seen: bool = True, **shown: Any) -> dict[str, Any]:
    who = {"who": case.person.name, "url": case.get_absolute_url()}
    unseen = {"who": _("Case {reference}").format(reference=case.enterprise.reference), "url": ""}
    return (who if is_seen else unseen) | {"at": at, "until": at + BACK_FOR} | shown


def removable(user: User, *, now: dt.datetime) -> list[Note]:
    """The notes that the user wrote in the last 30 days, and may remove."""
    own = Note.objects.visible_to(user).filter(by=user, at__gt=now - BACK_FOR)
    return list(own.for_list().order_by("-at", "-id")[:MOST])
