"""The portfolio's page: at risk at every step, and what came back, by branch, district, product, officer or sex."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Office, User
from enterprises.models import Sex
from kit import words
from loans.models import Product
from places.calendar import LENDING, Calendar
from places.models import District
from reports.actions import months
from reports.indicators import INDICATORS, Figure, portfolio
from reports.indicators.lending import due, owed
from reports.periods import Month

# By what the page divides: the column, and how its values are called.
BY: dict[str, tuple[str, Promise]] = {
    "branch": ("branch_id", gettext_lazy("Branch")),
    "district": ("district_id", gettext_lazy("District")),
    "product": ("product_id", gettext_lazy("Kind of loan")),
    "officer": ("application__officer_id", gettext_lazy("Loan officer")),
    "sex": ("sex", gettext_lazy("Sex")),
}
RECOVERED = "recovered"
CODES = [portfolio.code_of(days, with_rescheduled=way) for way in (True, False) for days in portfolio.STEPS]


def heads() -> list[str]:
    said = [
        _("From day 1"), _("Over 30 days"), _("Over 60 days"), _("Over 90 days"),
        _("From day 1, not rescheduled"), _("Over 30, not rescheduled"), _("Over 60, not rescheduled"),
        _("Over 90, not rescheduled"),
    ]  # fmt: skip
    return [*said, _("Recovery rate")]


def columns(first: Promise) -> list[dict[str, Any]]:
    return [{"label": first}, *({"label": head, "kind": "num"} for head in heads())]


def divisions(viewer: User) -> dict[str, tuple[str, Promise]]:
    """Whose loans they are, colleague by colleague, is for who leads them."""
    if viewer.has_perm("reports.read_officers"):
        return BY
    return {name: how for name, how in BY.items() if name != "officer"}


def part_asked(viewer: User, query: Mapping[str, str]) -> tuple[str, Q]:
    """Which rows of a figure the address asks for, as a filter; all of them where it names no part."""
    by, of = query.get("by", ""), query.get("of", "")
    if by not in divisions(viewer) or not of:
        return "", Q()
    if by == "sex":
        return (urlencode({"by": by, "of": of}), Q(sex=of)) if of in Sex.values else ("", Q())
    if not (of.isascii() and of.isdigit() and len(of) <= len("999999999999999999")):
        return "", Q()
    return urlencode({"by": by, "of": of}), Q(**{BY[by][0]: int(of)})


def table(month: Month, viewer: User, *, by: str) -> list[dict[str, Any]]:
    """A line for each part, and one for all of them; the figures of all columns are asked by two queries."""
    column = BY[by][0]
    found: dict[Any, dict[str, Figure]] = {}
    for part, code, figure in [*at_risk(month, viewer, column), *recovered(month, viewer, column)]:
        found.setdefault(part, {})[code] = figure
    names = names_of(by, [part for part in found if part is not None])
    lines = sorted(((names.get(part, "–"), part, figures) for part, figures in found.items()), key=lambda line: line[0])
    may_open = viewer.has_perm("reports.read_portfolio_rows")
    whole = {code: added([figures.get(code) for figures in found.values()]) for code in [*CODES, RECOVERED]}
    rows = [line_of(_("All"), whole, month=month, part={}, may_open=may_open)]
    rows += [
        line_of(name, figures, month=month, part={"by": by, "of": part}, may_open=may_open)
        for name, part, figures in lines
    ]
    return rows


def at_risk(month: Month, viewer: User, column: str) -> list[tuple[Any, str, Figure]]:
    rows = owed(month, viewer).annotate(is_rescheduled=portfolio.was_rescheduled(month))
    sums: dict[str, Any] = {"unpaid_all": summed_if(Q()), "unpaid_new": summed_if(Q(is_rescheduled=False))}
    calendar = Calendar.load(LENDING)
    for days in portfolio.STEPS:
        is_late = portfolio.late_by(days, month, calendar=calendar)
        sums |= {f"all_{days}": summed_if(is_late), f"new_{days}": summed_if(is_late & Q(is_rescheduled=False))}
    found = []
    for line in rows.order_by().annotate(part=F(column)).values("part").annotate(**sums):
        for way, key in ((True, "all"), (False, "new")):
            for days in portfolio.STEPS:
                code = portfolio.code_of(days, with_rescheduled=way)
                figure = Figure(line[f"{key}_{days}"], line[f"unpaid_{key}"], INDICATORS[code].version)
                found.append((line["part"], code, figure))
    return found


def summed_if(condition: Q) -> Coalesce:
    return Coalesce(Sum("unpaid", filter=condition), 0)


def recovered(month: Month, viewer: User, column: str) -> list[tuple[Any, str, Figure]]:
    rows: QuerySet = due(month, viewer).order_by().annotate(part=F(column)).values("part")
    sums = rows.annotate(paid=Coalesce(Sum("met"), 0), of=Coalesce(Sum("fallen"), 0))
    return [(one["part"], RECOVERED, Figure(one["paid"], one["of"], INDICATORS[RECOVERED].version)) for one in sums]


def added(figures: list[Figure | None]) -> Figure:
    there = [figure for figure in figures if figure is not None]
    return Figure(sum(one.numerator for one in there), sum(one.denominator or 0 for one in there))


def names_of(by: str, parts: list[Any]) -> dict[Any, str]:
    if by == "sex":
        return {part: str(Sex(part).label) for part in parts}
    if by == "officer":
        return {one.pk: str(one) for one in User.objects.filter(pk__in=parts)}
    model: Any = {"branch": Office, "district": District, "product": Product}[by]
    return {one.pk: one.label for one in model.objects.filter(pk__in=parts)}


def line_of(
    name: str, figures: Mapping[str, Figure], *, month: Month, part: dict[str, Any], may_open: bool
) -> dict[str, Any]:
    """A row of the table; every figure leads to the rows that make it."""
    cells: list[dict[str, Any]] = [{"kind": "who", "text": name}]
    for code, head in zip([*CODES, RECOVERED], heads(), strict=True):
        figure = figures.get(code, Figure(0, 0))
        query = urlencode({"month": str(month)} | part)
        cells.append(
            {
                "label": head,
                "kind": "num",
                "text": months.shown(INDICATORS[code], figure),
                "small": words.rupees_large(figure.numerator) if code != RECOVERED and figure.numerator else "",
                "url": f"{reverse('reports:indicator-rows', args=[code])}?{query}" if may_open else "",
            }
        )
    return {"cells": cells}
