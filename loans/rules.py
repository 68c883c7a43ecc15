"""Who may do what with applications and loans. The other face of sight is `sight_of_loans` in querysets.py."""

from typing import Any

import rules

from accounts.models import User
from accounts.roles import Role
from accounts.rules import holds, is_lender, is_national_reader, is_system
from enterprises.rules import covers_district

is_loan_officer = holds(Role.LOAN_OFFICER)
is_cashier = holds(Role.CASHIER)
is_loan_manager = holds(Role.BRANCH_MANAGER, Role.AREA_MANAGER)
takes_referrals = holds(Role.LOAN_OFFICER, Role.BRANCH_MANAGER)


@rules.predicate
def is_at_branch(user: User, item: Any) -> bool:
    return item is not None and item.branch_id in user.office_ids


@rules.predicate
def is_borrower(user: User, item: Any) -> bool:
    return item is not None and user.is_entrepreneur and item.person.user_id == user.pk


@rules.predicate
def is_referred_here(user: User, referral: Any) -> bool:
    return referral is not None and referral.to_office_id in user.office_ids


@rules.predicate
def appraised(user: User, application: Any) -> bool:
    return application is not None and application.visited_by_id == user.pk


@rules.predicate
def decided(user: User, application: Any) -> bool:
    """Whoever voted took part in the decision, not only the one whose vote completed it."""
    if application is None:
        return False
    return application.decided_by_id == user.pk or application.votes.filter(member=user).exists()


@rules.predicate
def posted(user: User, entry: Any) -> bool:
    return entry is not None and entry.by_id == user.pk


sees_loans = (is_lender & is_at_branch) | covers_district | is_borrower | is_national_reader | is_system

rules.add_perm("loans.view_application", sees_loans)
rules.add_perm("loans.receive_application", takes_referrals & is_referred_here)
rules.add_perm("loans.appraise_application", is_loan_officer & is_at_branch)
# Who visited neither votes nor refuses nor pays out: the database holds that too.
rules.add_perm("loans.vote_on_application", is_loan_manager & is_at_branch & ~appraised)
rules.add_perm("loans.refuse_application", is_loan_manager & is_at_branch & ~appraised)
rules.add_perm("loans.withdraw_application", (is_loan_officer & is_at_branch) | is_borrower)
rules.add_perm("loans.disburse_application", is_cashier & is_at_branch & ~appraised & ~decided)

rules.add_perm("loans.view_loan", sees_loans)
rules.add_perm("loans.post_receipt", is_cashier & is_at_branch)
# Who posted a receipt does not reverse it.
rules.add_perm("loans.reverse_receipt", is_loan_manager & is_at_branch & ~posted)
