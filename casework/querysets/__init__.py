from casework.querysets.barriers import BarrierQuerySet, BarrierReportQuerySet
from casework.querysets.business_plans import BusinessPlanQuerySet
from casework.querysets.cases import CaseQuerySet, OfCaseQuerySet, read_for_smeda
from casework.querysets.clocks import AttemptQuerySet, PauseQuerySet
from casework.querysets.contacts import OF_LOAN, CallQuerySet, ContactQuerySet
from casework.querysets.enquiries import EnquiryQuerySet, HelpdeskEventQuerySet
from casework.querysets.grievances import GrievanceQuerySet
from casework.querysets.health import WEAK, AnswerQuerySet, HealthCheckQuerySet, QuestionnaireQuerySet
from casework.querysets.meetings import MeetingQuerySet
from casework.querysets.notes import NoteQuerySet
from casework.querysets.outcomes import FollowUpQuerySet, MeasureQuerySet, to_ask
from casework.querysets.plans import PlanTemplateQuerySet, StepKindQuerySet, StepQuerySet
from casework.querysets.referrals import NOT_APPROVED, ReferralQuerySet

__all__ = [
    "NOT_APPROVED",
    "OF_LOAN",
    "WEAK",
    "AnswerQuerySet",
    "AttemptQuerySet",
    "BarrierQuerySet",
    "BarrierReportQuerySet",
    "BusinessPlanQuerySet",
    "CallQuerySet",
    "CaseQuerySet",
    "ContactQuerySet",
    "EnquiryQuerySet",
    "FollowUpQuerySet",
    "GrievanceQuerySet",
    "HealthCheckQuerySet",
    "HelpdeskEventQuerySet",
    "MeasureQuerySet",
    "MeetingQuerySet",
    "NoteQuerySet",
    "OfCaseQuerySet",
    "PauseQuerySet",
    "PlanTemplateQuerySet",
    "QuestionnaireQuerySet",
    "ReferralQuerySet",
    "StepKindQuerySet",
    "StepQuerySet",
    "read_for_smeda",
    "to_ask",
]
