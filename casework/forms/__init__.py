"""What advisors type, as clean values. What is typed is kept by the actions."""

from casework.forms.business_plans import BusinessPlanChangeForm, BusinessPlanForm, ReturnForm
from casework.forms.cases import CaseFilterForm, CloseForm
from casework.forms.clocks import AttemptForm, PauseForm
from casework.forms.contacts import ContactForm, LastWordForm, UnaskedContactForm
from casework.forms.enquiries import CallerForm, EnquiryForm
from casework.forms.grievances import (
    AnswerForm,
    ComplaintForm,
    DirectForm,
    InternalNoteForm,
    JudgeForm,
    NumberAndCodeForm,
    StrangersComplaintForm,
    ToldComplaintForm,
)
from casework.forms.notes import NoteForm
from casework.forms.parts import ComingDayField, MoveForm
from casework.forms.plans import ROWS, PlanForm
from casework.forms.referrals import ReferralForm
from casework.forms.wishes import HandOverForm, WishForm

__all__ = [
    "ROWS",
    "AnswerForm",
    "AttemptForm",
    "BusinessPlanChangeForm",
    "BusinessPlanForm",
    "CallerForm",
    "CaseFilterForm",
    "CloseForm",
    "ComingDayField",
    "ComplaintForm",
    "ContactForm",
    "DirectForm",
    "EnquiryForm",
    "HandOverForm",
    "InternalNoteForm",
    "JudgeForm",
    "LastWordForm",
    "MoveForm",
    "NoteForm",
    "NumberAndCodeForm",
    "PauseForm",
    "PlanForm",
    "ReferralForm",
    "ReturnForm",
    "StrangersComplaintForm",
    "ToldComplaintForm",
    "UnaskedContactForm",
    "WishForm",
]
