from casework.querysets.barriers import BarrierQuerySet, BarrierReportQuerySet
from casework.querysets.business_plans import BusinessPlanQuerySet
from casework.querysets.call_backs import CallBackQuerySet
from casework.querysets.cases import WEEK, CaseQuerySet, OfCaseQuerySet, read_for_smeda
from casework.querysets.clocks import AttemptQuerySet, PauseQuerySet
from casework.querysets.closures import ClosureQuerySet
from casework.querysets.contacts import OF_LOAN, CallQuerySet, ContactQuerySet
from casework.querysets.enquiries import EnquiryQuerySet, HelpdeskEventQuerySet
from casework.querysets.filters import SavedFilterQuerySet
from casework.querysets.flags import FlagQuerySet
from casework.querysets.grievances import GrievanceQuerySet
from casework.querysets.health import WEAK, AnswerQuerySet, HealthCheckQuerySet, QuestionnaireQuerySet
from casework.querysets.introductions import IntroductionQuerySet
from casework.querysets.meetings import MeetingQuerySet
from casework.querysets.notes import NoteQuerySet
from casework.querysets.outcomes import GRADES, FollowUpQuerySet, MeasureQuerySet, rank, to_ask
from casework.querysets.plan_reviews import PlanReviewQuerySet
from casework.querysets.plans import PlanTemplateQuerySet, StepKindQuerySet, StepQuerySet
from casework.querysets.referrals import NOT_APPROVED, NOT_WANTED, ReferralQuerySet
from casework.querysets.trades import TradeQuerySet
from casework.querysets.transfers import TransferQuerySet
from casework.querysets.writings import WritingQuerySet

__all__ = [
    "GRADES",
    "NOT_APPROVED",
    "NOT_WANTED",
    "OF_LOAN",
    "WEAK",
    "WEEK",
    "AnswerQuerySet",
    "AttemptQuerySet",
    "BarrierQuerySet",
    "BarrierReportQuerySet",
    "BusinessPlanQuerySet",
    "CallBackQuerySet",
    "CallQuerySet",
    "CaseQuerySet",
    "ClosureQuerySet",
    "ContactQuerySet",
    "EnquiryQuerySet",
    "FlagQuerySet",
    "FollowUpQuerySet",
    "GrievanceQuerySet",
    "HealthCheckQuerySet",
    "HelpdeskEventQuerySet",
    "IntroductionQuerySet",
    "MeasureQuerySet",
    "MeetingQuerySet",
    "NoteQuerySet",
    "OfCaseQuerySet",
    "PauseQuerySet",
    "PlanReviewQuerySet",
    "PlanTemplateQuerySet",
    "QuestionnaireQuerySet",
    "ReferralQuerySet",
    "SavedFilterQuerySet",
    "StepKindQuerySet",
    "StepQuerySet",
    "TradeQuerySet",
    "TransferQuerySet",
    "WritingQuerySet",
    "rank",
    "read_for_smeda",
    "to_ask",
]
