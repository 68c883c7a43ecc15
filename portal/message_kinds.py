"""The kinds of messages that the portal sends, gathered from the apps, and what each is called on its reader's page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.messages import KINDS as CASEWORK
from enterprises.messages import KINDS as ENTERPRISES
from loans.messages import KINDS as LOANS
from portal.team_messages import CASES_MOVED, LATE_IN_TEAM
from training.messages import KINDS as TRAINING

KINDS = [*ENTERPRISES, *CASEWORK, *TRAINING, *LOANS, LATE_IN_TEAM, CASES_MOVED]

# What goes to colleagues alone has no name here.
TITLES: dict[str, Promise] = {
    "enterprises.registered": _("Your registration reached us"),
    "enterprises.registered_for_you": _("Your registration reached us"),
    "enterprises.way_in": _("You have a new way to sign in"),
    "enterprises.rival": _("Somebody registered with your CNIC number"),
    "enterprises.card_released": _("Your CNIC number was taken off"),
    "enterprises.card_taken_back": _("Your CNIC number was taken off"),
    "enterprises.card_returned": _("Your CNIC number is on file again"),
    "enterprises.name_corrected": _("Your name or another fact was corrected"),
    "enterprises.owner_added": _("You are an owner of a business"),
    "enterprises.owner_beside": _("A further owner of your business"),
    "enterprises.owner_ended": _("You are no longer an owner"),
    "enterprises.owner_left": _("An owner left your business"),
    "enterprises.document_asked": _("A paper is needed"),
    "enterprises.phone_left": _("Your old number is not on file any more"),
    "enterprises.phone_kept": _("Your new number is on file"),
    "casework.handed_over": _("You have another advisor"),
    "casework.closed": _("Your case is closed"),
    "casework.reopened": _("Your case is open again"),
    "casework.advisor_wrote": _("Your advisor wrote to you"),
    "casework.plan_agreed": _("Your plan is agreed"),
    "casework.plan_changed": _("Your plan changed"),
    # complaints: neither says what it is about
    "casework.grievance_received": _("Your message reached us"),
    "casework.grievance_replied": _("Your message has an answer"),
    "casework.meeting_set": _("An appointment for you"),
    "casework.meeting_tomorrow": _("Reminder of an appointment"),
    "casework.meeting_cancelled": _("Your appointment was called off"),
    "casework.outcome_asked": _("How does your business go?"),
    "casework.outcome_reminder": _("Reminder: how does your business go?"),
    "casework.outcome_told": _("Is this right? How your business goes"),
    "training.enrolled": _("Your seat on a course"),
    "training.seat_free": _("A seat is free for you"),
    "training.sitting_tomorrow": _("Reminder of a class"),
    "training.certified": _("Your certificate"),
    "loans.asked": _("The lender needs something for your loan"),
    "loans.decision": _("The answer to your loan application"),
    "loans.disbursed": _("Your loan was paid out"),
    "loans.receipt": _("Money that you paid"),
    "loans.receipt_reversed": _("A receipt was put right"),
    "loans.given_back": _("The money came back: your loan is cancelled"),
    "loans.waived": _("Your loan was forgiven"),
    "loans.goes_on": _("Your loan goes on"),
    "loans.released": _("You guarantee no loan any more"),
    "loans.instalment_due": _("Reminder of an instalment"),
    "loans.instalment_late": _("An instalment was due"),
}
TO_COLLEAGUES = {"casework.first_contact_overdue", "portal.late_in_team", "portal.cases_moved"}
