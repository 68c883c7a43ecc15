"""What was refused, by its reason, beside what the check had said of the same before: each figure opens to its rows."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from kit import words
from kit.paging import page
from loans.models import Application, RefusalReason
from loans.precheck import Answer

# What the check said, as the links name it; what nothing was asked of is `none`.
SAID = (*Answer.values, "none")


@dataclass(frozen=True)
class RefusalPage:
    """`caught` of `refused` the check could have said."""

    refused: int
    caught: int
    columns: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    shown: str
    row_columns: list[dict[str, Any]]
    row_groups: list[dict[str, Any]]
    next_url: str


def gather(user: User, *, reason: str = "", said: str = "", after: str = "") -> RefusalPage:
    """The refusals in the user's sight. As many queries for any number."""
    refused = Application.objects.visible_to(user).with_said()
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for refusal, answer, number in refused.order_by().values_list("refusal", "said").annotate(number=Count("pk")):
        counted[refusal][answer or "none"] = number
    reasons = [one for one in RefusalReason.objects.all() if one.pk in counted]
    chosen = next((one for one in reasons if one.code == reason), None)
    said = said if said in SAID else ""
    found, filters = refused, {}
    if chosen is not None:
        found, filters = found.filter(refusal=chosen), {"reason": chosen.code}
    if said:
        found, filters = found.filter(said="" if said == "none" else said), filters | {"said": said}
    rows = page(
        found.select_related("person", "refusal", "branch"),
        order=("-decided_at", "-id"),
        after=after,
        never_null=("decided_at",),
    )
    heads = [_("Reason"), _("Refused"), *(said_in_words(one) for one in SAID)]
    return RefusalPage(
        refused=sum(sum(numbers.values()) for numbers in counted.values()),
        caught=sum(numbers.get(Answer.FAIL, 0) for numbers in counted.values()),
        columns=[{"label": head} for head in heads],
        groups=[{"rows": [reason_row(one, counted[one.pk]) for one in reasons]}] if reasons else [],
        shown=" · ".join([*([chosen.label] if chosen else []), *([said_in_words(said)] if said else [])]),
        row_columns=[{"label": head} for head in (_("Applicant"), _("Decided"), _("Reason"), _("Application"))],
        row_groups=[{"rows": [application_row(one) for one in rows.rows]}] if rows.rows else [],
        next_url="?" + urlencode(filters | {"after": rows.next}) if rows.next else "",
    )


def said_in_words(said: str) -> str:
    """As the heads of the columns say it."""
    return {
        Answer.PASS.value: _("The check said: in order"),
        Answer.FAIL.value: _("The check said: to settle first"),
        Answer.UNKNOWN.value: _("The check did not know"),
        "none": _("Not checked"),
    }[said]


def reason_row(reason: RefusalReason, numbers: dict[str, int]) -> dict[str, Any]:
    def cell(said: str, label: str, number: int) -> dict[str, Any]:
        filters = {"reason": reason.code} | ({"said": said} if said else {})
        return {"label": label, "text": words.number(number), "url": f"?{urlencode(filters)}#rows" if number else ""}

    return {
        "cells": [
            {"kind": "who", "text": reason.label},
            cell("", _("Refused"), sum(numbers.values())),
            *(cell(said, said_in_words(said), numbers.get(said, 0)) for said in SAID),
        ]
    }


def application_row(application: Application) -> dict[str, Any]:
    refusal = application.refusal
    return {
        "cells": [
            {"kind": "who", "text": application.person.name, "url": application.get_absolute_url()},
            {"label": _("Decided"), "text": words.day_short(localtime(application.decided_at).date())},
            {"label": _("Reason"), "text": refusal.label if refusal else ""},
            {"label": _("Application"), "text": application.reference, "small": application.branch.label},
        ]
    }
