"""What lending tells people on their phones. `portal/message_kinds.py` lists the kinds.

Every text says that nothing is to be paid for the service. All of them name a loan or an amount, so phones on which
others read get the discreet text instead (`enterprises.discretion`). Servicing a loan rests on its contract, so these
texts ask for no other consent.
"""

from django.utils.translation import gettext_lazy

from loans.messages.applications import is_decided, say_decision
from loans.messages.endings import say_given_back
from loans.messages.loans import (
    due_day,
    instalments_due,
    instalments_late,
    is_instalment_due,
    is_instalment_late,
    say_disbursed,
    say_instalment,
    say_late,
    shut_until,
)
from loans.messages.misfortunes import say_goes_on, say_released, say_waived
from loans.messages.parts import spoken, to_borrower, to_guarantor
from loans.messages.receipts import say_receipt, say_reversed, stands
from loans.messages.requests import is_asked, say_asked
from messaging.kinds import Kind

KINDS = (
    Kind(
        "loans.asked",
        recipient=to_borrower,
        render=spoken(say_asked),
        still_due=is_asked,
        call=gettext_lazy("something that the lender needs for the loan"),
    ),
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
        "loans.given_back",
        recipient=to_borrower,
        render=spoken(say_given_back),
        lost=gettext_lazy("a loan that was cancelled"),
        is_prompt=True,
    ),
    # Of a death or a disability: never at night, and by a person where no text may go.
    Kind(
        "loans.waived",
        recipient=to_borrower,
        render=spoken(say_waived),
        call=gettext_lazy("a loan that was forgiven"),
    ),
    Kind(
        "loans.goes_on",
        recipient=to_borrower,
        render=spoken(say_goes_on),
        call=gettext_lazy("a loan that goes on"),
    ),
    Kind(
        "loans.released",
        recipient=to_guarantor,
        render=spoken(say_released),
        call=gettext_lazy("a guarantee that ended"),
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
    # Whoever can have no text is visited.
    Kind(
        "loans.instalment_late",
        recipient=to_borrower,
        render=spoken(say_late),
        still_due=is_instalment_late,
        due=instalments_late,
        occasion=due_day,
        closed_until=shut_until,
    ),
)
