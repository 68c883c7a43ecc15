"""The due list: whose instalment comes or is late, who has the loan, the last contact, and what comes next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from kit import phones, words
from kit.paging import SIZE, page
from loans import promises
from loans.models import Loan
from loans.pages import arrears
from loans.pages.lists import WEEK, loan_heads, loan_row, rows_of, url_of
from loans.querysets.arrears import risen, to_visit, with_next_step
from places.calendar import LENDING, Calendar

SHOWS = {
    "week": gettext_lazy("Due this week"),
    "late": gettext_lazy("Late"),
    "visit": gettext_lazy("To visit now"),
    "agreed": gettext_lazy("Day agreed"),
    "shut": gettext_lazy("Place is shut"),
    "overdue": gettext_lazy("Not seen to in time"),
    "": gettext_lazy("All that run"),
}
# A sheet for a day in the field: more than anybody visits.
ON_SHEET = 60
# Officers of one branch, or a few of an area; whoever reads more finds them by the search.
MOST_OFFICERS = 12


@dataclass(frozen=True)
class LoanList:
    columns: list[dict[str, Any]]
    views: list[dict[str, Any]]
    officers: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    next_url: str
    previous_url: str
    sheet_url: str
    is_sheet: bool


def loan_list(
    user: User, *, on: date, show: str, q: str, after: str, officer: int | None = None, is_sheet: bool = False
) -> LoanList:
    """One page of the loans in the user's sight: found by what was typed, or by what is due first."""
    calendar = Calendar.load(LENDING)
    loans = Loan.objects.visible_to(user)
    show = show if show in SHOWS and not q else ""
    found_of = loans.matching(q) if q else narrowed(loans, show, on=on, calendar=calendar)
    if officer is not None:
        found_of = found_of.filter(application__officer=officer)
    order = ("-id",) if q else ("next_due_on", "id")
    rows = found_of.for_list().select_related("application__officer")
    size = ON_SHEET if is_sheet else SIZE
    found = page(rows, order=order, after=after, never_null=[] if q else ["next_due_on"], size=size)
    draw = drawer([row.pk for row in found.rows], on=on, calendar=calendar, is_sheet=is_sheet)
    said = {name: value for name, value in {"q": q, "show": show, "officer": officer}.items() if value}
    heads = [
        *loan_heads(),
        _("Last contact"),
        _("What comes next"),
        *([_("Place"), _("What came of it")] if is_sheet else []),
    ]
    return LoanList(
        columns=[{"label": label} for label in heads],
        views=[
            chip(label, {"show": name, "officer": officer}, is_current=name == show and not q)
            for name, label in SHOWS.items()
        ],
        officers=officers_of(loans, on=on, calendar=calendar, show=show, chosen=officer),
        groups=rows_of(found.rows, draw),
        next_url=url_of(said, found.next),
        previous_url=url_of(said, found.previous),
        sheet_url="?" + urlencode(said | {"sheet": 1}),
        is_sheet=is_sheet,
    )


def narrowed(loans: Any, show: str, *, on: date, calendar: Calendar) -> Any:
    """The loans of one view; each is a question of the database."""
    return {
        "late": lambda: loans.late(on=on, calendar=calendar),
        "week": lambda: loans.due(on=on, until=on + WEEK, calendar=calendar),
        "visit": lambda: to_visit(loans, on=on),
        "agreed": lambda: with_next_step(loans, on=on).filter(promised_on__isnull=False),
        "shut": lambda: with_next_step(loans, on=on).filter(shut_until__isnull=False),
        "overdue": lambda: risen(loans, on=on),
    }.get(show, lambda: loans.filter(next_due_on__isnull=False))()


def officers_of(loans: Any, *, on: date, calendar: Calendar, show: str, chosen: int | None) -> list[dict[str, Any]]:
    """Whoever has a late loan in sight, where there are several; the one that is chosen always."""
    late = loans.late(on=on, calendar=calendar).order_by()
    theirs = User.objects.filter(pk__in=late.values("application__officer"))
    officers = list(theirs.order_by("full_name", "pk")[: MOST_OFFICERS + 1])
    if not chosen and not 1 < len(officers) <= MOST_OFFICERS:
        return []
    everybody = chip(_("Everybody’s"), {"show": show}, is_current=not chosen)
    return [
        everybody,
        *(
            chip(str(one), {"show": show, "officer": one.pk}, is_current=one.pk == chosen)
            for one in officers[:MOST_OFFICERS]
        ),
    ]


def chip(label: Any, filters: dict[str, Any], *, is_current: bool) -> dict[str, Any]:
    query = urlencode({name: value for name, value in filters.items() if value})
    return {"label": label, "url": f"?{query}", "is_current": is_current}


def drawer(ids: list[int], *, on: date, calendar: Calendar, is_sheet: bool) -> Callable[[Loan], dict[str, Any]]:
    """Draws a row: what was done about all of them is asked at once."""
    steps = {one.pk: one for one in with_next_step(Loan.objects.filter(pk__in=ids), on=on)} if ids else {}
    agreed = promises.of_loans(ids, on=on, calendar=calendar)

    def draw(loan: Loan) -> dict[str, Any]:
        row, step = loan_row(loan, on=on, calendar=calendar), steps.get(loan.pk)
        phone = loan.person.phone
        row["cells"][-1] |= {"small": str(loan.application.officer)}
        row["cells"] += [
            last_contact(step)
            | ({"also": {"url": f"tel:{phone}", "label": words.digits(phones.display(phone))}} if phone else {}),
            next_cell(step, agreed.get(loan.pk, []), on=on),
        ]
        if is_sheet:
            row["cells"] += [
                {"label": _("Place"), "text": loan.enterprise.place, "small": loan.enterprise.district.label},
                {"label": _("What came of it"), "text": ""},
            ]
        return row

    return draw


def last_contact(step: Any) -> dict[str, Any]:
    """The day on which somebody of the branch last saw them about what is late, or spoke with who vouches."""
    days = [step.visited_last_on, step.guarantors_spoken_on] if step else []
    latest = max(filter(None, days), default=None)
    visits = ""
    if step and step.visits_made:
        said = ngettext("%(visits)s visit", "%(visits)s visits", step.visits_made)
        visits = said % {"visits": step.visits_made}
    return {"label": _("Last contact"), "text": words.day_short(latest) if latest else "–", "small": visits}


def next_cell(step: Any, agreed: list[promises.Agreed], *, on: date) -> dict[str, Any]:
    if step is None:
        return {"label": _("What comes next"), "text": "–"}
    broken = promises.not_kept(agreed)
    small = [arrears.small_next(step, on=on)]
    if broken:
        said = ngettext("%(count)s agreed day not kept", "%(count)s agreed days not kept", broken)
        small.append(said % {"count": broken})
    return {
        "label": _("What comes next"),
        "text": arrears.said_next(step, on=on),
        "small": " · ".join(filter(None, small)),
    }
