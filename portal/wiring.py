"""The one table that joins the floors: what each event is called, and what reacts to it.

Also listed here: what services show on pages of floors below, and the relations that a merge moves. Open items are in
`portal/open_items.py`, kinds of messages in `portal/message_kinds.py`.
No service knows another; what follows from what stands below, and nowhere else.
"""

from dataclasses import dataclass
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework import facts as casework_facts
from casework.pages import barriers, closures, flags, health, introductions, outcomes, transfers, writings
from casework.reactions import (
    answer_introduction,
    answer_referral,
    close_steps,
    end_meetings,
    end_pause,
    end_transfer,
    end_unwelcome_meetings,
    follow_district,
    measure,
    open_case,
    place_readings,
    restart_clocks,
    take_baseline,
    take_up_referral,
    withdraw_referral,
)
from casework.timeline import Source
from journal.events import Reaction
from loans import timeline as loans_timeline
from loans.pages import unshared
from loans.reactions import answer_requests, keep_check, let_loans_rest, reopen_requests, withdraw_applications
from portal import panels
from portal.open_items import ITEM_KINDS
from portal.relations import RELATIONS


@dataclass(frozen=True)
class Wire:
    """`sentence` is what the timeline says; `%(name)s` in it are keys of the event's data."""

    sentence: Promise
    reactions: tuple[Reaction, ...] = ()


EVENTS: dict[str, Wire] = {
    # accounts
    "accounts.closure_entered": Wire(_("An area or office was shut for some days")),
    "accounts.closure_lifted": Wire(_("An area or office is open again")),
    "accounts.absence_entered": Wire(_("A colleague is away for some days")),
    "accounts.absence_lifted": Wire(_("A colleague is back")),
    # enterprises
    "enterprises.registered": Wire(_("Registered"), (open_case,)),
    "enterprises.claim_made": Wire(_("Somebody registered again with this identity card number")),
    "enterprises.claim_settled": Wire(_("Whose identity card it is was settled")),
    "enterprises.claim_withdrawn": Wire(_("The identity card number is no longer claimed")),
    "enterprises.claim_waits": Wire(_("The identity card number that they came with is on file for somebody else")),
    "enterprises.claim_of_newcomer_settled": Wire(_("It was settled whose the identity card number is")),
    "enterprises.claim_of_newcomer_withdrawn": Wire(_("They no longer claim the identity card number")),
    "enterprises.release_to_newcomer_asked": Wire(_("A second officer looks whose the identity card number is")),
    "enterprises.release_asked": Wire(_("A second officer looks at the identity card")),
    "enterprises.card_released": Wire(_("The identity card number was taken off after a look at the card")),
    "enterprises.release_undone": Wire(_("The identity card number was given back")),
    "enterprises.card_added": Wire(_("The identity card number was added")),
    "enterprises.card_corrected": Wire(_("The identity card number on file was wrong")),
    "enterprises.name_corrected": Wire(_("The name or the sex was corrected")),
    "enterprises.begun": Wire(_("The idea is a business now")),
    "enterprises.stage_corrected": Wire(_("Put right: it is an idea still")),
    "enterprises.district_changed": Wire(_("The district of the business was changed"), (follow_district,)),
    "enterprises.card_seen": Wire(_("The identity card was seen")),
    "enterprises.became_client": Wire(_("Became a client of the programme"), (take_baseline,)),
    "enterprises.details_changed": Wire(_("Details added or changed"), (take_baseline,)),
    "enterprises.owner_added": Wire(_("A further owner was written down")),
    "enterprises.owner_ended": Wire(_("An owner left the business")),
    "enterprises.statements_confirmed": Wire(_("The client looked at what was written down for them: it is right")),
    "enterprises.statements_partly_right": Wire(
        _("The client looked at what was written down for them, and called some of it wrong: %(wrong)s")
    ),
    "enterprises.statement_upheld": Wire(
        _("The client was asked: what they called wrong is right as it stands"), (take_baseline,)
    ),
    "enterprises.statement_disputed": Wire(
        _("The client says that something written down for them is wrong"), (take_baseline,)
    ),
    "enterprises.address_stated": Wire(_("An address was written down")),
    "enterprises.document_added": Wire(_("A paper was handed in"), (answer_requests,)),
    "enterprises.document_removed": Wire(_("A paper was removed")),
    "enterprises.document_infected": Wire(_("A paper was thrown away: its file had a virus"), (reopen_requests,)),
    "enterprises.document_asked": Wire(_("A paper was asked for")),
    "enterprises.passport_issued": Wire(_("Case passport issued")),
    "enterprises.passport_revoked": Wire(_("Case passport made void")),
    "enterprises.consent_given": Wire(_("Permission given"), (restart_clocks,)),
    "enterprises.consent_withdrawn": Wire(
        _("Permission taken back"), (withdraw_referral, withdraw_applications, end_unwelcome_meetings)
    ),
    "enterprises.consent_lapsed": Wire(_("A permission ran out"), (withdraw_referral,)),
    "enterprises.consent_refused": Wire(_("Asked again for a permission: no")),
    "enterprises.phone_described": Wire(_("Written down whose phone it is and how it may be used")),
    "enterprises.phone_change_asked": Wire(_("A new phone number was given")),
    "enterprises.phone_change_attested": Wire(_("The new phone number was attested")),
    "enterprises.phone_change_approved": Wire(_("The phone number was changed")),
    "enterprises.phone_change_refused": Wire(_("The new phone number was refused")),
    "enterprises.sheet_given": Wire(_("Sheet %(number)s of printed codes issued")),
    "enterprises.sheet_in_hand": Wire(_("Sheet %(number)s of printed codes handed over")),
    "enterprises.sheet_ended": Wire(_("Sheet %(number)s of printed codes is void")),
    "enterprises.pin_chosen": Wire(_("A PIN was chosen")),
    "enterprises.pin_removed": Wire(_("The PIN was removed")),
    "enterprises.access_unlocked": Wire(_("Signing in was unlocked")),
    "enterprises.told_apart": Wire(_("Two people with like names were told apart")),
    "enterprises.told_apart_no_more": Wire(_("Whether they are two people is asked again")),
    "enterprises.merged": Wire(_("Two records of one person were joined"), (place_readings,)),
    "enterprises.unmerged": Wire(_("The joined records were taken apart again"), (place_readings,)),
    "enterprises.family_asked": Wire(_("Asked about the family")),
    "enterprises.kin_stated": Wire(_("A relative was written down")),
    "enterprises.kin_taken_back": Wire(_("What was said of the family was taken back")),
    "enterprises.marriage_ended": Wire(_("Something changed in the family")),
    "enterprises.household_stated": Wire(_("The household was written down")),
    "enterprises.moved_in": Wire(_("Moved into a household")),
    "enterprises.moved_out": Wire(_("Moved out of a household")),
    # casework
    "casework.assigned": Wire(_("An advisor was named"), (end_meetings, end_transfer)),
    "casework.advisor_wished": Wire(_("Said with whom they would rather talk")),
    "casework.attempted": Wire(_("Tried to reach the client, in vain")),
    "casework.paused": Wire(_("Calls paused, with a reason")),
    "casework.resumed": Wire(_("Calls go on")),
    "casework.first_contact": Wire(_("First call made"), (close_steps, end_pause)),
    "casework.contacted": Wire(_("Contact"), (close_steps, end_pause)),
    "casework.contact_removed": Wire(_("A contact was taken out")),
    "casework.contact_restored": Wire(_("A contact was put back")),
    "casework.attempt_removed": Wire(_("An attempt was taken out")),
    "casework.attempt_restored": Wire(_("An attempt was put back")),
    "casework.enquiry_removed": Wire(_("An enquiry was taken out")),
    "casework.enquiry_restored": Wire(_("An enquiry was put back")),
    "casework.plan_agreed": Wire(_("Plan agreed")),
    "casework.step_closed": Wire(_("A step of the plan is done")),
    "casework.step_open": Wire(_("A step of the plan is to be done again")),
    "casework.step_dropped": Wire(_("A step of the plan was dropped")),
    "casework.step_moved": Wire(_("A step of the plan has another day")),
    "casework.closed": Wire(_("Case closed"), (end_pause, end_meetings, end_transfer, let_loans_rest)),
    "casework.reopened": Wire(_("Case opened again")),
    "casework.business_plan_submitted": Wire(_("Business plan sent for approval")),
    "casework.business_plan_passed_up": Wire(
        _("Nobody read the business plan in time: it went to whoever reads above")
    ),
    "casework.business_plan_approved": Wire(_("Business plan approved"), (close_steps,)),
    "casework.business_plan_returned": Wire(_("Business plan sent back with a remark")),
    "casework.business_plan_set_aside": Wire(_("The client does not want the loan of the business plan now")),
    "casework.referred": Wire(_("Referred to the lender"), (keep_check, close_steps)),
    "casework.referral_taken": Wire(_("The lender took up the referral")),
    "casework.referral_answered": Wire(_("The referral was answered")),
    "casework.referral_dropped": Wire(_("The referral ended: the loan is not asked for any more")),
    "casework.referral_declined": Wire(_("The referral was declined")),
    "casework.referral_withdrawn": Wire(_("The referral was taken back")),
    # complaints: read by managers alone, and on no case's timeline
    "casework.grievance_received": Wire(_("A complaint was received")),
    "casework.grievance_replied": Wire(_("A complaint was answered")),
    "casework.grievance_resolved": Wire(_("A complaint was put right")),
    "casework.grievance_agreed": Wire(_("Whoever complained says that it is put right")),
    "casework.grievance_disputed": Wire(_("Whoever complained says that it is not put right")),
    "casework.grievance_lapsed": Wire(_("A complaint closed by itself, seven days after it was put right")),
    "casework.grievance_directed": Wire(_("It was said whom a complaint is about")),
    "casework.grievance_handed_on": Wire(_("A complaint that nobody had went to a manager")),
    "casework.grievance_passed_up": Wire(_("A complaint that was late went to whoever stands above")),
    # appointments
    "casework.meeting_proposed": Wire(_("An appointment was made")),
    "casework.meeting_confirmed": Wire(_("The client said yes to the appointment")),
    "casework.meeting_declined": Wire(_("The client said no to the appointment")),
    "casework.meeting_cancelled": Wire(_("The appointment was called off")),
    "casework.meeting_held": Wire(_("The appointment took place")),
    "casework.meeting_missed": Wire(_("The client was not there at the appointment")),
    "casework.meeting_open": Wire(_("That the appointment took place was taken back")),
    # business checks
    "casework.health_checked": Wire(_("Business check finished: %(overall)s of 100")),
    # obstacles
    "casework.barrier_reported": Wire(_("An authority stood in the way")),
    "casework.barrier_report_removed": Wire(_("That an authority stood in the way was taken back")),
    "casework.barrier_report_restored": Wire(_("That an authority stood in the way counts again")),
    "casework.barrier_seen_to": Wire(_("It was said who sees to an obstacle, and what came of it")),
    "casework.barrier_reworded": Wire(_("An obstacle was worded anew")),
    "casework.barrier_joined": Wire(_("Two obstacles were joined")),
    "casework.barrier_parted": Wire(_("Two obstacles were taken apart")),
    # results
    "casework.measured": Wire(_("A result was written down")),
    "casework.measure_removed": Wire(_("A result was taken out")),
    "casework.measure_restored": Wire(_("A result was put back")),
    "casework.outcome_asked": Wire(_("Asked how the business goes")),
    "casework.outcome_answered": Wire(_("Said how the business goes")),
    "casework.outcome_answered_again": Wire(_("Put right how the business goes")),
    "casework.outcome_differs": Wire(_("A paper says otherwise than the client: they are asked again")),
    "casework.outcome_unanswered": Wire(_("Did not say in time how the business goes")),
    "casework.introduced": Wire(_("Referred elsewhere")),
    "casework.introduction_answered": Wire(_("Outcome of the referral is known")),
    "casework.introduction_not_answered": Wire(_("Something else on file is not what the referral was for")),
    "casework.introduction_open": Wire(_("Outcome of the referral is asked again")),
    "casework.introduction_ended": Wire(_("Nothing came of the referral")),
    # transfers and flags
    "casework.transfer_proposed": Wire(_("Somebody was asked to take the case")),
    "casework.transfer_accepted": Wire(_("Whoever was asked takes the case")),
    "casework.transfer_refused": Wire(_("Whoever was asked does not take the case")),
    "casework.transfer_withdrawn": Wire(_("Nobody is asked to take the case any more")),
    "casework.transfer_undone": Wire(_("The case went back")),
    "casework.flag_raised": Wire(_("A flag was raised")),
    "casework.flag_cleared": Wire(_("A flag was settled")),
    "casework.flag_raised_again": Wire(_("A settled flag was raised again")),
    # what client and advisor write to each other: the words stand in the thread alone
    "casework.client_wrote": Wire(_("The client wrote to their advisor")),
    "casework.advisor_wrote": Wire(_("Wrote to the client")),
    "casework.writing_answered": Wire(_("What the client wrote was answered")),
    "casework.writing_settled": Wire(_("In what the client wrote there was nothing to answer")),
    "casework.writing_taken_back": Wire(_("A text was taken back before anybody read it")),
    "casework.writing_waits_again": Wire(_("What the client wrote waits for an answer again")),
    # second readings of plans
    "casework.plan_drawn": Wire(_("The plan was drawn to be read a second time")),
    "casework.plan_found_sound": Wire(_("The plan was read a second time and found sound")),
    "casework.plan_remarked": Wire(_("The plan was read a second time, with a remark to talk over")),
    "casework.plan_talked_over": Wire(_("The remark on the plan was talked over")),
    # call-backs
    "casework.call_back_drawn": Wire(_("A contact was drawn to be called back")),
    "casework.call_back_tried": Wire(_("The client was not reached for a call-back")),
    "casework.call_back_in_vain": Wire(_("The client was not reached in three tries for a call-back")),
    "casework.called_back": Wire(_("The client was called back about a contact")),
    "casework.call_back_settled": Wire(_("It was decided what follows from a call-back")),
    "casework.call_back_ended": Wire(_("A call-back ended: the client may not be called")),
    # training
    "training.enrolled": Wire(_("Enrolled on a course"), (close_steps, answer_introduction)),
    "training.waitlisted": Wire(_("Put on the waiting list of a course")),
    "training.cancelled": Wire(_("Left a course")),
    "training.certified": Wire(_("Course finished, certificate given"), (close_steps, answer_introduction)),
    "training.certificate_revoked": Wire(_("Certificate taken back")),
    "training.run_finished": Wire(_("All classes of the course were held")),
    # loans
    "loans.received": Wire(_("Loan application received"), (take_up_referral, close_steps)),
    "loans.visited": Wire(_("The lender visited the home and the business")),
    "loans.asked": Wire(_("The lender asked for something that is missing")),
    "loans.request_answered": Wire(_("The lender has what it asked for")),
    "loans.request_withdrawn": Wire(_("The lender no longer needs what it asked for")),
    "loans.request_open": Wire(_("The lender waits again for what it asked for")),
    "loans.guarantee_agreed": Wire(_("A guarantor said yes")),
    "loans.guarantee_taken_back": Wire(_("A guarantor took it back")),
    "loans.guaranteed": Wire(_("Guarantors verified")),
    "loans.money_written": Wire(_("Money of a funder written down: Rs %(amount)s")),
    "loans.money_agreed": Wire(_("Money of a funder agreed: Rs %(amount)s")),
    "loans.book_issued": Wire(_("Receipt book %(book)s issued")),
    "loans.book_returned": Wire(_("Receipt book %(book)s given back")),
    "loans.slip_explained": Wire(_("Said what became of slip %(slip)s of book %(book)s")),
    "loans.voted": Wire(_("A committee member voted")),
    "loans.conflict_declared": Wire(_("A committee member said that they must not decide")),
    "loans.approved": Wire(_("Loan of Rs %(amount)s approved"), (close_steps,)),
    "loans.refused": Wire(_("Loan not approved"), (answer_referral,)),
    "loans.withdrawn": Wire(_("Loan application withdrawn"), (answer_referral,)),
    "loans.disbursed": Wire(_("Loan of Rs %(amount)s paid out"), (answer_referral, close_steps, measure)),
    "loans.late_visited": Wire(_("Visit %(number)s about a late instalment")),
    "loans.day_agreed": Wire(_("A day was agreed on which a late instalment is paid: Rs %(amount)s")),
    "loans.guarantor_spoken": Wire(_("A guarantor was spoken to")),
    "loans.completed": Wire(_("Loan repaid to the last rupee"), (close_steps,)),
    "loans.reopened": Wire(_("Loan open again: a receipt was reversed")),
    "loans.given_back": Wire(_("The money of the loan was given back: it is cancelled")),
    "loans.written_off": Wire(_("The lender wrote the rest of the loan off: it is owed as before")),
    "loans.misfortune_reported": Wire(_("A death or a disability was told of: the loan rests")),
    "loans.family_visited": Wire(_("The lender was with the family")),
    "loans.waiver_proposed": Wire(_("It was verified, and proposed to forgive the loan or a part")),
    "loans.waived": Wire(_("The loan, or a part of it, was forgiven")),
    "loans.misfortune_ended": Wire(_("The loan goes on: nothing was forgiven")),
    # formalisation
    "formalisation.obtained": Wire(_("Registration obtained"), (close_steps, measure, answer_introduction)),
}

# What the services show beside a case, in this order.
PANELS = (
    partial(panels.registration, kinds=ITEM_KINDS),
    flags.of_case,
    writings.of_case,
    panels.meetings,
    health.beside_case,
    panels.documents,
    panels.declined,
    panels.loan,
    panels.training,
    panels.formalisation,
    barriers.panel,
    outcomes.panel,
    introductions.of_case,
    transfers.history,
    closures.history,
)

# What they have to show on its timeline beside their events.
TIMELINE: tuple[Source, ...] = (loans_timeline.RECEIPTS,)

# What they show on the form that refers a client to the lender.
REFERRAL_PANELS = (panels.refusal, panels.precheck)

# Courses and registrations to which a client is sent by name, and which of them the client has already.
DESTINATIONS = {"course": panels.courses, "papers": panels.registration_kinds}
HAS_ALREADY = {"course": panels.seats_of, "papers": panels.registrations_of}

# What the largest loan on offer is: no plan asks for more.
MOST_LENT = panels.most_lent

# By when the advisor of a business is to call.
CALL_BY = casework_facts.call_promised_by

# What rests on the permission to share, and is told before it is taken back.
SHARED = (unshared.follows,)

# What else the list of cards to see shows, and what makes a second officer look before a card's number goes over.
CARDS = (panels.cards,)
CARDS_LENT_ON = (panels.is_lent_to,)
CARDS_WEIGH = (panels.vouches,)

# Where everything goes when two records of one person are merged: see portal/relations.py.
MERGED = RELATIONS
