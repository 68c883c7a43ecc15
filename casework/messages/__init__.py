"""What casework tells people on their phones. `portal/message_kinds.py` lists the kinds."""

from casework.messages.cases import CLOSED, FIRST_CONTACT_OVERDUE, HANDED_OVER, REOPENED
from casework.messages.grievances import RECEIVED, REPLIED
from casework.messages.meetings import MEETING_CANCELLED, MEETING_SET, MEETING_TOMORROW
from casework.messages.outcomes import OUTCOME_ASKED, OUTCOME_REMINDER, OUTCOME_TOLD
from casework.messages.plans import PLAN_AGREED, PLAN_CHANGED
from casework.messages.writings import ADVISOR_WROTE

KINDS = (
    FIRST_CONTACT_OVERDUE,
    PLAN_AGREED,
    PLAN_CHANGED,
    HANDED_OVER,
    CLOSED,
    REOPENED,
    ADVISOR_WROTE,
    # complaints
    RECEIVED,
    REPLIED,
    # appointments
    MEETING_SET,
    MEETING_TOMORROW,
    MEETING_CANCELLED,
    # results
    OUTCOME_ASKED,
    OUTCOME_REMINDER,
    OUTCOME_TOLD,
)
