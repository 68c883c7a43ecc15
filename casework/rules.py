"""Who may work on cases. The other face of sight is `visible_to` in querysets.py."""

from typing import Any

import rules

from accounts.models import User
from accounts.rules import is_advisor, is_lender, is_national_reader, is_system
from casework.states import BusinessPlanState
from enterprises.rules import covers_district, holds_grant, owns_enterprise, sees_enterprise


def case_of(item: Any) -> Any:
    """The case that a record hangs on, or the record itself where it is one."""
    return getattr(item, "case", item)


@rules.predicate
def is_own_case(user: User, item: Any) -> bool:
    return item is not None and case_of(item).advisor_id == user.pk


@rules.predicate
def is_author(user: User, plan: Any) -> bool:
    return plan is not None and plan.author_id == user.pk


@rules.predicate
def is_approved(_user: Any, plan: Any) -> bool:
    return plan is not None and plan.state == BusinessPlanState.APPROVED


@rules.predicate
def is_shared(_user: Any, note: Any) -> bool:
    return note is not None and note.is_shared


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


# An office that took a case because none covers the district sees it by grant; its advisor works on it all the same.
has_case_in_hand = covers_district | (is_own_case & holds_grant)
reads_for_smeda = has_case_in_hand | is_national_reader | is_system
works_on_case = is_advisor & has_case_in_hand

rules.add_perm("casework.view_case", sees_enterprise)
rules.add_perm("casework.view_plan", sees_enterprise)
rules.add_perm("casework.view_contact", reads_for_smeda | owns_enterprise)
rules.add_perm("casework.view_call", sees_enterprise & reads_for_smeda)
rules.add_perm("casework.view_note", reads_for_smeda | (owns_enterprise & is_shared))
rules.add_perm("casework.view_business_plan", reads_for_smeda | (sees_enterprise & is_approved))
rules.add_perm("casework.view_referral", reads_for_smeda | owns_enterprise | (is_at_office_referred_to & holds_grant))
# People call from anywhere: whoever answered goes on seeing it, wherever the caller lives.
rules.add_perm(
    "casework.view_enquiry",
    covers_district_of_enquiry
    | answered_enquiry
    | (is_advisor & is_at_office_that_answered)
    | is_national_reader
    | is_system,
)

rules.add_perm("casework.open_case", is_advisor | is_system)
rules.add_perm("casework.work_case", works_on_case | is_system)
rules.add_perm("casework.write_note", works_on_case)
rules.add_perm("casework.log_enquiry", is_advisor)
rules.add_perm("casework.write_business_plan", works_on_case)
# A colleague of the district, never the author: the database holds that too.
rules.add_perm("casework.approve_business_plan", works_on_case & ~is_author)
rules.add_perm("casework.answer_referral", (is_lender & is_at_office_referred_to) | is_system)
rules.add_perm("casework.withdraw_referral", is_system)
