from collections.abc import Iterator
from itertools import islice

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.models import Barrier, Grievance
from casework.pages import barriers as obstacles
from journal.models import JobRun
from kit import exports, words
from kit.paging import page
from reports import portfolio
from reports.actions import months
from reports.indicators import INDICATORS, Column, Figure, Indicator
from reports.periods import Month
from reports.readers import adjustment, chart_of_lending, complaints_by_sex, frozen_for, report_for, tiles_of
from reports.rules import reads_nationally

EARLIER_MONTHS = 3
# Rows of a file that are completed together.
AT_ONCE = 500


def month_asked(request) -> Month:
    """The month in the URL, never a future one; without one, the last whole month."""
    current = Month.of(timezone.localdate())
    asked = Month.parse(request.GET.get("month", ""))
    return min(asked, current) if asked else current.after(-1)


@require_safe
def dashboard(request):
    if not request.user.has_perm("reports.read_figures"):
        raise PermissionDenied
    month = month_asked(request)
    current = Month.of(timezone.localdate())
    frozen = frozen_for(month, request.user)
    chips = [
        {
            "label": words.plain(words.month(one.first)),
            "url": f"?month={one}",
            "is_current": one == month,
        }
        for one in [current.after(-back) for back in range(EARLIER_MONTHS + 1)]
    ]
    context = {
        "month": month,
        "is_closed": frozen is not None,
        "is_running": month == current,
        "chips": chips,
        "tiles": tiles_of(month, request.user, frozen=frozen),
        "chart": chart_of_lending(month, request.user, is_running=month == current),
        "report": JobRun.objects.filter(job="reports.month", period=str(month), state="done").first(),
        "may_download": request.user.has_perm("reports.download_report"),
        "to_answer": Grievance.objects.to_answer().filter(owner=request.user).count(),
    }
    return TemplateResponse(request, "reports/dashboard.html", context)


@require_safe
def barriers(request):
    """The ten worst obstacles, with who sees to each: of the whole country, or of a manager's districts."""
    if not request.user.has_perm("reports.read_figures"):
        raise PermissionDenied
    found = Barrier.objects.all()
    if not reads_nationally.test(request.user):
        found = found.met_in(request.user.district_ids)
    context = {"columns": obstacles.columns(), "groups": obstacles.groups(obstacles.worst(found), is_linked=False)}
    return TemplateResponse(request, "reports/barriers.html", context)


@require_safe
def complaints(request):
    """Complaints of the month by who complained: received, answered, put right and closed stand apart."""
    if not request.user.has_perm("reports.read_figures"):
        raise PermissionDenied
    month = month_asked(request)
    context = {"month": month, "back": f"{reverse('reports:dashboard')}?month={month}"}
    context |= complaints_by_sex(month, request.user)
    return TemplateResponse(request, "reports/complaints.html", context)


@require_safe
def rows(request, code):
    """The rows that make a figure: references, districts, dates and amounts, never names."""
    indicator = INDICATORS.get(code)
    is_portfolio = code in {*portfolio.CODES, portfolio.RECOVERED}
    needed = {"reports.read_portfolio_rows"} if is_portfolio else {"reports.open_rows"}
    if indicator is None:
        needed.add("reports.read_portfolio_rows")
    if not any(map(request.user.has_perm, needed)):
        raise PermissionDenied
    if indicator is None:
        raise Http404
    month = month_asked(request)
    part, narrowed = portfolio.part_asked(request.user, request.GET) if is_portfolio else ("", Q())
    found = indicator.listed(month, request.user).filter(narrowed)
    if request.GET.get("format") == "csv":
        return as_file(indicator, month, found)
    order = ("-is_counted", *indicator.order) if indicator.tells_counted else indicator.order
    shown = page(found, order=order, after=request.GET.get("after"), never_null=indicator.filled)
    figure = indicator.of(indicator.rows(month, request.user).filter(narrowed))
    # Of a part nothing was frozen.
    frozen = figure if part else (frozen_for(month, request.user) or {}).get(code, figure)
    late = adjustment(indicator, frozen, figure)
    link = f"?month={month}{part and '&'}{part}"
    then = {"value": months.printed(indicator, frozen), "parts": months.parts(indicator, frozen)}
    context = {
        "indicator": indicator,
        "month": month,
        "value": months.shown(indicator, figure),
        "parts": months.parts(indicator, figure),
        "rests_on": rests_on(indicator, figure, month, request.user),
        "frozen": then if late else None,
        "columns": [{"label": column.label, "kind": kind_of(column)} for column in indicator.columns],
        "groups": groups_of(indicator, shown.rows),
        "next_url": f"{link}&after={shown.next}" if shown.next else "",
        "previous_url": f"{link}&after={shown.previous}" if shown.previous else "",
        "export_url": f"{link}&format=csv",
        "count": found.count(),
        "back": f"{reverse('reports:portfolio' if part or indicator.page else 'reports:dashboard')}?month={month}",
    }
    return TemplateResponse(request, "reports/rows.html", context)


@require_safe
def portfolio_page(request):
    """Portfolio at risk at every step, beside what came back: of the programme, of districts, or of own branches."""
    if not request.user.has_perm("reports.read_portfolio"):
        raise PermissionDenied
    month = month_asked(request)
    ways = portfolio.divisions(request.user)
    by = request.GET.get("by", "")
    by = by if by in ways else "branch"
    is_reader = request.user.has_perm("reports.read_figures")
    context = {
        "month": month,
        "chips": [
            {"label": label, "url": f"?month={month}&by={name}", "is_current": name == by}
            for name, (_column, label) in ways.items()
        ],
        "columns": portfolio.columns(ways[by][1]),
        "groups": [{"rows": portfolio.table(month, request.user, by=by)}],
        "defined": [INDICATORS[code] for code in (*portfolio.CODES, portfolio.RECOVERED)],
        "back": f"{reverse('reports:dashboard')}?month={month}" if is_reader else reverse("loans:desk"),
        "back_label": _("Reports") if is_reader else _("Loans"),
    }
    return TemplateResponse(request, "reports/portfolio.html", context)


def rests_on(indicator: Indicator, figure: Figure, month: Month, viewer) -> str:
    """On how many answers the figure rests, as they stand now."""
    base = INDICATORS.get(indicator.among)
    return months.rests_on(indicator, {base.code: base.figure(month, viewer), indicator.code: figure}) if base else ""


def groups_of(indicator: Indicator, rows: list) -> list[dict]:
    """What is counted comes first; the others stand under a heading that says why they are here at all."""
    indicator.complete(rows)
    if not indicator.tells_counted:
        titled = [("", rows)]
    else:
        titled = [
            (_("Counted"), [one for one in rows if one.is_counted]),
            (_("Not counted, but part of the whole"), [one for one in rows if not one.is_counted]),
        ]
    return [
        {"title": title, "rows": [row_of(one, indicator.columns) for one in some]} for title, some in titled if some
    ]


def kind_of(column: Column) -> str:
    return "num" if column.kind == "rupees" else ""


def value_of(item, column: Column):
    """The value at the column's path, as data."""
    value = item
    for part in column.path.split("__"):
        value = getattr(value, part, None)
        if callable(value):
            value = value()
    return value


def row_of(item, columns) -> dict:
    cells = []
    for column in columns:
        value = value_of(item, column)
        if value is None:
            text = "–"
        elif column.kind == "day":
            text = words.day_plain(value)
        elif column.kind == "rupees":
            text = words.rupees(value)
        elif column.kind == "yes":
            text = _("Yes") if value else _("No")
        else:
            text = value
        cells.append({"text": text, "label": column.label, "kind": kind_of(column)})
    return {"cells": cells}


def cell_of(item, column: Column):
    """The value as a file has it: of an instant its day here, and yes or no in words, as on the page."""
    value = value_of(item, column)
    if value is None:
        return value
    if column.kind == "yes":
        return _("Yes") if value else _("No")
    return words.local_day(value) if column.kind == "day" else value


def as_file(indicator, month, found):
    """Exactly what is filtered, streamed."""
    head = [[str(column.label) for column in indicator.columns]]
    rows = exports.found(found.order_by(*indicator.order))
    body = ([cell_of(one, column) for column in indicator.columns] for some in batches(rows, indicator) for one in some)
    lines = exports.csv_lines(row for part in (head, body) for row in part)
    name = f"{indicator.code}-{month}.csv"
    # `FileResponse` names no file that it cannot read itself.
    named = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)}
    return StreamingHttpResponse((line.encode() for line in lines), "text/csv; charset=utf-8", headers=named)


def batches(rows: Iterator, indicator: Indicator) -> Iterator[list]:
    """Some rows at a time, with all that their columns read."""
    while some := list(islice(rows, AT_ONCE)):
        indicator.complete(some)
        yield some


@require_safe
def report_file(request, period, kind):
    """The month's report as it was written, once."""
    if not request.user.has_perm("reports.download_report"):
        raise PermissionDenied
    month = Month.parse(period)
    run = get_object_or_404(JobRun, job="reports.month", period=str(month), state=JobRun.State.DONE)
    if kind not in run.outcome:
        raise Http404
    return FileResponse(
        report_for(run, month, kind, request.user), as_attachment=True, filename=f"report-{month}.{kind}"
    )
