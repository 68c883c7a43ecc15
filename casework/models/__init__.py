from casework.models.barriers import MOST_DAYS, Authority, Barrier, BarrierReport
from casework.models.business_plans import BusinessPlan
from casework.models.call_backs import CallBack
from casework.models.cases import Case, Channel
from casework.models.clocks import Attempt, Pause
from casework.models.closures import Closure
from casework.models.contacts import CALL_WAITS, Call, Contact, Present
from casework.models.enquiries import Enquiry, HelpdeskEvent, Topic
from casework.models.filters import SavedFilter
from casework.models.flags import Flag
from casework.models.grievances import SILENCE, Grievance, GrievanceCategory, GrievanceEntry
from casework.models.health import Answer, Area, HealthCheck, Option, Question, Questionnaire
from casework.models.introductions import Introduction
from casework.models.meetings import ByItself, Meeting
from casework.models.notes import Note
from casework.models.outcomes import Band, FollowUp, Measure, Point
from casework.models.plan_reviews import PlanReview
from casework.models.plan_templates import PlanTemplate, TemplateStep
from casework.models.plans import MovedByItself, Step, StepKind
from casework.models.referrals import Referral
from casework.models.trades import Part, Trade, TradeLine
from casework.models.transfers import Transfer
from casework.models.writings import Writing

__all__ = [
    "CALL_WAITS",
    "MOST_DAYS",
    "SILENCE",
    "Answer",
    "Area",
    "Attempt",
    "Authority",
    "Band",
    "Barrier",
    "BarrierReport",
    "BusinessPlan",
    "ByItself",
    "Call",
    "CallBack",
    "Case",
    "Channel",
    "Closure",
    "Contact",
    "Enquiry",
    "Flag",
    "FollowUp",
    "Grievance",
    "GrievanceCategory",
    "GrievanceEntry",
    "HealthCheck",
    "HelpdeskEvent",
    "Introduction",
    "Measure",
    "Meeting",
    "MovedByItself",
    "Note",
    "Option",
    "Part",
    "Pause",
    "PlanReview",
    "PlanTemplate",
    "Point",
    "Present",
    "Question",
    "Questionnaire",
    "Referral",
    "SavedFilter",
    "Step",
    "StepKind",
    "TemplateStep",
    "Topic",
    "Trade",
    "TradeLine",
    "Transfer",
    "Writing",
]
