"""What officers, committee members and cashiers type, as clean values. What is typed is kept by the actions."""

from loans.forms.applications import DeclineForm, RefuseForm, TakeUpForm, VisitForm
from loans.forms.committee import VoteForm
from loans.forms.disbursement import DisburseForm
from loans.forms.guarantors import GuarantorForm
from loans.forms.parts import CounterForm, FindForm, MoveForm
from loans.forms.purse import MoneyForm
from loans.forms.receipts import ReceiptForm, ReverseForm

__all__ = [
    "CounterForm",
    "DeclineForm",
    "DisburseForm",
    "FindForm",
    "GuarantorForm",
    "MoneyForm",
    "MoveForm",
    "ReceiptForm",
    "RefuseForm",
    "ReverseForm",
    "TakeUpForm",
    "VisitForm",
    "VoteForm",
]
