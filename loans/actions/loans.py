"""Paying out: the loan is written when the money is given, and not before."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from journal.moves import hold, move
from loans.actions import ledger
from loans.actions.applications import EVERYBODY, end_sight, hold_applicant
from loans.conditions import unmet
from loans.effects import Kind
from loans.models import Application, Loan, Terms
from loans.references import LOAN, next_id, reference
from loans.schedule import ScheduleError, first_due_on, instalment_of
from messaging.outbox import queue


@transaction.atomic
def disburse(*, application: Application, version: int, instrument: str, by: User) -> Loan:
    """Give the money: by another person than who visited, voted or decided, and only when every condition is met.

    Writes the loan with its frozen facts, version 1 of its terms and the ledger's first row, and queues word to the
    borrower. Nothing is taken off: what is paid out is the principal.
    """
    hold_applicant(hold(application, version=version))
    number = next_id(Loan)
    paid_out = move(
        application,
        "disburse",
        by=by,
        version=version,
        audience=EVERYBODY,
        data={"amount": application.amount, "loan": number},
        disbursed_by=by,
        disbursed_at=timezone.now(),
    )
    if reasons := unmet(paid_out):
        raise ValidationError(reasons)
    loan = open_loan(paid_out, number=number, on=timezone.localdate())
    ledger.write(
        loan, Kind.DISBURSEMENT, amount=loan.principal, by=by, received_on=loan.disbursed_on, instrument=instrument
    )
    end_sight(paid_out, by=by)
    queue("loans.disbursed", target=loan, by=by)
    return loan


def open_loan(application: Application, *, number: int, on: date) -> Loan:
    """Insert the loan that the application was approved for, on the terms of its product as they are today.

    Raises `ValidationError` where those terms, changed since the approval, make no schedule any more.
    """
    product, enterprise = application.product, application.enterprise
    count = product.counts(application.months)
    try:
        instalment = instalment_of(application.amount, count, multiple=product.multiple, rounding=product.rounding)
    except ScheduleError as error:
        raise ValidationError(str(error)) from error
    terms = {
        "instalment": instalment,
        "count": count,
        "step_months": product.step_months,
        "multiple": product.multiple,
        "rounding": product.rounding,
        "first_due_on": first_due_on(on, due_day=product.due_day, min_days=product.min_days_to_first),
        "principal": application.amount,
    }
    loan = Loan.objects.create(
        id=number,
        reference=reference(enterprise.district, LOAN, number),
        application=application,
        enterprise=enterprise,
        person=application.person,
        partner_id=application.partner_id,
        product=product,
        scheme_id=application.scheme_id,
        branch_id=application.branch_id,
        district=enterprise.district,
        sector=enterprise.sector,
        sex=application.person.sex,
        disbursed_on=on,
        **terms,
    )
    Terms.objects.create(
        loan=loan,
        branch_id=loan.branch_id,
        number=loan.terms_number,
        reason=Terms.Reason.DISBURSEMENT,
        approved_by=application.decided_by,  # type: ignore[misc]  # set by the decision
        **terms,
    )
    return loan
