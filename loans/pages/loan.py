"""The page of a loan: what is left, the schedule, the money as it was written, and the terms."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from kit import words
from kit.templatetags.kit import own
from loans.effects import Effect, Kind, effect_of
from loans.guarantee import counting_guarantors
from loans.models import LedgerEntry, Loan
from loans.models.products import Step
from loans.pages.verbs import verbs_of
from loans.schedule import days_late
from loans.statement import DONE, Line, lines
from places.calendar import LENDING, Calendar, on_time_until

ROWS_WORDS = {
    Kind.REPAYMENT: gettext_lazy("Repayment, receipt %(slip)s"),
    Kind.RECOVERY: gettext_lazy("Repayment after write-off, receipt %(slip)s"),
    Kind.WAIVER: gettext_lazy("Waiver"),
    Kind.WRITE_OFF: gettext_lazy("Write-off"),
}


@dataclass(frozen=True)
class LoanPage:
    """Everything that the page prints."""

    loan: Loan
    days_late: int
    due_now: int
    next_until: date | None
    next_line: Line | None
    tag: dict[str, str]
    lines: list[Line]
    patches: list[str]
    paid_count: int
    ledger: list[dict[str, Any]]
    given: int
    paid_back: int
    terms: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    verbs: list[dict[str, Any]]


def gather(loan: Loan, *, user: User, on: date) -> LoanPage:
    calendar = Calendar.load(LENDING)
    rows = list(loan.ledger.for_list())
    if user.is_entrepreneur:
        # The lender's own book: the borrower owes what is written off as before.
        rows = [row for row in rows if row.kind != Kind.WRITE_OFF]
    receipts = [row for row in reversed(rows) if row.is_receipt and not hasattr(row, "reversal")]
    schedule = lines(loan, receipts, on=on, calendar=calendar)
    late = days_late(loan.next_due_on, on=on, cutoff=calendar.last_before(on))
    ledger = [row_of(row, user=user) for row in rows]
    return LoanPage(
        loan=loan,
        days_late=late,
        due_now=loan.due_by(on) if late else 0,
        next_until=None if loan.is_frozen else on_time_until(loan.next_due_on, calendar=calendar),
        next_line=next((line for line in schedule if line.state != DONE), None),
        tag=tag_of(loan, late, user=user),
        lines=schedule,
        patches=[line.state for line in schedule],
        paid_count=sum(line.state == DONE for line in schedule),
        ledger=ledger,
        given=sum(row["given"] for row in ledger),
        paid_back=sum(row["paid_back"] for row in ledger),
        terms=terms_of(loan, is_own=user.is_entrepreneur),
        actions=actions_of(loan, user=user),
        verbs=verbs_of(loan, user=user),
    )


def tag_of(loan: Loan, late: int, *, user: User) -> dict[str, str]:
    """How the loan stands, in two words; the borrower is never told of a write-off."""
    if loan.written_off_total and user.is_entrepreneur:
        return {"text": _("Still to be paid"), "tone": "", "icon": ""}
    if not loan.is_live:
        return {"text": loan.get_ended_as_display(), "tone": "", "icon": "check"}
    if loan.is_frozen:
        return {"text": _("Rests"), "tone": "soon", "icon": "clock"}
    if late:
        said = ngettext("%(days)s day late", "%(days)s days late", late) % {"days": late}
        return {"text": said, "tone": "late", "icon": "alert"}
    return {"text": _("On time"), "tone": "", "icon": "check"}


def row_of(row: LedgerEntry, *, user: User) -> dict[str, Any]:
    """A ledger row, its amount where it was given or paid back; what was undone, and what undid it, stand back."""
    effect = effect_of(row.kind, row.undoes)
    if row.undoes == Kind.DISBURSEMENT and user.is_entrepreneur:
        said = _("The money was given back")
    elif row.kind == Kind.REVERSAL and user.is_entrepreneur:
        # Why is a word among colleagues, and may name somebody else.
        said = _("Receipt %(slip)s cancelled") % {"slip": row.reverses.slip}
    elif row.undoes == Kind.DISBURSEMENT:
        said = _("The money was given back: %(reason)s") % {"reason": row.reason}
    elif row.kind == Kind.REVERSAL:
        said = _("Reversal of %(slip)s: %(reason)s") % {"slip": row.reverses.slip, "reason": row.reason}
    elif row.kind == Kind.DISBURSEMENT:
        said = format_html(_("Money given, cheque or transfer {number}"), number=own(row.instrument))
    else:
        said = ROWS_WORDS[row.kind] % {"slip": row.slip}
    may_open = row.is_receipt and (user.is_colleague or user.is_entrepreneur)
    return {
        "day": row.received_on,
        "text": said,
        "by": str(row.by),
        "given": row.amount * given_of(effect, user=user),
        "paid_back": row.amount * effect.paid_total,
        "is_off": row.kind == Kind.REVERSAL or hasattr(row, "reversal"),
        "url": row.get_absolute_url() if may_open else "",
    }


def given_of(effect: Effect, *, user: User) -> int:
    """How often a row counts in what is to be paid back; to the borrower a write-off takes nothing off that."""
    return effect.given - effect.waived_total if user.is_entrepreneur else effect.to_pay_back


def terms_of(loan: Loan, *, is_own: bool = False) -> list[dict[str, Any]]:
    """What was agreed, and what can never be asked. The version of the terms is for colleagues."""
    step = Step(loan.step_months).label
    return [
        {"label": _("Amount"), "text": words.rupees(loan.principal)},
        {"label": _("Instalments"), "text": instalments_in_words(loan), "small": step},
        {"label": _("Paid out"), "text": words.day_plain(loan.disbursed_on)},
        {"label": _("First due"), "text": words.day_plain(loan.first_due_on)},
        {"label": _("Interest, fee, penalty"), "text": loan.scheme.cost_in_words},
        {"label": _("Kind of loan"), "text": loan.product.label},
        {"label": _("Fund"), "text": loan.scheme.label},
        {"label": _("For"), "text": loan.application.purpose},
        {"label": _("Guarantors"), "text": guarantors_of(loan)},
    ] + ([] if is_own else [{"label": _("Terms"), "text": version_in_words(loan.terms_number)}])


def guarantors_of(loan: Loan) -> list[str]:
    """Who vouches for it: those who counted when the money was given, whatever was found out later."""
    rows = loan.application.guarantors.select_related("person")
    counted = counting_guarantors(loan.application) if rows else set()
    return [row.shown_name for row in rows if row.person_id in counted]


def version_in_words(number: int) -> str:
    return _("Version 1, never changed") if number == 1 else _("Version %(number)s") % {"number": number}


def instalments_in_words(loan: Loan) -> str:
    """What the schedule says: 11 × Rs 4,200, then Rs 3,800. The last one takes the rest."""
    *equal, last = [instalment.amount for instalment in loan.instalments()]
    if not equal or equal[0] == last:
        return _("%(count)s × Rs %(amount)s") % {"count": loan.count, "amount": f"{last:,}"}
    return _("%(count)s × Rs %(amount)s, then Rs %(last)s") % {
        "count": len(equal),
        "amount": f"{equal[0]:,}",
        "last": f"{last:,}",
    }


def actions_of(loan: Loan, *, user: User) -> list[dict[str, Any]]:
    """What this colleague may do with the loan now."""
    if loan.owed and user.has_perm("loans.post_receipt", loan):
        url = reverse("loans:receipt-create", args=[loan.pk])
        return [{"label": _("Take a receipt"), "icon": "plus", "url": url}]
    return []
