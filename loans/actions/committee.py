"""The committee's votes, and what they add up to."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from journal.events import LENDER, record
from journal.moves import MoveRefused, hold, move
from loans.actions.applications import EVERYBODY, check_refusal, close_with_refusal
from loans.actions.offers import check_fund, check_terms
from loans.conflicts import refuse_conflict
from loans.limits import amount_at_stake, level_missing, level_of, matrix_of
from loans.models import Application, RefusalReason, Vote
from loans.purse import promise
from loans.states import ApplicationState
from messaging.outbox import queue
from places.calendar import LENDING, add_working_days

WORKING_DAYS_TO_PAY = 5


@transaction.atomic
def vote(
    *,
    application: Application,
    version: int,
    approves: bool,
    by: User,
    amount: int | None = None,
    refusal: RefusalReason | None = None,
    refusal_text: str = "",
) -> Application:
    """Cast one committee member's vote. The vote that completes the product's quorum decides.

    All must agree: then the lowest amount is approved, once somebody whose limit covers it is among them. One no
    refuses, with the reason given first.
    """
    held = hold(application, version=version)
    if held.state != ApplicationState.GUARANTEED:
        raise MoveRefused(held, "approve")
    if not by.has_perm("loans.vote_on_application", held):
        raise PermissionDenied("loans.vote_on_application")
    if held.votes.filter(member=by).exists():
        raise ValidationError(_("You have voted on this application already."))
    refuse_conflict(by, held)
    if approves:
        check_amount(held, amount)
        refusal, refusal_text = None, ""
    else:
        check_refusal(refusal, refusal_text)
        amount = None
    Vote.objects.create(
        application=held,
        member=by,
        appraised_by=held.visited_by,  # type: ignore[misc]  # set by the visit
        level=level_of(by, held),
        approves=approves,
        amount=amount,
        refusal=refusal,
        refusal_text=refusal_text,
    )
    record("loans.voted", target=held, by=by, audience={LENDER})
    votes = list(held.votes.select_related("refusal"))
    return held if len(votes) < held.product.quorum else decide(held, votes=votes, by=by)


def decide(held: Application, *, votes: list[Vote], by: User) -> Application:
    """Make the move that the completed votes add up to, if they carry the amount; `held` is locked."""
    for vote in votes:
        if vote.refusal is not None:
            return close_with_refusal(held, "reject", reason=vote.refusal, text=vote.refusal_text, by=by)
    if level_missing(held, votes, matrix_of(held, on=timezone.localdate())):
        return held
    amount = amount_at_stake(held, votes)
    check_fund(scheme=held.scheme, person=held.person, months=held.months)
    promise(held.scheme_id, amount)
    approved = move(
        held,
        "approve",
        by=by,
        version=held.version,
        audience=EVERYBODY,
        data={"amount": amount},
        amount_approved=amount,
        decided_by=by,
        decided_at=timezone.now(),
        due_on=add_working_days(timezone.localdate(), WORKING_DAYS_TO_PAY, calendar=LENDING),
    )
    queue("loans.decision", target=approved, by=by)
    return approved


def check_amount(application: Application, amount: int | None) -> None:
    """Refuse an amount that was not asked for, or that the product does not allow."""
    if amount is None:
        raise ValidationError({"amount": _("Enter an amount in rupees.")})
    if amount > application.amount_wanted:
        wanted = f"{application.amount_wanted:,}"
        raise ValidationError({"amount": _("Rs %(wanted)s was asked for. Approve that or less.") % {"wanted": wanted}})
    check_terms(offer=application.offer, amount=amount, months=application.months)
