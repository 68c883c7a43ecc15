"""A borrower died or cannot work any more: the loan rests at once, somebody visits, two people decide what follows."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Appointment, User
from accounts.roles import Role
from journal.events import ADVISORS, LENDER, MANAGERS, record
from journal.moves import hold, move
from kit.saving import save
from loans.actions import ledger, terms
from loans.effects import Kind
from loans.guarantee import counting_guarantors
from loans.models import Loan, Misfortune, Terms
from loans.states import MisfortuneState
from messaging.outbox import queue
from places.calendar import LENDING, add_working_days

WORKING_DAYS_TO_VISIT = 3
WORKING_DAYS_TO_SETTLE = 5
# Colleagues alone: the family is talked with, and reads no journal of it.
TOLD = {ADVISORS, LENDER, MANAGERS}
# What is known of it once the family was visited, whichever loan it is about.
KNOWN = (
    "kind", "happened_on", "told_by", "reported_by", "reported_at", "visitor", "visited_by", "visited_on", "whom_met",
)  # fmt: skip
VISITORS = (Role.LOAN_OFFICER, Role.BRANCH_MANAGER)


@transaction.atomic
def report(*, loan: Loan, kind: str, happened_on: date, told_by: str, by: User) -> Misfortune:
    """Write down what somebody told. Every loan of the borrower rests from this moment, and a named person visits."""
    held = hold_all(loan)
    if not by.has_perm("loans.report_misfortune", held):
        raise PermissionDenied("loans.report_misfortune")
    if not held.is_live:
        raise ValidationError(_("Nothing is left to pay on this loan."))
    if held.frozen_for is not None:
        raise ValidationError(
            _("This is written down already, by %(name)s. The loan rests.") % {"name": held.frozen_for.reported_by}
        )
    if happened_on > timezone.localdate():
        raise ValidationError({"happened_on": _("This day is still to come.")})
    misfortune = Misfortune(
        branch_id=held.branch_id,
        loan=held,
        kind=kind,
        happened_on=happened_on,
        told_by=told_by,
        reported_by=by,
        visitor=visitor_of(held) or by,
        due_on=in_days(WORKING_DAYS_TO_VISIT),
    )
    save(misfortune, force_insert=True)
    Loan.objects.filter(person=held.person_id, ended_on=None, frozen_for=None).update(frozen_for=misfortune)
    record("loans.misfortune_reported", target=misfortune, by=by, audience=TOLD, data={"kind": kind, "loan": held.pk})
    return misfortune


def hold_all(loan: Loan) -> Loan:
    """Lock the borrower, then every loan of theirs in the order of its key, and return this one fresh.

    Two who write about two loans of one person, each holding one and wanting the other, would deadlock. Whoever pays
    out another loan holds the borrower too, and so takes turns with a report.
    """
    person = hold(loan.person, version=None)
    theirs = Loan.objects.filter(Q(person=person) | Q(pk=loan.pk)).order_by("pk")
    return next(one for one in theirs.select_for_update(no_key=True, of=("self",)) if one.pk == loan.pk)


def visitor_of(loan: Loan) -> User | None:
    """Who goes to the family: the officer of the loan while they work at the branch, else another who does."""
    posts = Appointment.objects.in_force(on=timezone.localdate()).filter(
        office=loan.branch_id, role__in=VISITORS, user__is_active=True
    )
    theirs = posts.filter(user=loan.application.officer_id).first()
    chosen = theirs or posts.select_related("user").order_by("-role", "pk").first()
    return chosen.user if chosen else None


def in_days(number: int) -> date:
    return add_working_days(timezone.localdate(), number, calendar=LENDING)


@transaction.atomic
def record_visit(*, misfortune: Misfortune, version: int, visited_on: date, whom_met: str, by: User) -> Misfortune:
    """Write down that somebody was with the family. By the next day it is to be said what follows."""
    ledger.hold_loan(misfortune.loan)
    if visited_on > timezone.localdate():
        raise ValidationError({"visited_on": _("This day is still to come.")})
    if visited_on < timezone.localdate(misfortune.reported_at):
        raise ValidationError({"visited_on": _("Nobody had told of it on this day.")})
    return step(
        misfortune,
        "visit",
        by=by,
        version=version,
        visited_by=by,
        visited_on=visited_on,
        whom_met=whom_met,
        due_on=in_days(WORKING_DAYS_TO_SETTLE),
    )


@transaction.atomic
def propose(
    *, misfortune: Misfortune, version: int, ground: str, paper: str, paper_number: str, amount: int, by: User
) -> Misfortune:
    """Say that the papers were seen and what is to be forgiven; somebody else decides."""
    held = ledger.hold_loan(misfortune.loan)
    check_ground(misfortune, ground)
    check_amount(held, amount)
    return step(
        misfortune,
        "propose",
        by=by,
        version=version,
        ground=ground,
        paper=paper,
        paper_number=paper_number,
        amount=amount,
        verified_by=by,
        verified_at=timezone.now(),
        due_on=in_days(WORKING_DAYS_TO_SETTLE),
    )


def check_ground(misfortune: Misfortune, ground: str) -> None:
    if (misfortune.kind == Misfortune.Kind.DEATH) != (ground == Misfortune.Ground.DEATH):
        raise ValidationError({"ground": _("This is not what was reported.")})


def check_amount(held: Loan, amount: int | None) -> None:
    """Money may have come since it was proposed, so this is asked again when it is decided."""
    if not held.is_live:
        raise ValidationError(_("Nothing is left to pay on this loan."))
    if amount is not None and amount > held.balance:
        said = _("Only Rs %(balance)s is left to pay. No more can be forgiven.")
        raise ValidationError({"amount": said % {"balance": f"{held.balance:,}"}})


@transaction.atomic
def waive(*, misfortune: Misfortune, version: int, by: User) -> Misfortune:
    """Forgive what was proposed, by another person than who verified it. It never counts as money that came back.

    Where all of it is forgiven the guarantors are free, and told so. Where a part is, what is left begins again, and
    the days on which the loan rested are not held against the borrower. The family is told in plain words.
    """
    held = hold_all(misfortune.loan)
    ended = step(misfortune, "waive", by=by, version=version, **end_facts(Misfortune.Ending.WAIVED, by=by))
    check_amount(held, ended.amount)
    ledger.write(
        held,
        Kind.WAIVER,
        amount=ended.amount,  # type: ignore[arg-type]  # set by the proposal
        by=by,
        received_on=timezone.localdate(),
        reason=Misfortune.Ground(ended.ground).name.lower(),
    )
    thaw(ended, held, by=by)
    queue("loans.waived", target=ended, by=by)
    if not held.is_live:
        release(held, by=by)
    return ended


def release(held: Loan, *, by: User) -> None:
    """The guarantors answer for nothing any more, and are told."""
    counted = counting_guarantors(held.application)
    for guarantor in held.application.guarantors.filter(person__in=counted):
        queue("loans.released", target=guarantor, by=by)


@transaction.atomic
def end(*, misfortune: Misfortune, version: int, ending: str, reason: str, by: User) -> Misfortune:
    """Take a wrong report back, or say that the loan goes on. The days that it rested are not held against anybody."""
    held = hold_all(misfortune.loan)
    if ending == Misfortune.Ending.WAIVED:
        raise ValidationError({"ending": _("Choose one of these.")})
    if ending == Misfortune.Ending.GOES_ON and misfortune.visited_on is None:
        raise ValidationError({"ending": _("Somebody visits the family first.")})
    ended = step(misfortune, "end", by=by, version=version, reason=reason, **end_facts(ending, by=by))
    thaw(ended, held, by=by)
    if held.is_live:
        queue("loans.goes_on", target=ended, by=by)
    return ended


def end_facts(ending: str, *, by: User) -> dict[str, Any]:
    return {"ending": ending, "ended_by": by, "ended_at": timezone.now()}


def step(misfortune: Misfortune, verb: str, *, by: User, version: int, **changes: Any) -> Misfortune:
    return move(misfortune, verb, by=by, version=version, audience=TOLD, **changes)


def thaw(misfortune: Misfortune, held: Loan, *, by: User) -> None:
    """Let the loan go on. What fell due while it rested falls due later, by the months that began meanwhile.

    A wrong report was wrong for every loan of the borrower. Otherwise something happened all the same: the others rest
    until it is said of each what follows, and only one that ended meanwhile waits for nothing.
    """
    others = list(Loan.objects.filter(frozen_for=misfortune).exclude(pk=held.pk).order_by("pk"))
    if misfortune.ending != Misfortune.Ending.WRONG and (waiting := [one for one in others if one.is_live]):
        keep_resting(misfortune, waiting, by=by)
        others = [one for one in others if not one.is_live]
    since, today = timezone.localdate(misfortune.reported_at), timezone.localdate()
    for one in [held, *others]:
        one.frozen_for = None
        one.save(update_fields=["frozen_for"])
        months = terms.months_begun(since, today)
        if months and one.next_due_on and one.next_due_on <= today:
            terms.put_off(one, months=months, reason=Terms.Reason.RESTED, by=by)


def keep_resting(ended: Misfortune, waiting: list[Loan], *, by: User) -> Misfortune:
    """The same misfortune, written down for the next loan that rests: visited, and still to be decided."""
    first = waiting[0]
    facts = {name: getattr(ended, name) for name in KNOWN}
    own = Misfortune(
        branch_id=first.branch_id,
        loan=first,
        state=MisfortuneState.VISITED,
        due_on=in_days(WORKING_DAYS_TO_SETTLE),
        **facts,
    )
    save(own, force_insert=True)
    Loan.objects.filter(pk__in=[one.pk for one in waiting]).update(frozen_for=own)
    facts = {"kind": own.kind, "loan": first.pk}
    record("loans.misfortune_reported", target=own, by=by, audience=TOLD, data=facts)
    return own
