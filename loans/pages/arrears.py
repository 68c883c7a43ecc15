"""What is done about a late instalment, as the loan's page and the three forms show it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from kit import words
from loans import promises
from loans.arrears import guarantors_from, why_no_guarantor
from loans.guarantee import counting_guarantors
from loans.models import Guarantor, GuarantorContact, Loan, Visit
from loans.promises import Agreed, Standing
from loans.querysets.arrears import DECIDE, GUARANTORS, SECOND, VISIT, with_next_step
from loans.schedule import days_late
from places.calendar import LENDING, Calendar

STEPS = {
    VISIT: gettext_lazy("Visit"),
    SECOND: gettext_lazy("Second visit"),
    GUARANTORS: gettext_lazy("Speak with a guarantor"),
    DECIDE: gettext_lazy("Branch manager decides: more time, or new terms"),
}
TONES = {Standing.KEPT: "good", Standing.RUNS: "soon"}


@dataclass(frozen=True)
class Arrears:
    """The card on the loan's page."""

    next: str
    next_small: str
    is_late: bool
    warning: str
    history: list[dict[str, Any]]
    actions: list[dict[str, Any]]


def gather(loan: Loan, *, user: User, on: date) -> Arrears | None:
    """Nothing where nothing is or was late: then the card is not there."""
    if not user.has_perm("loans.read_arrears", loan):
        return None
    calendar = Calendar.load(LENDING)
    agreed = promises.of_loans([loan.pk], on=on, calendar=calendar).get(loan.pk, [])
    stepped = with_next_step(Loan.objects.filter(pk=loan.pk), on=on).first()
    history = history_of(loan, agreed)
    may = loan.is_live and not loan.is_frozen and user.has_perm("loans.chase_loan", loan)
    if stepped is None and not history and not may:
        return None
    return Arrears(
        next=said_next(stepped, on=on) if stepped else "",
        next_small=small_next(stepped, on=on) if stepped else "",
        is_late=stepped is not None and is_step_late(stepped, on=on),
        warning=warning_of(agreed),
        history=history,
        actions=actions_of(loan, stepped) if may else [],
    )


def is_held(loan: Any) -> bool:
    """An agreed day runs, or the place is shut: the step waits. Of a loan `with_next_step`."""
    return loan.promised_on is not None or loan.shut_until is not None


def is_step_late(loan: Any, *, on: date) -> bool:
    return not is_held(loan) and loan.step_on < on


def said_next(loan: Any, *, on: date) -> str:
    """What comes next, in a few words; of a loan `with_next_step`."""
    if loan.promised_on is not None:
        return _("Pays by %(day)s, as agreed") % {"day": words.plain(words.day_short(loan.promised_on))}
    if loan.shut_until is not None:
        return _("Waits: shut until %(day)s") % {"day": words.plain(words.day_short(loan.shut_until))}
    return str(STEPS[loan.step])


def small_next(loan: Any, *, on: date) -> str:
    if is_held(loan):
        return ""
    if loan.step_on < on:
        return words.plain(words.due_in(loan.step_on, on))
    return _("on %(day)s") % {"day": words.plain(words.day_short(loan.step_on))} if loan.step_on > on else _("Today")


def warning_of(agreed: Collection[Agreed]) -> str:
    broken = promises.not_kept(agreed)
    if broken < promises.MANY:
        return ""
    said = ngettext(
        "%(count)s agreed day was not kept. Speak with the branch manager before another is agreed.",
        "%(count)s agreed days were not kept. Speak with the branch manager before another is agreed.",
        broken,
    )
    return said % {"count": broken}


def actions_of(loan: Loan, stepped: Any) -> list[dict[str, Any]]:
    """What may be written down now; that a guarantor comes later, the page of the talk says itself."""
    visit = {"label": _("Record a visit"), "icon": "pin", "url": reverse("loans:late-visit", args=[loan.pk])}
    day = {"label": _("Agree on a day"), "icon": "calendar", "url": reverse("loans:day-agree", args=[loan.pk])}
    talk = {
        "label": _("Speak with a guarantor"),
        "icon": "users",
        "url": reverse("loans:guarantor-speak", args=[loan.pk]),
    }
    if stepped is None:
        return [day]
    if stepped.promised_on is not None:
        return [day]
    return [talk, visit, day] if stepped.step == GUARANTORS else [visit, day, talk]


def history_of(loan: Loan, agreed: Collection[Agreed]) -> list[dict[str, Any]]:
    """Visits, agreed days and talks with guarantors, the newest first."""
    visits = Visit.objects.filter(loan=loan).select_related("by")
    talks = GuarantorContact.objects.filter(loan=loan).select_related("by", "guarantor__person")
    found = [
        *((words.local_day(one.promise.at), one.promise.at, agreed_row(one)) for one in agreed),
        *((one.spoken_on, one.at, talk_row(one)) for one in talks),
        *((one.visited_on, one.at, visit_row(one)) for one in visits),
    ]
    return [row for _day, _at, row in sorted(found, key=itemgetter(0, 1), reverse=True)]


def visit_row(visit: Visit) -> dict[str, Any]:
    return {
        "label": words.day_plain(visit.visited_on),
        "text": _("Visit %(number)s: %(outcome)s") % {"number": visit.number, "outcome": visit.get_outcome_display()},
        "small": " · ".join(
            filter(None, [visit.get_place_display(), visit.get_whom_met_display(), visit.note, str(visit.by)])
        ),
    }


def talk_row(talk: GuarantorContact) -> dict[str, Any]:
    said = _("Guarantor %(name)s: %(outcome)s")
    return {
        "label": words.day_plain(talk.spoken_on),
        "text": said % {"name": talk.guarantor.shown_name, "outcome": talk.get_outcome_display()},
        "small": " · ".join(filter(None, [talk.note, str(talk.by)])),
    }


def agreed_row(one: Agreed) -> dict[str, Any]:
    said = _("Rs %(amount)s by %(day)s: %(standing)s")
    return {
        "label": words.day_plain(one.promise.at),
        "text": said
        % {
            "amount": f"{one.promise.amount:,}",
            "day": words.plain(words.day_plain(one.promise.pay_on)),
            "standing": one.standing.label,
        },
        "small": str(one.promise.by),
    }


def vouching(loan: Loan) -> list[Guarantor]:
    """Who counts as a guarantor of the loan."""
    rows = list(loan.application.guarantors.select_related("person"))
    counted = counting_guarantors(loan.application) if rows else set()
    return [row for row in rows if row.person_id in counted]


def head(loan: Loan, *, user: User, on: date) -> dict[str, Any]:
    """What stands above the three forms: how late, how much, and of guarantors what may be said to them."""
    late = days_late(loan.next_due_on, on=on, cutoff=Calendar.load(LENDING).last_before(on))
    return {
        "late": late,
        "due": loan.due_by(on),
        "guarantors": vouching(loan),
        "why_not": why_no_guarantor(loan) if late else _("Nothing is late on this loan."),
        "from": guarantors_from(loan) if late else None,
        "is_early": bool(late) and on < guarantors_from(loan),
    }


def agreed_now(loan: Loan, *, on: date) -> Agreed | None:
    """The day that the borrower reads on their own page, while it runs."""
    return promises.running(loan.pk, on=on)
