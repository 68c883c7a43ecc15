"""What the branch does about a late instalment: a visit, an agreed day, and at the very last a guarantor."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import LocalClosure, User
from journal.events import ADVISORS, ENTREPRENEUR, LENDER, record
from kit import words
from kit.saving import save
from loans import promises
from loans.actions.ledger import hold_loan
from loans.arrears import guarantors_from, why_no_guarantor
from loans.guarantee import counting_guarantors
from loans.models import Guarantor, GuarantorContact, Loan, Promise, Visit
from loans.schedule import dpd
from places.calendar import LENDING, Calendar

COLLEAGUES = {ADVISORS, LENDER}


@transaction.atomic
def record_visit(
    *,
    loan: Loan,
    visited_on: date,
    place: str,
    whom_met: str,
    outcome: str,
    by: User,
    note: str = "",
    pay_on: date | None = None,
    amount: int | None = None,
) -> Visit:
    """Write a visit down, with the day that was agreed at the door, if one was.

    Nobody is visited before an agreed day is over, nor where the place is shut. The loan is locked, so that what is
    late does not change meanwhile.
    """
    held = hold_allowed(loan, by=by)
    calendar = Calendar.load(LENDING)
    check_late(held, on=timezone.localdate(), calendar=calendar)
    check_day(held, visited_on, field="visited_on", calendar=calendar)
    check_undisturbed(held, on=visited_on, field="visited_on", calendar=calendar)
    if (earlier := held.visits.filter(visited_on=visited_on).select_related("by").first()) is not None:
        said = _("A visit on this day is written down already, by %(name)s.") % {"name": earlier.by}
        raise ValidationError({"visited_on": said})
    if outcome == Visit.Outcome.PAYS and pay_on is None:
        raise ValidationError({"pay_on": _("By which day? Agree on one, and nobody disturbs them until then.")})
    visit = Visit(
        loan=held,
        branch_id=held.branch_id,
        due_on=held.next_due_on,
        by=by,
        number=Visit.objects.about(held).count() + 1,
        visited_on=visited_on,
        place=place,
        whom_met=whom_met,
        outcome=outcome,
        note=note,
    )
    save(visit, force_insert=True)
    record("loans.late_visited", target=visit, by=by, audience=COLLEAGUES, data={"number": visit.number})
    if pay_on is not None:
        promise(held, pay_on=pay_on, amount=amount, by=by, calendar=calendar)
    return visit


@transaction.atomic
def agree(*, loan: Loan, pay_on: date, by: User, amount: int | None = None) -> Promise:
    """Agree on a day, on the phone or at the counter; also before the instalment is late."""
    held = hold_allowed(loan, by=by)
    return promise(held, pay_on=pay_on, amount=amount, by=by, calendar=Calendar.load(LENDING))


def promise(held: Loan, *, pay_on: date, amount: int | None, by: User, calendar: Calendar) -> Promise:
    """Write the agreed day down; without an amount it is of what is due by then. `held` is locked."""
    today = timezone.localdate()
    latest = today + timedelta(days=held.partner.promise_days)
    if pay_on < today:
        raise ValidationError({"pay_on": _("This day is over. Agree on one that is to come.")})
    if pay_on > latest:
        said = _("Not later than %(day)s. For more time new terms are needed: speak with the branch manager.")
        raise ValidationError({"pay_on": said % {"day": words.plain(words.day_plain(latest))}})
    if pay_on <= (on_time := calendar.first_at_or_after(due_day(held))):
        said = _("Whatever is paid by %(day)s is on time. Nothing has to be agreed for that.")
        raise ValidationError({"pay_on": said % {"day": words.plain(words.day_plain(on_time))}})
    due = held.due_by(pay_on)
    if amount is not None and amount > due:
        said = _("By then Rs %(due)s is due. More need not be agreed.") % {"due": f"{due:,}"}
        raise ValidationError({"amount": said})
    made = Promise(
        loan=held, branch_id=held.branch_id, due_on=held.next_due_on, by=by, pay_on=pay_on, amount=amount or due
    )
    save(made, force_insert=True)
    told = COLLEAGUES | {ENTREPRENEUR}
    record("loans.day_agreed", target=made, by=by, audience=told, data={"amount": made.amount})
    return made


@transaction.atomic
def speak_with_guarantor(
    *, loan: Loan, guarantor: Guarantor, spoken_on: date, outcome: str, by: User, note: str = ""
) -> GuarantorContact:
    """Write down a talk with who vouched: after two visits about this lateness and not before, as the database holds.

    The borrower reads nothing of it, and no advisor: what is between the branch and the guarantor stays there.
    """
    held = hold_allowed(loan, by=by)
    calendar = Calendar.load(LENDING)
    check_late(held, on=timezone.localdate(), calendar=calendar)
    if said := why_no_guarantor(held):
        raise ValidationError(said)
    check_day(held, spoken_on, field="spoken_on", calendar=calendar)
    if spoken_on < (first := guarantors_from(held)):
        said = _("Guarantors are spoken to from %(day)s on.") % {"day": words.plain(words.day_plain(first))}
        raise ValidationError({"spoken_on": said})
    check_undisturbed(held, on=spoken_on, field="spoken_on", calendar=calendar)
    if guarantor.person_id not in counting_guarantors(held.application):
        raise ValidationError({"guarantor": _("This person does not vouch for the loan.")})
    if guarantor.contacts.filter(spoken_on=spoken_on).exists():
        raise ValidationError({"spoken_on": _("A talk on this day is written down already.")})
    contact = GuarantorContact(
        loan=held,
        branch_id=held.branch_id,
        due_on=held.next_due_on,
        by=by,
        guarantor=guarantor,
        spoken_on=spoken_on,
        outcome=outcome,
        note=note,
    )
    save(contact, force_insert=True)
    record("loans.guarantor_spoken", target=contact, by=by, audience={LENDER})
    return contact


def hold_allowed(loan: Loan, *, by: User) -> Loan:
    held = hold_loan(loan)
    if not by.has_perm("loans.chase_loan", held):
        raise PermissionDenied("loans.chase_loan")
    if not held.is_live:
        raise ValidationError(_("Nothing is left to pay on this loan."))
    if held.is_frozen:
        raise ValidationError(_("The loan rests: nobody reminds, and nobody asks the guarantors."))
    return held


def due_day(loan: Loan) -> Any:
    """Of a loan that runs there always is one."""
    return loan.next_due_on


def check_late(loan: Loan, *, on: date, calendar: Calendar) -> None:
    if not dpd(loan.next_due_on, on, calendar=calendar):
        raise ValidationError(_("Nothing is late on this loan any more."))


def check_day(loan: Loan, day: date, *, field: str, calendar: Calendar) -> None:
    """A day that has come, and on which the instalment was late."""
    if day > timezone.localdate():
        raise ValidationError({field: _("This day is still to come.")})
    if not dpd(loan.next_due_on, day, calendar=calendar):
        raise ValidationError({field: _("On this day the instalment was not late.")})


def check_undisturbed(loan: Loan, *, on: date, field: str, calendar: Calendar) -> None:
    """An agreed day is not over, or the place is shut: then nobody goes."""
    agreed = promises.running(loan.pk, on=on, calendar=calendar)
    if agreed is not None and timezone.localdate(agreed.promise.at) < on:
        said = _("They agreed to pay by %(day)s. Nobody disturbs them before that day is over.")
        raise ValidationError({field: said % {"day": words.plain(words.day_plain(agreed.promise.pay_on))}})
    opens = LocalClosure.objects.reopens_on(district=loan.district_id, office=loan.branch_id, on=on)
    if opens is not None:
        said = _("The place is shut. Visits go on from %(day)s.") % {"day": words.plain(words.day_plain(opens))}
        raise ValidationError({field: said})
