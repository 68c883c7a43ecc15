from casework.querysets.business_plans import BusinessPlanQuerySet
from casework.querysets.cases import CaseQuerySet, OfCaseQuerySet, read_for_smeda
from casework.querysets.clocks import AttemptQuerySet, PauseQuerySet
from casework.querysets.contacts import OF_LOAN, CallQuerySet, ContactQuerySet
from casework.querysets.enquiries import EnquiryQuerySet, HelpdeskEventQuerySet
from casework.querysets.grievances import GrievanceQuerySet
from casework.querysets.health import WEAK, AnswerQuerySet, HealthCheckQuerySet, QuestionnaireQuerySet
from casework.querysets.meetings import MeetingQuerySet
from casework.querysets.notes import NoteQuerySet
from casework.querysets.plans import PlanTemplateQuerySet, StepKindQuerySet, StepQuerySet
from casework.querysets.referrals import NOT_APPROVED, ReferralQuerySet

__all__ = [
    "NOT_APPROVED",
    "OF_LOAN",
    "WEAK",
    "AnswerQuerySet",
    "AttemptQuerySet",
    "BusinessPlanQuerySet",
    "CallQuerySet",
    "CaseQuerySet",
    "ContactQuerySet",
    "EnquiryQuerySet",
    "GrievanceQuerySet",
    "HealthCheckQuerySet",
    "HelpdeskEventQuerySet",
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
]
