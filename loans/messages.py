"""What lending tells people on their phones. `portal/message_kinds.py` lists the kinds.

Every text says that nothing is to be paid for the service. All of them name a loan or an amount, so phones on which
others read get the discreet text instead (`enterprises.discretion`). Servicing a loan rests on its contract, so these
texts ask for no other consent.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import LocalClosure
from enterprises.discretion import reach
from kit import words
from loans.conditions import lacks_of
from loans.models import Application, LedgerEntry, Loan
from loans.statement import as_of
from loans.states import ApplicationState
from messaging.kinds import Kind, Recipient
from places.calendar import late_cutoff, on_time_until

DAYS_AHEAD = timedelta(days=3)


def to_borrower(item: Any) -> Recipient | None:
    """The person who asked for the loan or has it, where there is a phone."""
    return reach(borrower_of(item))


def borrower_of(item: Any) -> Any:
    return item.loan.person if isinstance(item, LedgerEntry) else item.person


def spoken(say: Callable[[Any], str]) -> Callable[[Any, str], str]:
    """Say it in the language asked for."""

    def render(item: Any, language: str) -> str:
        with override(language):
            return say(item)

    return render


def say_decision(application: Application) -> str:
    if application.state == ApplicationState.REFUSED:
        said = (
            _(
                "Loan {reference} was not approved. Your page says why and what to do. Ask again from {day}. No fee. "
                "Help {helpline}"
            )
            if application.person.has_page
            else _("Loan {reference} was not approved. Ask why and what to do: {helpline}. Again from {day}. No fee.")
        )
        return said.format(
            reference=application.reference,
            day=words.plain(words.day_plain(application.ask_again_on)),
            helpline=settings.HELPLINE,
        )
    if lacks := lacks_of([application])[application.pk]:
        said = (
            _(
                "Your loan of Rs {amount} is approved ({reference}). Still to come from you: {what}. See your page. "
                "There is no fee: pay nobody."
            )
            if application.person.has_page
            else _(
                "Your loan of Rs {amount} is approved ({reference}). Still to come from you: {what}. Help {helpline}. "
                "There is no fee."
            )
        )
        return said.format(
            helpline=settings.HELPLINE,
            amount=f"{application.amount:,}",
            reference=application.reference,
            what=words.plain(words.listed(lack.label for lack in lacks)),
        )
    return _(
        "Your loan of Rs {amount} is approved ({reference}). The branch tells you the day. There is no fee: pay nobody."
    ).format(amount=f"{application.amount:,}", reference=application.reference)


def say_disbursed(loan: Loan) -> str:
    return _(
        "Rs {amount} paid out to you. First instalment Rs {instalment} by {day}. No interest, no fee. Not right? "
        "Call {helpline}"
    ).format(
        amount=f"{loan.principal:,}",
        instalment=f"{loan.instalments()[0].amount:,}",
        day=words.plain(words.day_plain(on_time_until(loan.first_due_on))),
        helpline=settings.HELPLINE,
    )


def say_receipt(entry: LedgerEntry) -> str:
    return _(
        "Rs {amount} received, slip {slip}, {day}. Left to pay: Rs {left}. No fee. Not right? Call {helpline}"
    ).format(
        amount=f"{entry.amount:,}",
        slip=entry.slip,
        day=words.plain(words.day_short(entry.received_on)),
        left=f"{as_of(entry).left:,}",
        helpline=settings.HELPLINE,
    )


def say_reversed(entry: LedgerEntry) -> str:
    return _("Slip {slip} of Rs {amount} was cancelled. Left to pay: Rs {left}. Not right? Call {helpline}").format(
        slip=entry.reverses.slip,
        amount=f"{entry.amount:,}",
        left=f"{as_of(entry).left:,}",
        helpline=settings.HELPLINE,
    )


def say_instalment(loan: Loan) -> str:
    return _("Instalment of Rs {amount} by {day}. Ask for a slip. No fee, no fine. Help {helpline}").format(
        amount=f"{loan.due_by(loan.next_due_on):,}",
        day=words.plain(words.day(on_time_until(loan.next_due_on))),
        helpline=settings.HELPLINE,
    )


def instalments_due(now: datetime) -> Iterable[Loan]:
    """Loans with an instalment within three days that is not late yet: for late ones somebody visits."""
    today = timezone.localdate(now)
    coming = Loan.objects.due(on=today, until=today + DAYS_AHEAD)
    return coming.exclude(person__phone="").order_by("next_due_on", "id").iterator()


def is_instalment_due(loan: Loan) -> bool:
    """Not paid meanwhile, and not late yet."""
    today = timezone.localdate()
    return loan.next_due_on is not None and late_cutoff(today) < loan.next_due_on <= today + DAYS_AHEAD


def shut_until(loan: Loan, day: date) -> date | None:
    """Where the district or the branch is shut, reminders wait. The instalment stays due: relief is a new agreement."""
    return LocalClosure.objects.reopens_on(district=loan.district_id, office=loan.branch_id, on=day)


def due_day(loan: Loan) -> str:
    """One reminder for each due date."""
    return str(loan.next_due_on)


def is_decided(application: Application) -> bool:
    """Still as it was decided: neither withdrawn nor paid out before the message left, which says so itself."""
    return application.state in {ApplicationState.APPROVED, ApplicationState.REFUSED}


def stands(entry: LedgerEntry) -> bool:
    """A receipt that was reversed before the message left is not announced any more."""
    return not hasattr(entry, "reversal")


KINDS = (
    Kind(
        "loans.decision",
        recipient=to_borrower,
        render=spoken(say_decision),
        still_due=is_decided,
        call=gettext_lazy("the decision of the lender"),
        is_prompt=True,
    ),
    # Whoever is paid out or pays stands at the counter: a call is for those alone who wait for the text.
    Kind(
        "loans.disbursed",
        recipient=to_borrower,
        render=spoken(say_disbursed),
        lost=gettext_lazy("the loan that was paid out"),
        is_prompt=True,
    ),
    Kind(
        "loans.receipt",
        recipient=to_borrower,
        render=spoken(say_receipt),
        still_due=stands,
        lost=gettext_lazy("money that was received"),
        is_prompt=True,
    ),
    Kind(
        "loans.receipt_reversed",
        recipient=to_borrower,
        render=spoken(say_reversed),
        call=gettext_lazy("a cancelled receipt"),
        is_prompt=True,
    ),
    Kind(
        "loans.instalment_due",
        recipient=to_borrower,
        render=spoken(say_instalment),
        still_due=is_instalment_due,
        due=instalments_due,
        occasion=due_day,
        call=gettext_lazy("the next instalment"),
        closed_until=shut_until,
    ),
)
