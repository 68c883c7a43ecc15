"""What officers, committee members and cashiers type, as clean values. What is typed is kept by the actions."""

from loans.forms.applications import DeclineForm, RefuseForm, TakeUpForm, VisitForm
from loans.forms.arrears import AgreeForm, GuarantorTalkForm, LateVisitForm
from loans.forms.books import BookForm, SpoiltForm
from loans.forms.committee import ConflictForm, VoteForm
from loans.forms.disbursement import DisburseForm
from loans.forms.endings import GiveBackForm, WriteOffForm
from loans.forms.guarantors import GuarantorForm, SaidForm, SignedForm, TakeBackForm
from loans.forms.misfortunes import EndForm, FamilyVisitForm, MisfortuneForm, WaiverForm
from loans.forms.parts import CounterForm, FindForm, MoveForm
from loans.forms.precheck import CheckForm
from loans.forms.purse import MoneyForm
from loans.forms.receipts import ReceiptForm, ReverseForm
from loans.forms.requests import AnswerForm, AskForm, NotNeededForm

__all__ = [
    "AgreeForm",
    "AnswerForm",
    "AskForm",
    "BookForm",
    "CheckForm",
    "ConflictForm",
    "CounterForm",
    "DeclineForm",
    "DisburseForm",
    "EndForm",
    "FamilyVisitForm",
    "FindForm",
    "GiveBackForm",
    "GuarantorForm",
    "GuarantorTalkForm",
    "LateVisitForm",
    "MisfortuneForm",
    "MoneyForm",
    "MoveForm",
    "NotNeededForm",
    "ReceiptForm",
    "RefuseForm",
    "ReverseForm",
    "SaidForm",
    "SignedForm",
    "SpoiltForm",
    "TakeBackForm",
    "TakeUpForm",
    "VisitForm",
    "VoteForm",
    "WaiverForm",
    "WriteOffForm",
]
