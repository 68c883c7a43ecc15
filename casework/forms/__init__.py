"""What advisors type, as clean values. What is typed is kept by the actions."""

from casework.forms.barriers import BarrierForm, JoinForm, SeeToForm
from casework.forms.business_plans import BusinessPlanChangeForm, BusinessPlanForm, ReturnForm, TradeForm
from casework.forms.call_backs import CallBackForm, DecideForm
from casework.forms.cases import CaseFilterForm, CloseForm, ReopenForm
from casework.forms.clocks import AttemptForm, PauseForm
from casework.forms.contacts import ContactForm, LastWordForm, UnaskedContactForm
from casework.forms.enquiries import CallerForm, EnquiryForm, EventForm, LeadForm
from casework.forms.filters import RenameForm, SavedFilterForm
from casework.forms.flags import ClearForm, FlagForm
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
from casework.forms.health import BeginCheckForm, area_form, chosen
from casework.forms.introductions import IntroductionForm, OfferForm, OutcomeForm
from casework.forms.meetings import CancelForm, ComingForm, MeetingForm
from casework.forms.notes import NoteForm
from casework.forms.outcomes import FollowUpForm, MeasureForm, RemoveMeasureForm, ToldFollowUpForm
from casework.forms.parts import BecauseForm, ButtonForm, ComingDayField, MoveForm
from casework.forms.plan_reviews import PlanReviewForm
from casework.forms.plans import ROWS, DropForm, PlanForm, ReDateForm, TemplateForm
from casework.forms.referrals import ReferralForm
from casework.forms.transfers import AcceptForm, RefusalForm, TransferForm
from casework.forms.visits import VisitsForm
from casework.forms.wishes import HandOverForm, WishForm
from casework.forms.writings import ReplyForm, SeenForm, WritingForm

__all__ = [
    "ROWS",
    "AcceptForm",
    "AnswerForm",
    "AttemptForm",
    "BarrierForm",
    "BecauseForm",
    "BeginCheckForm",
    "BusinessPlanChangeForm",
    "BusinessPlanForm",
    "ButtonForm",
    "CallBackForm",
    "CallerForm",
    "CancelForm",
    "CaseFilterForm",
    "ClearForm",
    "CloseForm",
    "ComingDayField",
    "ComingForm",
    "ComplaintForm",
    "ContactForm",
    "DecideForm",
    "DirectForm",
    "DropForm",
    "EnquiryForm",
    "EventForm",
    "FlagForm",
    "FollowUpForm",
    "HandOverForm",
    "InternalNoteForm",
    "IntroductionForm",
    "JoinForm",
    "JudgeForm",
    "LastWordForm",
    "LeadForm",
    "MeasureForm",
    "MeetingForm",
    "MoveForm",
    "NoteForm",
    "NumberAndCodeForm",
    "OfferForm",
    "OutcomeForm",
    "PauseForm",
    "PlanForm",
    "PlanReviewForm",
    "ReDateForm",
    "ReferralForm",
    "RefusalForm",
    "RemoveMeasureForm",
    "RenameForm",
    "ReopenForm",
    "ReplyForm",
    "ReturnForm",
    "SavedFilterForm",
    "SeeToForm",
    "SeenForm",
    "StrangersComplaintForm",
    "TemplateForm",
    "ToldComplaintForm",
    "ToldFollowUpForm",
    "TradeForm",
    "TransferForm",
    "UnaskedContactForm",
    "VisitsForm",
    "WishForm",
    "WritingForm",
    "area_form",
    "chosen",
]
