"""Who may do what with applications and loans. The other face of sight is `sight_of_loans` in querysets.py."""

from typing import Any

import rules

from accounts.models import Office, User
from accounts.roles import Role
from accounts.rules import holds, is_advisor, is_lender, is_national_reader, is_system
from enterprises.rules import covers_district


def works_at(place: str, *roles: str) -> rules.Predicate:
    """True for who holds one of the roles at the item's `place`, or at an office above it.

    Sight may come from any of somebody's posts; an act needs the post itself, there.
    """

    def holds_post(user: User, item: Any) -> bool:
        offices = {office for role, office in user.posts if role in roles}
        office = getattr(item, place) if item is not None and offices else None
        while office is not None and office.pk not in offices:
            office = office.parent
        return office is not None

    return rules.predicate(holds_post, name=f"works_at_{place}_as_{'_or_'.join(roles)}")


is_programme_manager = holds(Role.PROGRAMME_MANAGER)
is_loan_officer = works_at("branch", Role.LOAN_OFFICER)
is_cashier = works_at("branch", Role.CASHIER)
is_loan_manager = works_at("branch", Role.BRANCH_MANAGER, Role.AREA_MANAGER)
takes_referrals = works_at("to_office", Role.LOAN_OFFICER, Role.BRANCH_MANAGER)


@rules.predicate
def is_at_branch(user: User, item: Any) -> bool:
    return item is not None and item.branch_id in user.office_ids


@rules.predicate
def is_borrower(user: User, item: Any) -> bool:
    return item is not None and user.is_entrepreneur and item.person.user_id == user.pk


@rules.predicate
def appraised(user: User, application: Any) -> bool:
    """Whoever visited or verified the guarantors."""
    return application is not None and user.pk in {application.visited_by_id, application.guaranteed_by_id}


@rules.predicate
def decided(user: User, application: Any) -> bool:
    """Whoever voted took part in the decision, not only the one whose vote completed it."""
    has_voted = application is not None and application.votes.filter(member=user).exists()
    return has_voted or (application is not None and application.decided_by_id == user.pk)


@rules.predicate
def posted(user: User, entry: Any) -> bool:
    return entry is not None and entry.by_id == user.pk


def of_the_partner(role: str) -> rules.Predicate:
    """True for who holds the role anywhere at the lender whose item it is: below its head office, or there."""

    def holds_post(user: User, item: Any) -> bool:
        offices = {office for held, office in user.posts if held == role} if item is not None else set()
        return bool(offices) and item.partner.office_id in Office.objects.above(offices)

    return rules.predicate(holds_post, name=f"is_{role}_of_the_partner")


# Of the lender whose fund it is.
manages_for_partner = of_the_partner(Role.AREA_MANAGER)
# Money is taken at any branch of the lender whose loan it is: hers may be a day's journey away.
takes_money_for_partner = of_the_partner(Role.CASHIER)


@rules.predicate
def verified(user: User, misfortune: Any) -> bool:
    return misfortune is not None and misfortune.verified_by_id == user.pk


@rules.predicate
def reported(user: User, misfortune: Any) -> bool:
    return misfortune is not None and misfortune.reported_by_id == user.pk


@rules.predicate
def manages_for_partner_of(user: User, entry: Any) -> bool:
    return entry is not None and manages_for_partner(user, entry.scheme)


@rules.predicate
def is_of_applicant(_user: User, asked: Any) -> bool:
    return asked is not None and asked.is_of_applicant


sees_loans = (is_lender & is_at_branch) | covers_district | is_borrower | is_national_reader | is_system


@rules.predicate
def sees_loan_of(user: User, entry: Any) -> bool:
    return entry is not None and sees_loans(user, entry.loan)


# The branch that took the money has the slip, whosever loan it is; the other face is `LedgerQuerySet.slips_seen_by`.
sees_receipts = (is_lender & is_at_branch) | sees_loan_of

rules.add_perm("loans.view_application", sees_loans)
rules.add_perm("loans.receive_application", takes_referrals)
rules.add_perm("loans.appraise_application", is_loan_officer)
rules.add_perm("loans.keep_guarantors", is_loan_officer)
# Who visited or verified neither votes nor refuses nor pays out: the database holds that too.
rules.add_perm("loans.vote_on_application", is_loan_manager & ~appraised)
rules.add_perm("loans.refuse_application", is_loan_manager & ~appraised)
# The system where the applicant takes back the permission on which it rests.
rules.add_perm("loans.withdraw_application", is_loan_officer | is_borrower | is_system)
rules.add_perm("loans.disburse_application", is_cashier & ~appraised & ~decided)

# What the lender still needs: asked and taken back at the branch, answered by who is asked, or by the advisor for them.
rules.add_perm("loans.ask_applicant", is_loan_officer | is_loan_manager)
rules.add_perm("loans.view_request", (sees_loans & ~is_borrower) | (is_borrower & is_of_applicant))
rules.add_perm("loans.answer_request", (is_borrower & is_of_applicant) | (is_advisor & covers_district) | is_system)
rules.add_perm("loans.withdraw_request", is_loan_officer | is_loan_manager)
rules.add_perm("loans.reopen_request", is_system)

rules.add_perm("loans.enter_money", manages_for_partner)
# Who wrote money down does not agree to it: the database holds that too.
rules.add_perm("loans.check_money", (manages_for_partner_of | is_programme_manager) & ~posted)

rules.add_perm("loans.view_loan", sees_loans)
rules.add_perm("loans.post_receipt", is_cashier | takes_money_for_partner)


@rules.predicate
def holds_book(user: User, book: Any) -> bool:
    return book is not None and book.issued_to_id == user.pk


rules.add_perm("loans.view_book", (is_lender & is_at_branch) | is_national_reader | is_system)
rules.add_perm("loans.issue_book", is_loan_manager & ~holds_book)
# Who holds the book does not say why a number of it is missing: the database holds that too.
rules.add_perm("loans.explain_slip", is_loan_manager & ~holds_book)
rules.add_perm("loans.view_receipt", sees_receipts)
# Anybody who learns of a death or a disability writes it down.
rules.add_perm("loans.report_misfortune", is_loan_officer | is_cashier | is_loan_manager | covers_district | is_system)
rules.add_perm("loans.view_misfortune", (is_lender & is_at_branch) | covers_district | is_national_reader | is_system)
rules.add_perm("loans.visit_family", is_loan_officer | is_loan_manager)
rules.add_perm("loans.propose_waiver", is_loan_officer | is_loan_manager)
# Who verified a misfortune does not forgive, and who reported it does not take it back: the database holds that too.
rules.add_perm("loans.approve_waiver", is_loan_manager & ~verified)
rules.add_perm("loans.end_misfortune", is_loan_manager & ~reported)
# Who posted a receipt does not reverse it.
rules.add_perm("loans.reverse_receipt", is_loan_manager & ~posted)

# What is done about a late instalment: the branch writes it down, and whoever reads the programme reads it too.
rules.add_perm("loans.chase_loan", is_loan_officer | is_loan_manager)
rules.add_perm("loans.read_arrears", (is_lender & is_at_branch) | is_national_reader | is_system)


@rules.predicate
def gave(user: User, loan: Any) -> bool:
    """Whoever paid the money out."""
    return loan is not None and loan.application.disbursed_by_id == user.pk


@rules.predicate
def is_at_head_office(user: User, loan: Any) -> bool:
    return loan is not None and (Role.AREA_MANAGER, loan.partner.office_id) in {
        (role, office) for role, office in user.posts
    }


# Who gave the money does not write down that it came back; only the lender's head office gives up hope.
rules.add_perm("loans.cancel_loan", is_loan_manager & ~gave)
rules.add_perm("loans.write_off", is_at_head_office)
