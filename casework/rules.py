"""Who may work on cases. The other face of sight is `visible_to` in querysets.py."""

import rules

from accounts.rules import is_advisor, is_lender, is_system
from enterprises.rules import advises_enterprise, covers_district, owns_enterprise, sees_enterprise


@rules.predicate
def is_author(user, plan) -> bool:
    return plan is not None and plan.author_id == user.pk


@rules.predicate
def is_at_office_referred_to(user, referral) -> bool:
    return referral is not None and referral.to_office_id in user.office_ids


rules.add_perm("casework.view_case", sees_enterprise)
rules.add_perm("casework.work_case", advises_enterprise | is_system)
rules.add_perm("casework.log_enquiry", is_advisor)
rules.add_perm("casework.write_business_plan", advises_enterprise)
# A colleague of the district, never the author: the database holds that too.
rules.add_perm("casework.approve_business_plan", is_advisor & covers_district & ~is_author)
rules.add_perm("casework.answer_referral", (is_lender & is_at_office_referred_to) | is_system)
rules.add_perm("casework.write_note", advises_enterprise)
rules.add_perm("casework.view_plan", sees_enterprise | owns_enterprise)
