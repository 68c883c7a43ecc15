"""The branch's desk, and the rows of loans that the due list shares with it."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import Role
from casework.models import Referral
from kit import words
from kit.paging import page
from loans.conditions import standings
from loans.models import Application, LedgerEntry, Loan, ReceiptBook
from loans.querysets.arrears import risen, to_visit
from loans.schedule import days_late
from loans.states import ApplicationState
from places.calendar import LENDING, Calendar

WEEK = timedelta(days=7)
ON_DESK = 10


@dataclass(frozen=True)
class Desk:
    """What waits at the branches in the user's sight."""

    counts: list[dict[str, Any]]
    columns: dict[str, list[dict[str, Any]]]
    referrals: list[dict[str, Any]]
    views: list[dict[str, Any]]
    applications: list[dict[str, Any]]
    unshared: list[dict[str, Any]]
    elsewhere: list[dict[str, Any]]
    late: list[dict[str, Any]]
    risen: int
    is_manager: bool
    next_url: str
    previous_url: str
    is_cashier: bool
    missing_slips: str


def desk(user: User, *, on: date, state: str = "", after: str = "") -> Desk:
    """Referrals to take up, open applications with what each waits for, and who is late: the most pressing first."""
    calendar = Calendar.load(LENDING)
    referrals = waiting_referrals(user)
    of_branch = Application.objects.visible_to(user)
    applications = of_branch.open()
    loans = Loan.objects.visible_to(user)
    late = loans.late(on=on, calendar=calendar)
    due = loans.due(on=on, until=on + WEEK, calendar=calendar)
    states = Counter(applications.order_by().values_list("state", flat=True))
    chosen = applications.filter(state=state) if state in states else applications
    found = page(chosen.for_list(), order=("due_on", "id"), after=after)
    said_of = standings(found.rows)
    said = {"state": state} if state in states else {}
    is_manager = user.has_role(Role.BRANCH_MANAGER, Role.AREA_MANAGER)
    return Desk(
        counts=counts_of(
            referrals=referrals.count(),
            applications=sum(states.values()),
            due=due.count(),
            late=late.count(),
            visits=to_visit(loans, on=on).count(),
        ),
        columns=desk_columns(),
        referrals=rows_of(referrals[:ON_DESK], lambda row: referral_row(row, on=on)),
        views=views_of(states, current=said.get("state", "")),
        applications=rows_of(found.rows, lambda row: application_row(row, waits_for=said_of[row.pk], on=on)),
        unshared=rows_of(of_branch.unshared(since=timezone.now() - WEEK).for_list()[:ON_DESK], unshared_row),
        elsewhere=rows_of(taken_elsewhere(user, since=on - WEEK), elsewhere_row),
        late=rows_of(
            late.not_frozen().for_list().order_by("next_due_on", "id")[:ON_DESK],
            lambda row: loan_row(row, on=on, calendar=calendar),
        ),
        risen=risen(loans, on=on).count() if is_manager else 0,
        is_manager=is_manager,
        next_url=url_of(said, found.next),
        previous_url=url_of(said, found.previous),
        is_cashier=user.has_role(Role.CASHIER),
        missing_slips=missing_in_words(user),
    )


def missing_in_words(user: User) -> str:
    """How many slips nobody accounted for."""
    missing = ReceiptBook.objects.visible_to(user).lacking().aggregate(slips=Sum("missing"))["slips"]
    return ngettext("%(n)s slip is missing", "%(n)s slips are missing", missing) % {"n": missing} if missing else ""


def counts_of(*, referrals: int, applications: int, due: int, late: int, visits: int) -> list[dict[str, Any]]:
    loan_list = reverse("loans:loan-list")
    of_week = ngettext("instalment due this week", "instalments due this week", due)
    return [
        {
            "number": referrals,
            "label": ngettext("referral to take up", "referrals to take up", referrals),
            "url": "#referrals",
        },
        {
            "number": applications,
            "label": ngettext("open application", "open applications", applications),
            "url": "#applications",
        },
        {"number": due, "label": of_week, "url": f"{loan_list}?show=week"},
        {
            "number": late,
            "label": ngettext("late loan", "late loans", late),
            "url": f"{loan_list}?show=late",
            "is_late": True,
        },
        {
            "number": visits,
            "label": ngettext("visit to make now", "visits to make now", visits),
            "url": f"{loan_list}?show=visit",
        },
    ]


def rows_of(records: Iterable[Any], draw: Callable[[Any], dict[str, Any]]) -> list[dict[str, Any]]:
    """One group of rows as `components/rows.html` takes it, or none."""
    rows = [draw(record) for record in records]
    return [{"rows": rows}] if rows else []


def views_of(states: Counter, *, current: str) -> list[dict[str, Any]]:
    """The steps at which applications stand, each with its number."""
    views = [{"label": _("All"), "url": "?#applications", "is_current": not current}]
    for state in ApplicationState:
        if states[state]:
            # Of those visited some have their guarantors, some not.
            label = _("visited") if state == ApplicationState.VISITED else state.label
            label = f"{capfirst(label)} ({states[state]})"
            views.append({"label": label, "url": f"?state={state}#applications", "is_current": state == current})
    return views


def url_of(filters: dict[str, str], cursor: str | None) -> str:
    return "?" + urlencode(filters | {"after": cursor}) if cursor else ""


def desk_columns() -> dict[str, list[dict[str, Any]]]:
    """The column heads of the desk's three tables."""
    names = {
        "referrals": [_("Due"), _("Client"), _("Loan wanted"), _("Branch"), _("Sent")],
        "applications": [_("Due"), _("Applicant"), _("Waits for"), _("Amount"), _("Reference"), _("Waiting")],
        "unshared": [_("Ended"), _("Applicant"), _("Amount"), _("Reference")],
        "elsewhere": [_("Day"), _("Borrower"), _("Amount"), _("Taken at"), _("Slip")],
        "loans": loan_heads(),
    }
    return {table: [{"label": label} for label in labels] for table, labels in names.items()}


def loan_heads() -> list[str]:
    return [_("Late"), _("Borrower"), _("To pay now"), _("By"), _("Left"), _("Loan")]


def waiting_referrals(user: User) -> QuerySet[Referral]:
    """Referrals to the lender that nobody has taken up yet."""
    sent = Referral.objects.visible_to(user).filter(to=Referral.To.LENDER, state="sent")
    of_enterprise = ("case__enterprise__sector", "case__enterprise__district")
    return sent.select_related("case__person", *of_enterprise, "to_office", "business_plan").order_by("due_on", "id")


def tone_of(due_on: date, on: date) -> str:
    if due_on < on:
        return "late"
    return "soon" if due_on == on else "idle"


def referral_row(referral: Referral, *, on: date) -> dict[str, Any]:
    case, plan = referral.case, referral.business_plan
    return {
        "cells": [
            {"kind": "days", "text": words.due_in(referral.due_on, on), "tone": tone_of(referral.due_on, on)},
            {
                "kind": "who",
                "text": case.person.name,
                "small": case.enterprise.called,
                "url": reverse("loans:referral-detail", args=[referral.pk]),
            },
            {"kind": "what", "text": words.rupees(plan.loan_wanted) if plan else ""},
            {"label": _("Branch"), "text": referral.to_office.label},
            {"label": _("Sent"), "text": words.day_short(localtime(referral.at))},
        ]
    }


def application_row(application: Application, *, waits_for: str, on: date) -> dict[str, Any]:
    waiting = words.plain(words.days_between(localtime(application.received_at).date(), on))
    return {
        "cells": [
            {"kind": "days", "text": words.due_in(application.due_on, on), "tone": tone_of(application.due_on, on)},
            {
                "kind": "who",
                "text": application.person.name,
                "small": application.enterprise.called,
                "url": application.get_absolute_url(),
            },
            {"kind": "what", "text": capfirst(waits_for)},
            {"label": _("Amount"), "text": words.rupees(application.amount), "small": application.product.label},
            {"label": _("Reference"), "text": application.reference, "small": application.branch.label},
            {"label": _("Waiting"), "text": waiting},
        ]
    }


def unshared_row(application: Application) -> dict[str, Any]:
    return {
        "cells": [
            {"kind": "days", "text": words.day_short(localtime(application.unshared_at)), "tone": "idle"},
            {"kind": "who", "text": application.person.name, "url": application.get_absolute_url()},
            {"label": _("Amount"), "text": words.rupees(application.amount), "small": application.product.label},
            {"label": _("Reference"), "text": application.reference, "small": application.branch.label},
        ]
    }


def taken_elsewhere(user: User, *, since: date) -> QuerySet[LedgerEntry]:
    """Money for the branch's loans that lies in the drawer of another branch."""
    taken = LedgerEntry.objects.visible_to(user).taken_elsewhere(since=since)
    return taken.select_related("branch", "loan__person", "loan__branch")[:ON_DESK]


def elsewhere_row(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "cells": [
            {"kind": "days", "text": words.day_short(entry.posted_on), "tone": "idle"},
            {"kind": "who", "text": entry.loan.person.name, "url": entry.get_absolute_url()},
            {"kind": "what", "text": words.rupees(entry.amount)},
            {"label": _("Taken at"), "text": entry.branch.label, "small": entry.loan.branch.label},
            {"label": _("Slip"), "text": str(entry.slip), "small": entry.loan.reference},
        ]
    }


def loan_row(loan: Loan, *, on: date, calendar: Calendar) -> dict[str, Any]:
    late = days_late(loan.next_due_on, on=on, cutoff=calendar.last_before(on))
    if loan.next_due_on is None:
        due, tag, tone = "–", loan.get_ended_as_display(), "idle"
    else:
        due = words.day_short(calendar.first_at_or_after(loan.next_due_on))
        tag = words.due_in(on - timedelta(days=late), on) if late else _("On time")
        tone = "late" if late else "idle"
    if loan.is_frozen:
        tag, tone = _("Rests"), "soon"
    return {
        "cells": [
            {"kind": "days", "text": tag, "tone": tone},
            {"kind": "who", "text": loan.person.name, "small": loan.enterprise.called, "url": loan.get_absolute_url()},
            {"kind": "what", "text": words.rupees(loan.due_by(max(on, loan.next_due_on))) if loan.next_due_on else "–"},
            {"label": _("By"), "text": due},
            {"label": _("Left"), "text": words.rupees(loan.balance)},
            {"label": _("Loan"), "text": loan.reference, "small": loan.branch.label},
        ]
    }
