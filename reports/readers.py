"""What the dashboard shows, ready to print."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any, BinaryIO

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from enterprises.models import Sex
from journal.jobs import open_file
from journal.models import JobRun
from kit import words
from loans.models import Loan
from reports.actions import months
from reports.actions.months import parts, shown
from reports.indicators import INDICATORS, Figure, Indicator, casework, helpdesk
from reports.periods import Month
from reports.querysets import in_scope
from reports.rules import reads_nationally

MONTHS_SHOWN = 12


def frozen_for(month: Month, viewer: User) -> Mapping[str, Figure] | None:
    """The figures of a closed month as they stood; None while it is open.

    They are the whole programme's: who reads a region sees that region's, counted now. So, in what is not told to
    them, does whoever is complained of or had a contact that the client was asked about: a figure that is more than
    the rows they may open would tell them.
    """
    if not reads_nationally.test(viewer):
        return None
    figures = months.frozen(month)
    if figures is not None:
        figures |= {code: INDICATORS[code].figure(month, viewer) for code in untold(month, viewer)}
    return figures


def untold(month: Month, viewer: User) -> list[str]:
    """The indicators that count something of the month which the viewer is not told."""
    codes = [helpdesk.COMPLAINTS] if helpdesk.hides(month, viewer) else []
    return [*codes, *casework.OF_CALL_BACKS] if casework.hides(month, viewer) else codes


def report_for(run: JobRun, month: Month, kind: str, viewer: User) -> BinaryIO:
    """The month's report as it was written, once; for whom something of it is `untold`, with `frozen_for`'s figures.

    A refusal would tell them of it as the figure does.
    """
    figures = frozen_for(month, viewer) if untold(month, viewer) else None
    if figures is None:
        return open_file(run.outcome[kind])
    return BytesIO(months.WRITTEN[kind](month, figures))


def tiles_of(month: Month, viewer: User, *, frozen: Mapping[str, Figure] | None) -> list[dict[str, Any]]:
    """One tile an indicator: frozen figures of a closed month, with what was entered late beside them.

    What was not counted yet when the month was closed is a dash: a figure of today is not that month's report.
    Who reads totals alone gets no way to the rows.
    """
    may_open = viewer.has_perm("reports.open_rows")
    tiles = []
    on_dashboard = {code: one for code, one in INDICATORS.items() if not one.page}
    counted = {code: one.figure(month, viewer) for code, one in on_dashboard.items()}
    for code, indicator in on_dashboard.items():
        now = counted[code]
        figure = now if frozen is None else frozen.get(code)
        tiles.append(
            {
                "title": indicator.title,
                "value": shown(indicator, figure) if figure else months.NOTHING,
                "note": parts(indicator, figure) if figure else "",
                "rests_on": months.rests_on(indicator, counted if frozen is None else frozen) if figure else "",
                "adjustment": adjustment(indicator, figure, now) if figure else "",
                "definition": indicator.definition,
                "url": f"{reverse('reports:indicator-rows', args=[code])}?month={month}" if may_open else "",
            }
        )
    return tiles


def adjustment(indicator: Indicator, frozen: Figure, now: Figure) -> str:
    """What the figure is with what was entered since the month was closed; nothing where nothing changed.

    Where the definition changed since, a difference says nothing of what was entered.
    """
    if now == frozen or now.version != frozen.version:
        return ""
    whole = parts(indicator, now)
    figure = f"{shown(indicator, now)} ({whole})" if whole else shown(indicator, now)
    return _("With what was entered after the month was closed: %(figure)s") % {"figure": figure}


def chart_of_lending(month: Month, viewer: User, *, is_running: bool) -> dict[str, Any]:
    """Loans paid out in each of the twelve months that end with this one; the title says what the last one shows.

    Whole months are compared; of one that runs it says how many so far.
    """
    first = month.after(1 - MONTHS_SHOWN)
    lent = Loan.objects.given().filter(disbursed_on__range=(first.first, month.last))
    rows = in_scope(lent, viewer, enterprise="enterprise", district="district")
    by_month = {
        row["month"]: row
        for row in rows.annotate(month=TruncMonth("disbursed_on"))
        .values("month")
        .annotate(loans=Count("id"), rupees=Sum("principal"))
        .order_by()
    }
    points = []
    for ahead in range(MONTHS_SHOWN):
        one = first.after(ahead)
        row = by_month.get(one.first, {"loans": 0, "rupees": 0})
        points.append({"label": words.month_name(one.first), "value": row["loans"], "rupees": row["rupees"]})
    number, before = points[-1]["value"], points[-2]["value"]
    name = words.plain(words.month(month.first))
    if is_running:
        title = ngettext("%(n)s loan so far in %(month)s", "%(n)s loans so far in %(month)s", number)
    elif number > before:
        title = ngettext("More loans: %(n)s in %(month)s", "More loans: %(n)s in %(month)s", number)
    elif number < before:
        title = ngettext("Fewer loans: %(n)s in %(month)s", "Fewer loans: %(n)s in %(month)s", number)
    else:
        title = ngettext(
            "As many loans as before: %(n)s in %(month)s", "As many loans as before: %(n)s in %(month)s", number
        )
    lent = words.plain(words.rupees_large(sum(point["rupees"] for point in points)))
    return {
        "title": title % {"n": number, "month": name},
        "points": points,
        "head": [_("Month"), _("Loans")],
        "summary": _("Loans paid out in each of the last twelve months; the table below has the figures."),
        "sentence": _("%(lent)s lent in these twelve months, without interest.") % {"lent": lent},
    }


def complaints_by_sex(month: Month, viewer: User) -> dict[str, Any]:
    """How the complaints of the month stand, as a table: what was answered is not put right by that."""
    asked = {
        _("Received"): Count("id"),
        _("Answered"): Count("id", filter=Q(first_answer_at__isnull=False)),
        _("Answered in time"): Count("id", filter=Q(is_counted=True)),
        _("Put right"): Count("id", filter=Q(resolved_at__isnull=False)),
        _("Closed"): Count("id", filter=Q(state="closed")),
    }
    numbered = {f"number_{at}": count for at, count in enumerate(asked.values())}
    rows = helpdesk.complaints(month, viewer)
    found = {row["sex"]: row for row in rows.order_by().values("sex").annotate(**numbered)}
    lines = [(label, found.get(sex, {})) for sex, label in (*Sex.choices, ("", _("Not said")))]
    total = {name: sum(row.get(name, 0) for row in found.values()) for name in numbered}
    heads = list(asked)
    table = [
        [
            {"kind": "who", "text": label},
            *(
                {"kind": "num", "text": words.plain(words.number(line.get(name, 0))), "label": head}
                for name, head in zip(numbered, heads, strict=True)
            ),
        ]
        for label, line in [*lines, (_("All"), total)]
    ]
    return {
        "columns": [{"label": _("Who complained")}, *({"label": head, "kind": "num"} for head in heads)],
        "groups": [{"title": "", "rows": [{"cells": cells} for cells in table]}],
    }
