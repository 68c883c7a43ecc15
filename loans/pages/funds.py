"""Whose money is lent: what each fund received, promised, gave and got back, and what is left to lend."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from kit import words
from kit.paging import Page, page
from loans.models import Application, FundingScheme, Loan, PurseEntry
from loans.purse import Purse, purses
from loans.states import ApplicationState

# What each sum is made of, under the name that its link carries.
SHOWS = {
    "money": gettext_lazy("Money of the funder"),
    "promised": gettext_lazy("Promised"),
    "given": gettext_lazy("Loans given"),
}


@dataclass(frozen=True)
class FundList:
    columns: list[dict[str, Any]]
    groups: list[dict[str, Any]]


def fund_list(user: User) -> FundList:
    """The funds in the user's sight, those that lend today first."""
    today = timezone.localdate()
    funds = list(FundingScheme.objects.visible_to(user).select_related("partner"))
    held = purses(funds)
    groups: dict[str, list[dict[str, Any]]] = {_("Lends today"): [], _("Ended, or not begun"): []}
    lends, rests = groups.values()
    for fund in funds:
        (lends if fund.lends_on(today) else rests).append(fund_row(fund, held[fund.pk]))
    heads = [_("Fund"), _("Left to lend"), _("Received"), _("Promised"), _("Lent out"), _("Came back")]
    return FundList(
        columns=[{"label": label} for label in heads],
        groups=[{"title": title, "rows": rows} for title, rows in groups.items() if rows],
    )


def fund_row(fund: FundingScheme, purse: Purse) -> dict[str, Any]:
    url = fund.get_absolute_url()
    received = words.rupees(purse.received - purse.returned) if fund.is_counted else _("not counted here")
    return {
        "cells": [
            {"kind": "who", "text": fund.label, "small": fund.partner.label, "url": url},
            {"kind": "what", "text": left_in_words(fund, purse)},
            {"label": _("Received"), "text": received, "url": opens(url, "money") if fund.is_counted else ""},
            {"label": _("Promised"), "text": words.rupees(purse.promised), "url": opens(url, "promised")},
            {"label": _("Lent out"), "text": words.rupees(purse.given), "url": opens(url, "given")},
            {"label": _("Came back"), "text": words.rupees(purse.recovered), "url": opens(url, "given")},
        ]
    }


def opens(url: str, show: str) -> str:
    return f"{url}?show={show}#rows"


def left_in_words(fund: FundingScheme, purse: Purse) -> Any:
    return words.rupees(purse.left) if fund.is_counted else _("no limit here")


@dataclass(frozen=True)
class FundPage:
    """What the page of one fund prints: its sums, its rules, and the rows that one of the sums is made of."""

    fund: FundingScheme
    left: Any
    sums: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    unchecked: list[dict[str, Any]]
    may_enter: bool
    views: list[dict[str, Any]]
    columns: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    hidden: int
    next_url: str
    previous_url: str


def gather(fund: FundingScheme, *, user: User, show: str, after: str) -> FundPage:
    purse = purses([fund])[fund.pk]
    names = [name for name in SHOWS if name != "money" or fund.is_counted]
    shown = show if show in names else names[0]
    heads, found, draw, of = OPENED[shown](fund, user=user, after=after)
    said = {"show": shown}
    return FundPage(
        fund=fund,
        left=left_in_words(fund, purse),
        sums=sums_of(fund, purse),
        rules=rules_of(fund, purse),
        unchecked=[to_agree(entry, user=user) for entry in unchecked_of(fund)],
        may_enter=fund.is_counted and user.has_perm("loans.enter_money", fund),
        views=[{"label": SHOWS[name], "url": f"?show={name}#rows", "is_current": name == shown} for name in names],
        columns=[{"label": head} for head in heads],
        groups=[{"rows": [draw(row) for row in found.rows]}] if found.rows else [],
        hidden=of,
        next_url=url_of(said, found.next),
        previous_url=url_of(said, found.previous),
    )


def url_of(said: dict[str, str], cursor: str | None) -> str:
    return "?" + urlencode(said | {"after": cursor}) + "#rows" if cursor else ""


def sums_of(fund: FundingScheme, purse: Purse) -> list[dict[str, Any]]:
    """In the order in which money goes round; each opens to its rows."""
    money = [
        {"label": _("Received from the funder"), "text": words.rupees(purse.received), "url": "?show=money#rows"},
        {"label": _("Returned to the funder"), "text": words.rupees(purse.returned), "url": "?show=money#rows"},
    ]
    back = _("lent again") if fund.is_revolving else _("not lent again")
    return [
        *(money if fund.is_counted else []),
        {"label": _("Promised, not paid out yet"), "text": words.rupees(purse.promised), "url": "?show=promised#rows"},
        {"label": _("Lent out"), "text": words.rupees(purse.given), "url": "?show=given#rows"},
        {"label": _("Came back"), "text": words.rupees(purse.recovered), "small": back, "url": "?show=given#rows"},
    ]


def rules_of(fund: FundingScheme, purse: Purse) -> list[dict[str, Any]]:
    """What the fund asks beside the product's own limits."""
    areas = [district.label for district in fund.districts.all()]
    ends = words.day_plain(fund.closes_on) if fund.closes_on else _("open")
    return [
        fact
        for fact in [
            {"label": _("Interest, fee, penalty"), "text": fund.cost_in_words},
            {"label": _("Largest amount"), "text": words.rupees(fund.max_amount)} if fund.max_amount else None,
            {"label": _("Age"), "text": fund.ages_in_words} if fund.least_age or fund.most_age else None,
            {"label": _("Where"), "text": areas or _("Everywhere")},
            {"label": _("Share for women"), "text": share_in_words(fund, purse)} if fund.women_share else None,
            {"label": _("From"), "text": words.day_plain(fund.opens_on)},
            {"label": _("Until"), "text": ends},
            {"label": _("Lent out of it"), "text": offered(fund) or _("Nothing yet")},
        ]
        if fact
    ]


def offered(fund: FundingScheme) -> list[str]:
    offers = fund.offers.filter(is_open=True, product__is_open=True).select_related("product")
    return [offer.product.label for offer in offers]


def unchecked_of(fund: FundingScheme) -> Any:
    return fund.purse.unchecked().select_related("by", "scheme__partner")


def share_in_words(fund: FundingScheme, purse: Purse) -> str:
    """The share that is asked for, and what it is: a quota is looked at, and refuses nobody."""
    if not purse.loans:
        return _("%(asked)s percent asked, no loan given yet") % {"asked": fund.women_share}
    return _("%(asked)s percent asked, %(share)s percent so far (%(women)s of %(loans)s loans)") % {
        "asked": fund.women_share,
        "share": round(100 * purse.to_women / purse.loans),
        "women": purse.to_women,
        "loans": purse.loans,
    }


def to_agree(entry: PurseEntry, *, user: User) -> dict[str, Any]:
    """Money that waits for a second person."""
    may = user.has_perm("loans.check_money", entry)
    said = {"kind": entry.get_kind_display(), "amount": words.plain(words.rupees(entry.amount)), "paper": entry.paper}
    return {
        "title": _("%(amount)s %(kind)s, %(paper)s") % said,
        "text": _("Written down by %(name)s on %(day)s. It counts when somebody else agrees.")
        % {"name": entry.by, "day": words.plain(words.day_plain(entry.at))},
        "agree_url": reverse("loans:money-agree", args=[entry.pk]) if may else "",
    }


Opened = tuple[list[str], Page, Callable[[Any], dict[str, Any]], int]


def money_rows(fund: FundingScheme, *, user: User, after: str) -> Opened:
    rows = fund.purse.counted().select_related("by", "checked_by")
    found = page(rows, order=("-on", "-id"), after=after)
    return [_("Day"), _("What"), _("Amount"), _("Paper"), _("Agreed by")], found, money_row, 0


def money_row(entry: PurseEntry) -> dict[str, Any]:
    return {
        "cells": [
            {"kind": "days", "text": words.day_plain(entry.on), "tone": "idle"},
            {"kind": "who", "text": entry.get_kind_display(), "small": str(entry.by)},
            {"kind": "what", "text": words.rupees(entry.amount)},
            {"label": _("Paper"), "text": entry.paper},
            {"label": _("Agreed by"), "text": str(entry.checked_by)},
        ]
    }


def promised_rows(fund: FundingScheme, *, user: User, after: str) -> Opened:
    """What is approved and not paid out; of branches out of the user's sight only how many there are."""
    rows = Application.objects.filter(scheme=fund, state=ApplicationState.APPROVED)
    seen = rows.visible_to(user)
    found = page(seen.for_list(), order=("due_on", "id"), after=after)
    heads = [_("Pay out by"), _("Applicant"), _("Amount"), _("Reference")]
    return heads, found, promised_row, rows.count() - seen.count()


def promised_row(application: Application) -> dict[str, Any]:
    url = application.get_absolute_url()
    return {
        "cells": [
            {"kind": "days", "text": words.day_plain(application.due_on), "tone": "idle"},
            {"kind": "who", "text": application.person.name, "small": application.enterprise.called, "url": url},
            {"kind": "what", "text": words.rupees(application.amount)},
            {"label": _("Reference"), "text": application.reference, "small": application.branch.label},
        ]
    }


def given_rows(fund: FundingScheme, *, user: User, after: str) -> Opened:
    rows = Loan.objects.given().filter(scheme=fund)
    seen = rows.visible_to(user)
    found = page(seen.for_list(), order=("-id",), after=after)
    heads = [_("Paid out"), _("Borrower"), _("Lent out"), _("Came back"), _("Loan")]
    return heads, found, given_row, rows.count() - seen.count()


def given_row(loan: Loan) -> dict[str, Any]:
    return {
        "cells": [
            {"kind": "days", "text": words.day_plain(loan.disbursed_on), "tone": "idle"},
            {"kind": "who", "text": loan.person.name, "small": loan.enterprise.called, "url": loan.get_absolute_url()},
            {"kind": "what", "text": words.rupees(loan.principal)},
            {"label": _("Came back"), "text": words.rupees(loan.paid_total)},
            {"label": _("Loan"), "text": loan.reference, "small": loan.branch.label},
        ]
    }


OPENED: dict[str, Callable[..., Opened]] = {"money": money_rows, "promised": promised_rows, "given": given_rows}
