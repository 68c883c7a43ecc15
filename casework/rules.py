"""Who may work on cases. The other face of sight is `visible_to` in querysets.py."""

from typing import Any

import rules
from django.utils import timezone

from accounts.models import User
from accounts.roles import MANAGER_ROLES, Role
from accounts.rules import holds, is_advisor, is_lender, is_manager, is_national_reader, is_system
from casework.states import BACK_FOR, BusinessPlanState, HealthState, PlanReviewState, TransferState, WritingState
from enterprises.rules import covers_district, holds_grant, owns_enterprise, sees_enterprise


def case_of(item: Any) -> Any:
    """The case that a record hangs on, or the record itself where it is one."""
    return getattr(item, "case", item)


@rules.predicate
def is_own_case(user: User, item: Any) -> bool:
    return item is not None and case_of(item).advisor_id == user.pk


@rules.predicate
def is_case_of_office(user: User, item: Any) -> bool:
    return item is not None and case_of(item).office_id in user.office_ids


@rules.predicate
def is_client_of_case(user: User, item: Any) -> bool:
    """The owner whom the case calls, and no other owner."""
    return item is not None and user.is_entrepreneur and case_of(item).person.user_id == user.pk


@rules.predicate
def wrote_it(user: User, written: Any) -> bool:
    """Today's author, or any who wrote in it before: a comma makes nobody else's plan of it."""
    return written is not None and user.pk in written.all_writers


@rules.predicate
def is_read_above(_user: Any, plan: Any) -> bool:
    """None of the case's own office approves it: see `actions/plan_readers.py`."""
    return plan is not None and plan.read_at_id is not None


@rules.predicate
def manages_where_it_is_read(user: User, plan: Any) -> bool:
    managed = {office for role, office in user.posts if role in MANAGER_ROLES}
    return plan is not None and plan.read_at_id in managed


@rules.predicate
def is_approved(_user: Any, plan: Any) -> bool:
    return plan is not None and plan.state == BusinessPlanState.APPROVED


@rules.predicate
def is_shared(_user: Any, note: Any) -> bool:
    return note is not None and note.is_shared


@rules.predicate
def is_finished(_user: Any, check: Any) -> bool:
    return check is not None and check.state == HealthState.DONE


@rules.predicate
def wrote(user: User, note: Any) -> bool:
    return note is not None and note.by_id == user.pk


@rules.predicate
def is_standing(_user: User, written: Any) -> bool:
    """Nobody took it out; where that cannot be done, such as to a plan, it always stands."""
    return written is not None and getattr(written, "removed_at", None) is None


@rules.predicate
def is_confirmed(_user: Any, measure: Any) -> bool:
    return measure is not None and measure.grade == "confirmed"


@rules.predicate
def is_of_event(_user: Any, measure: Any) -> bool:
    """A paper, or another service, proved it: whoever made that puts it right."""
    return measure is not None and measure.event_id is not None


@rules.predicate
def is_answered_lately(_user: User, follow_up: Any) -> bool:
    until = follow_up.answer_again_until if follow_up is not None else None
    return until is not None and timezone.localdate() <= until


@rules.predicate
def took_out(user: User, measure: Any) -> bool:
    return measure is not None and measure.removed_by_id == user.pk


@rules.predicate
def is_at_office_referred_to(user: User, referral: Any) -> bool:
    return referral is not None and referral.to_office_id in user.office_ids


@rules.predicate
def covers_district_of_enquiry(user: User, enquiry: Any) -> bool:
    return enquiry is not None and enquiry.district_id in user.district_ids


@rules.predicate
def answered_enquiry(user: User, enquiry: Any) -> bool:
    return enquiry is not None and enquiry.by_id == user.pk


@rules.predicate
def is_at_office_that_answered(user: User, enquiry: Any) -> bool:
    return enquiry is not None and enquiry.office_id in user.office_ids


@rules.predicate
def made_grievance(user: User, grievance: Any) -> bool:
    return grievance is not None and grievance.complainant is not None and grievance.complainant.user_id == user.pk


@rules.predicate
def owns_grievance(user: User, grievance: Any) -> bool:
    return grievance is not None and grievance.owner_id == user.pk


def offices_of_work(user: User) -> set[int]:
    """Where the user holds a post. Who sits on the steering committee stands above the office that keeps its seat."""
    return {office for role, office in user.posts if role != Role.COMMITTEE_MEMBER}


@rules.predicate
def is_complained_of(user: User, grievance: Any) -> bool:
    """They themselves or, where it is serious, an office where they hold a post."""
    if grievance is None:
        return False
    at_own_office = grievance.about_office_id in offices_of_work(user)
    return grievance.about_user_id == user.pk or (grievance.category.is_serious and at_own_office)


@rules.predicate
def is_grievance_of_office(user: User, grievance: Any) -> bool:
    """What is serious is read by its owner and nationally: it has left the area."""
    return grievance is not None and not grievance.category.is_serious and grievance.office_id in user.office_ids


# An office that took a case of a district that it does not cover sees it by grant; its advisor and its manager work on
# it all the same.
has_case_in_hand = covers_district | ((is_own_case | (is_manager & is_case_of_office)) & holds_grant)
reads_for_smeda = has_case_in_hand | is_national_reader | is_system
works_on_case = is_advisor & has_case_in_hand


@rules.predicate
def has_advisor_at_work(_user: User, item: Any) -> bool:
    """Whoever has the case works on it still, wherever else they hold a post."""
    return item is not None and works_on_case.test(case_of(item).advisor, item)


manages_case = is_manager & is_case_of_office

rules.add_perm("casework.view_case", sees_enterprise)
rules.add_perm("casework.view_plan", sees_enterprise)
rules.add_perm("casework.view_contact", is_standing & (reads_for_smeda | owns_enterprise))
rules.add_perm("casework.view_call", sees_enterprise & reads_for_smeda)
rules.add_perm("casework.view_note", is_standing & (reads_for_smeda | (owns_enterprise & is_shared)))
rules.add_perm("casework.view_business_plan", reads_for_smeda | (sees_enterprise & is_approved))
rules.add_perm("casework.view_referral", reads_for_smeda | owns_enterprise | (is_at_office_referred_to & holds_grant))
# People call from anywhere: whoever answered goes on seeing it, wherever the caller lives. An event likewise.
reads_helpdesk = (
    covers_district_of_enquiry
    | answered_enquiry
    | (is_advisor & is_at_office_that_answered)
    | is_national_reader
    | is_system
)
rules.add_perm("casework.view_enquiry", is_standing & reads_helpdesk)
rules.add_perm("casework.view_helpdesk_event", reads_helpdesk)

rules.add_perm("casework.open_case", is_advisor | is_system)
rules.add_perm("casework.work_case", works_on_case | is_system)
# That a business stands on its own although something lacks: never who has the case.
rules.add_perm("casework.close_lacking", manages_case & ~is_own_case)
rules.add_perm("casework.write_note", works_on_case)
# A manager gives the cases of their offices to whom they name. Whom a client would rather talk with is theirs alone to
# say, and no other owner's.
rules.add_perm("casework.assign_case", is_manager & has_case_in_hand)
rules.add_perm("casework.wish_advisor", works_on_case | is_client_of_case)
rules.add_perm("casework.keep_note", works_on_case & wrote)
# Taken out by who typed it, and put back.
rules.add_perm("casework.keep_contact", works_on_case & wrote)
rules.add_perm("casework.keep_attempt", works_on_case & wrote)
rules.add_perm("casework.keep_enquiry", is_advisor & answered_enquiry)
rules.add_perm("casework.reopen_case", works_on_case | is_system)
rules.add_perm("casework.log_enquiry", is_advisor)
rules.add_perm("casework.make_lead", is_standing & is_advisor & reads_helpdesk)
rules.add_perm("casework.write_business_plan", works_on_case)
# A colleague of the district, or a manager above; never who wrote in it: the database holds that too.
reads_business_plan = (works_on_case & ~is_read_above) | manages_where_it_is_read
rules.add_perm("casework.approve_business_plan", reads_business_plan & ~wrote_it)
rules.add_perm("casework.answer_referral", (is_lender & is_at_office_referred_to) | is_system)
rules.add_perm("casework.withdraw_referral", is_system)

reads_grievances = is_national_reader | (is_manager & is_grievance_of_office)
sees_grievance = is_system | made_grievance | owns_grievance | (reads_grievances & ~is_complained_of)
rules.add_perm("casework.view_grievance", sees_grievance)
rules.add_perm("casework.list_grievances", is_national_reader | holds(Role.REGIONAL_MANAGER, Role.COMMITTEE_MEMBER))
rules.add_perm("casework.make_grievance", is_advisor | holds(Role.PROGRAMME_MANAGER))
rules.add_perm("casework.answer_grievance", owns_grievance)
# Whom it is about, and so whose it is; and taking it over from a colleague who does not come to it.
directs_grievances = holds(Role.PROGRAMME_MANAGER, Role.REGIONAL_MANAGER) & sees_grievance
rules.add_perm("casework.direct_grievance", directs_grievances | is_system)
# Whose name it bears is for whoever has to answer, and for nobody of the office complained of.
rules.add_perm("casework.read_complainant", (owns_grievance | holds(Role.PROGRAMME_MANAGER)) & sees_grievance)
# Who made it: signed in, or by number and code, for whom the portal writes it down.
rules.add_perm("casework.judge_grievance", made_grievance | is_system)
rules.add_perm("casework.lapse_grievance", is_system)
# appointments
rules.add_perm("casework.view_meeting", (sees_enterprise & reads_for_smeda) | is_client_of_case)
rules.add_perm("casework.answer_meeting", works_on_case | is_client_of_case)
# business checks
rules.add_perm("casework.view_health_check", reads_for_smeda | (owns_enterprise & is_finished))
# results
rules.add_perm("casework.view_measure", (sees_enterprise & reads_for_smeda) | is_client_of_case)
rules.add_perm("casework.view_follow_up", (sees_enterprise & reads_for_smeda) | is_client_of_case)
rules.add_perm("casework.measure_case", works_on_case)
# What the client confirmed nobody else takes out, and what an event proves nobody at all.
rules.add_perm("casework.remove_measure", works_on_case & ~is_confirmed & ~is_of_event)
rules.add_perm("casework.restore_measure", works_on_case & took_out)
rules.add_perm("casework.answer_follow_up", works_on_case | is_client_of_case)
# A slip, or what a colleague wrote down for them, for 30 days.
rules.add_perm("casework.answer_follow_up_again", is_client_of_case & is_answered_lately)
rules.add_perm("casework.end_follow_up", is_system)
# obstacles: they name nobody
rules.add_perm("casework.view_barrier", is_advisor | is_national_reader | is_system)
rules.add_perm("casework.view_barrier_report", sees_enterprise & reads_for_smeda)
rules.add_perm("casework.report_barrier", works_on_case)
rules.add_perm("casework.remove_barrier_report", works_on_case)
rules.add_perm("casework.restore_barrier_report", works_on_case & took_out)
rules.add_perm("casework.see_to_barrier", holds(Role.PROGRAMME_MANAGER))


# transfers
@rules.predicate
def is_at_office_asked(user: User, transfer: Any) -> bool:
    return transfer is not None and transfer.to_office_id in user.office_ids


@rules.predicate
def is_asked_to_take(user: User, transfer: Any) -> bool:
    """Who is named, or, where nobody is, anybody of the office."""
    named = transfer is not None and transfer.to_advisor_id
    return named == user.pk if named else is_at_office_asked.test(user, transfer)


@rules.predicate
def is_undecided(_user: User, transfer: Any) -> bool:
    return transfer is not None and transfer.state == TransferState.PROPOSED


@rules.predicate
def is_past_its_day(_user: User, transfer: Any) -> bool:
    return transfer is not None and transfer.due_on < timezone.localdate()


@rules.predicate
def proposed_it(user: User, transfer: Any) -> bool:
    return transfer is not None and transfer.by_id == user.pk


@rules.predicate
def decided_it(user: User, transfer: Any) -> bool:
    return transfer is not None and transfer.decided_by_id == user.pk


@rules.predicate
def works_at_either_office(user: User, transfer: Any) -> bool:
    return transfer is not None and not user.office_ids.isdisjoint({transfer.from_office_id, transfer.to_office_id})


@rules.predicate
def decided_lately(user: User, transfer: Any) -> bool:
    return decided_it.test(user, transfer) and transfer.decided_at > timezone.now() - BACK_FOR


@rules.predicate
def asked_lately(user: User, transfer: Any) -> bool:
    """The other face of `casework.querysets.transfers.asked_lately`."""
    was_asked = is_at_office_asked.test(user, transfer) and transfer.cause == "asked"
    return was_asked and transfer.decided_at is not None and transfer.decided_at > timezone.now() - BACK_FOR


# Who is asked reads the proposal, and the case once it is theirs. Who decided it may undo it, and reads it so long;
# so does who was asked with them and answered later.
asked = is_advisor & (is_at_office_asked | is_asked_to_take) & is_undecided
lately = (works_at_either_office & decided_lately) | asked_lately
reads_transfer = (sees_enterprise & reads_for_smeda) | asked | (is_advisor & lately)
rules.add_perm("casework.view_transfer", reads_transfer)
rules.add_perm("casework.propose_transfer", works_on_case)
# The manager of the office decides for whoever is asked; nobody decides what they proposed.
rules.add_perm(
    "casework.answer_transfer", ((is_advisor & is_asked_to_take) | (is_manager & is_at_office_asked)) & ~proposed_it
)
rules.add_perm("casework.withdraw_transfer", (is_advisor & proposed_it) | is_system)
# Whoever asked, or the manager there once they are late.
rules.add_perm("casework.see_refusal", is_advisor & (proposed_it | (manages_case & is_past_its_day & ~decided_it)))
rules.add_perm("casework.undo_transfer", is_advisor & works_at_either_office & decided_it)


# flags
@rules.predicate
def owns_flag(user: User, flag: Any) -> bool:
    return flag is not None and flag.owner_id == user.pk


@rules.predicate
def cleared_flag(user: User, flag: Any) -> bool:
    return flag is not None and flag.cleared_by_id == user.pk


sees_flag = sees_enterprise & reads_for_smeda
rules.add_perm("casework.view_flag", sees_flag)
rules.add_perm("casework.raise_flag", works_on_case)
rules.add_perm("casework.clear_flag", sees_flag & (owns_flag | is_manager))
rules.add_perm("casework.restore_flag", sees_flag & cleared_flag)


# second readings of plans
@rules.predicate
def was_drawn(_user: Any, lot: Any) -> bool:
    return lot is not None and lot.state != PlanReviewState.SPARED


sees_plan_review = sees_enterprise & reads_for_smeda & was_drawn
rules.add_perm("casework.view_plan_review", sees_plan_review)
rules.add_perm("casework.draw_plan", is_system)
looks_a_second_time = manages_where_it_is_read | holds(Role.PROGRAMME_MANAGER)
# A manager where it is read, or the programme's; never who agreed a step of it. The database holds the author to that.
rules.add_perm("casework.review_plan", sees_plan_review & looks_a_second_time & ~wrote_it)
# Where the advisor of a case that ended works here no more, a manager of it says so: nobody else is there to.
rules.add_perm(
    "casework.talk_plan_over",
    (works_on_case & (wrote_it | is_own_case))
    | (sees_plan_review & (manages_case | holds(Role.PROGRAMME_MANAGER)) & ~has_advisor_at_work),
)

# call-backs: never for the eyes of who had the contact, even where they manage
sees_call_back = (
    sees_enterprise & reads_for_smeda & was_drawn & (is_system | ((is_manager | is_national_reader) & ~wrote_it))
)
rules.add_perm("casework.view_call_back", sees_call_back)
rules.add_perm("casework.draw_call_back", is_system)
rules.add_perm("casework.call_back", sees_call_back & looks_a_second_time)
rules.add_perm("casework.settle_call_back", sees_call_back & holds(Role.PROGRAMME_MANAGER))

# referrals besides the lender
rules.add_perm("casework.view_introduction", (sees_enterprise & reads_for_smeda) | is_client_of_case)


# what client and advisor write to each other
@rules.predicate
def is_standing_writing(_user: User, writing: Any) -> bool:
    return writing is not None and writing.state != WritingState.BACK


sees_writing = is_standing_writing & ((sees_enterprise & reads_for_smeda) | is_client_of_case)
rules.add_perm("casework.view_writing", sees_writing)
rules.add_perm("casework.write_to_advisor", is_client_of_case)
rules.add_perm("casework.answer_writing", works_on_case)
rules.add_perm("casework.take_back_writing", wrote & (works_on_case | is_client_of_case))
