"""States and moves of casework. The table is the documentation; docs/states.md is made from it."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from journal.moves import Move

# So long what a colleague did can be taken back by them.
BACK_FOR = dt.timedelta(days=30)


class CaseState(models.TextChoices):
    NEW = "new", _("waiting for the first call")
    CONTACTED = "contacted", _("first call made")
    PLANNED = "planned", _("plan agreed")
    CLOSED = "closed", _("closed")


class BusinessPlanState(models.TextChoices):
    DRAFT = "draft", _("being written")
    SUBMITTED = "submitted", _("with a colleague for approval")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("sent back with a remark")


class MeetingState(models.TextChoices):
    PROPOSED = "proposed", _("waits for the client's yes")
    CONFIRMED = "confirmed", _("the client comes")
    DECLINED = "declined", _("the client cannot come")
    CANCELLED = "cancelled", _("called off by us")
    HELD = "held", _("took place")
    MISSED = "missed", _("the client was not there")


class HealthState(models.TextChoices):
    DRAFT = "draft", _("begun, not finished")
    DONE = "done", _("finished")


class ReferralState(models.TextChoices):
    SENT = "sent", _("sent")
    TAKEN = "taken", _("taken up")
    ANSWERED = "answered", _("answered")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("taken back")


OPEN_CASES = frozenset({CaseState.NEW, CaseState.CONTACTED, CaseState.PLANNED})

CASE_MOVES = {
    "log_first_contact": Move(
        {CaseState.NEW}, CaseState.CONTACTED, "casework.work_case", event="casework.first_contact"
    ),
    # A plan grows: further steps are agreed in the same way.
    "agree_plan": Move(
        {CaseState.CONTACTED, CaseState.PLANNED}, CaseState.PLANNED, "casework.work_case", event="casework.plan_agreed"
    ),
    "close": Move(set(OPEN_CASES), CaseState.CLOSED, "casework.work_case", event="casework.closed"),
    # The only talk was typed by mistake: the first call is to be made, by its old day; or it was none.
    "take_out_first_contact": Move(
        {CaseState.CONTACTED}, CaseState.NEW, "casework.work_case", event="casework.contact_removed"
    ),
    "put_back_first_contact": Move(
        {CaseState.NEW}, CaseState.CONTACTED, "casework.work_case", event="casework.contact_restored"
    ),
    # It begins again where it had ended: after a plan, after a call, or before anybody had called.
    "reopen_planned": Move({CaseState.CLOSED}, CaseState.PLANNED, "casework.reopen_case", event="casework.reopened"),
    "reopen": Move({CaseState.CLOSED}, CaseState.CONTACTED, "casework.reopen_case", event="casework.reopened"),
    "reopen_uncalled": Move({CaseState.CLOSED}, CaseState.NEW, "casework.reopen_case", event="casework.reopened"),
}
REOPENING = {
    CaseState.PLANNED: "reopen_planned",
    CaseState.CONTACTED: "reopen",
    CaseState.NEW: "reopen_uncalled",
}

BUSINESS_PLAN_MOVES = {
    "submit": Move(
        {BusinessPlanState.DRAFT, BusinessPlanState.RETURNED},
        BusinessPlanState.SUBMITTED,
        "casework.write_business_plan",
        event="casework.business_plan_submitted",
    ),
    "approve": Move(
        {BusinessPlanState.SUBMITTED},
        BusinessPlanState.APPROVED,
        "casework.approve_business_plan",
        event="casework.business_plan_approved",
    ),
    "send_back": Move(
        {BusinessPlanState.SUBMITTED},
        BusinessPlanState.RETURNED,
        "casework.approve_business_plan",
        event="casework.business_plan_returned",
    ),
}

REFERRAL_MOVES = {
    "take_up": Move(
        {ReferralState.SENT}, ReferralState.TAKEN, "casework.answer_referral", event="casework.referral_taken"
    ),
    "answer": Move(
        {ReferralState.SENT, ReferralState.TAKEN},
        ReferralState.ANSWERED,
        "casework.answer_referral",
        event="casework.referral_answered",
    ),
    # The application was withdrawn: nobody answered, and nobody has to any more.
    "drop": Move(
        {ReferralState.SENT, ReferralState.TAKEN},
        ReferralState.ANSWERED,
        "casework.answer_referral",
        event="casework.referral_dropped",
    ),
    "decline": Move(
        {ReferralState.SENT, ReferralState.TAKEN},
        ReferralState.DECLINED,
        "casework.answer_referral",
        event="casework.referral_declined",
    ),
    # The owner no longer lets SMEDA share, before the lender took it up.
    "withdraw": Move(
        {ReferralState.SENT}, ReferralState.WITHDRAWN, "casework.withdraw_referral", event="casework.referral_withdrawn"
    ),
}


class GrievanceState(models.TextChoices):
    """An answer is not a remedy: the two are counted apart, and neither closes a complaint by itself."""

    RECEIVED = "received", _("received")
    REPLIED = "replied", _("answered, not put right yet")
    RESOLVED = "resolved", _("put right, as we see it")
    DISPUTED = "disputed", _("not put right, says who complained")
    CLOSED = "closed", _("closed")


OPEN_GRIEVANCES = frozenset(
    {GrievanceState.RECEIVED, GrievanceState.REPLIED, GrievanceState.RESOLVED, GrievanceState.DISPUTED}
)

GRIEVANCE_MOVES = {
    "reply": Move(
        {GrievanceState.RECEIVED, GrievanceState.REPLIED, GrievanceState.DISPUTED},
        GrievanceState.REPLIED,
        "casework.answer_grievance",
        event="casework.grievance_replied",
    ),
    "resolve": Move(
        {GrievanceState.REPLIED},
        GrievanceState.RESOLVED,
        "casework.answer_grievance",
        event="casework.grievance_resolved",
    ),
    "agree": Move(
        {GrievanceState.REPLIED, GrievanceState.RESOLVED},
        GrievanceState.CLOSED,
        "casework.judge_grievance",
        event="casework.grievance_agreed",
    ),
    "disagree": Move(
        {GrievanceState.REPLIED, GrievanceState.RESOLVED},
        GrievanceState.DISPUTED,
        "casework.judge_grievance",
        event="casework.grievance_disputed",
    ),
    # Nobody said anything for seven days after it was put right.
    "lapse": Move(
        {GrievanceState.RESOLVED},
        GrievanceState.CLOSED,
        "casework.lapse_grievance",
        event="casework.grievance_lapsed",
    ),
}

# appointments
OPEN_MEETINGS = frozenset({MeetingState.PROPOSED, MeetingState.CONFIRMED})

MEETING_MOVES = {
    "confirm": Move(
        {MeetingState.PROPOSED},
        MeetingState.CONFIRMED,
        "casework.answer_meeting",
        event="casework.meeting_confirmed",
    ),
    # The client says so, or whoever talked with them.
    "say_no": Move(
        set(OPEN_MEETINGS), MeetingState.DECLINED, "casework.answer_meeting", event="casework.meeting_declined"
    ),
    "cancel": Move(
        set(OPEN_MEETINGS), MeetingState.CANCELLED, "casework.work_case", event="casework.meeting_cancelled"
    ),
    # The contact that is logged says that it took place.
    "hold": Move(set(OPEN_MEETINGS), MeetingState.HELD, "casework.work_case", event="casework.meeting_held"),
    "miss": Move(set(OPEN_MEETINGS), MeetingState.MISSED, "casework.work_case", event="casework.meeting_missed"),
    # The contact that said so was typed by mistake.
    "unhold": Move({MeetingState.HELD}, MeetingState.CONFIRMED, "casework.work_case", event="casework.meeting_open"),
    "unhold_unanswered": Move(
        {MeetingState.HELD}, MeetingState.PROPOSED, "casework.work_case", event="casework.meeting_open"
    ),
}

# business checks
HEALTH_MOVES = {
    # Every question is answered: the scores are fixed, and the client reads them.
    "finish": Move({HealthState.DRAFT}, HealthState.DONE, "casework.work_case", event="casework.health_checked"),
}


# results
class FollowUpState(models.TextChoices):
    ASKED = "asked", _("waits for the client's answer")
    ANSWERED = "answered", _("answered")
    UNANSWERED = "unanswered", _("not answered in time")


FOLLOW_UP_MOVES = {
    # Whoever answers late answers all the same.
    "take_answer": Move(
        {FollowUpState.ASKED, FollowUpState.UNANSWERED},
        FollowUpState.ANSWERED,
        "casework.answer_follow_up",
        event="casework.outcome_answered",
    ),
    # The client says otherwise, or that what a colleague wrote down is right.
    "answer_again": Move(
        {FollowUpState.ANSWERED},
        FollowUpState.ANSWERED,
        "casework.answer_follow_up_again",
        event="casework.outcome_answered_again",
    ),
    # A paper says otherwise than the client did: both stand, and they are asked again.
    "ask_again": Move(
        {FollowUpState.ANSWERED},
        FollowUpState.ANSWERED,
        "casework.measure_case",
        event="casework.outcome_differs",
    ),
    "run_out": Move(
        {FollowUpState.ASKED},
        FollowUpState.UNANSWERED,
        "casework.end_follow_up",
        event="casework.outcome_unanswered",
    ),
}


# transfers
class TransferState(models.TextChoices):
    """Nothing of the case changes before it is taken."""

    PROPOSED = "proposed", _("waits for an answer")
    ACCEPTED = "accepted", _("taken")
    REFUSED = "refused", _("not taken")
    WITHDRAWN = "withdrawn", _("taken back")
    UNDONE = "undone", _("undone")


TRANSFER_MOVES = {
    "accept": Move(
        {TransferState.PROPOSED},
        TransferState.ACCEPTED,
        "casework.answer_transfer",
        event="casework.transfer_accepted",
    ),
    "refuse": Move(
        {TransferState.PROPOSED}, TransferState.REFUSED, "casework.answer_transfer", event="casework.transfer_refused"
    ),
    # Whoever asked does not ask any more, or the case went another way.
    "withdraw": Move(
        {TransferState.PROPOSED},
        TransferState.WITHDRAWN,
        "casework.withdraw_transfer",
        event="casework.transfer_withdrawn",
    ),
    "undo": Move(
        {TransferState.ACCEPTED}, TransferState.UNDONE, "casework.undo_transfer", event="casework.transfer_undone"
    ),
}


# flags
class FlagState(models.TextChoices):
    RAISED = "raised", _("to be minded")
    CLEARED = "cleared", _("settled")


FLAG_MOVES = {
    "clear": Move({FlagState.RAISED}, FlagState.CLEARED, "casework.clear_flag", event="casework.flag_cleared"),
    "raise_again": Move(
        {FlagState.CLEARED}, FlagState.RAISED, "casework.restore_flag", event="casework.flag_raised_again"
    ),
}


# referrals besides the lender
class IntroductionState(models.TextChoices):
    SENT = "sent", _("sent, not known yet")
    ANSWERED = "answered", _("went there")
    ENDED = "ended", _("nothing came of it")


INTRODUCTION_MOVES = {
    "answer": Move(
        {IntroductionState.SENT},
        IntroductionState.ANSWERED,
        "casework.work_case",
        event="casework.introduction_answered",
    ),
    # The talk in which the client told of it was typed by mistake.
    "unanswer": Move(
        {IntroductionState.ANSWERED},
        IntroductionState.SENT,
        "casework.work_case",
        event="casework.introduction_open",
    ),
    "end": Move(
        {IntroductionState.SENT}, IntroductionState.ENDED, "casework.work_case", event="casework.introduction_ended"
    ),
}


# second readings of plans
class PlanReviewState(models.TextChoices):
    """A plan that was not drawn is nobody's to read."""

    SPARED = "spared", _("not drawn")
    DRAWN = "drawn", _("waits to be read")
    SOUND = "sound", _("found sound")
    REMARKED = "remarked", _("to be talked over")
    TALKED = "talked", _("talked over")


PLAN_REVIEW_MOVES = {
    "draw": Move({PlanReviewState.SPARED}, PlanReviewState.DRAWN, "casework.draw_plan", event="casework.plan_drawn"),
    "find_sound": Move(
        {PlanReviewState.DRAWN}, PlanReviewState.SOUND, "casework.review_plan", event="casework.plan_found_sound"
    ),
    "remark_on": Move(
        {PlanReviewState.DRAWN}, PlanReviewState.REMARKED, "casework.review_plan", event="casework.plan_remarked"
    ),
    "talk_over": Move(
        {PlanReviewState.REMARKED},
        PlanReviewState.TALKED,
        "casework.talk_plan_over",
        event="casework.plan_talked_over",
    ),
}


# what client and advisor write to each other
class WritingState(models.TextChoices):
    """A client's text waits for an answer; an advisor's is sent, and read or not."""

    WAITING = "waiting", _("waits for an answer")
    ANSWERED = "answered", _("answered")
    SETTLED = "settled", _("nothing to answer")
    SENT = "sent", _("sent")
    BACK = "back", _("taken back")


WRITING_MOVES = {
    "answer": Move(
        {WritingState.WAITING}, WritingState.ANSWERED, "casework.answer_writing", event="casework.writing_answered"
    ),
    # Or it was answered by word.
    "settle": Move(
        {WritingState.WAITING}, WritingState.SETTLED, "casework.answer_writing", event="casework.writing_settled"
    ),
    "take_back": Move(
        {WritingState.WAITING, WritingState.SENT},
        WritingState.BACK,
        "casework.take_back_writing",
        event="casework.writing_taken_back",
    ),
    # The answer was taken back.
    "wait_again": Move(
        {WritingState.ANSWERED}, WritingState.WAITING, "casework.answer_writing", event="casework.writing_waits_again"
    ),
}


# call-backs
class CallBackState(models.TextChoices):
    """A contact that was not drawn is nobody's to ask about."""

    SPARED = "spared", _("not drawn")
    DRAWN = "drawn", _("waits to be called back")
    CALLED = "called", _("called back")
    DENIED = "denied", _("it did not take place, says the client")
    SETTLED = "settled", _("decided")
    VAIN = "vain", _("not reached")
    ENDED = "ended", _("not to be called any more")


CALL_BACK_MOVES = {
    "draw": Move(
        {CallBackState.SPARED}, CallBackState.DRAWN, "casework.draw_call_back", event="casework.call_back_drawn"
    ),
    "try": Move({CallBackState.DRAWN}, CallBackState.DRAWN, "casework.call_back", event="casework.call_back_tried"),
    "give_up": Move(
        {CallBackState.DRAWN}, CallBackState.VAIN, "casework.call_back", event="casework.call_back_in_vain"
    ),
    # One event, whatever the client said: whoever had the contact may manage too, and read it.
    "reach": Move({CallBackState.DRAWN}, CallBackState.CALLED, "casework.call_back", event="casework.called_back"),
    "hear_no": Move({CallBackState.DRAWN}, CallBackState.DENIED, "casework.call_back", event="casework.called_back"),
    "settle": Move(
        {CallBackState.DENIED},
        CallBackState.SETTLED,
        "casework.settle_call_back",
        event="casework.call_back_settled",
    ),
    "end": Move(
        {CallBackState.DRAWN}, CallBackState.ENDED, "casework.draw_call_back", event="casework.call_back_ended"
    ),
    # Its contact was taken out, and put back.
    "draw_again": Move(
        {CallBackState.ENDED}, CallBackState.DRAWN, "casework.draw_call_back", event="casework.call_back_drawn"
    ),
}
