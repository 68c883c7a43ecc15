import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import Role
from loans.models import Loan
from loans.schedule import months_after
from reports.indicators import INDICATORS, Figure, fallen_due, next_due_when, paid_until
from reports.periods import Month
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory, CaseFactory
from tests.factories.enterprises import EnterpriseFactory, district
from tests.factories.loans import ApplicationFactory, LedgerEntryFactory, LoanFactory

pytestmark = pytest.mark.django_db
OCTOBER = Month(dt.date(2026, 10, 1))


def noon(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


@pytest.fixture
def reader():
    return colleague(Role.PROGRAMME_MANAGER)


def figure(code, viewer, month=OCTOBER):
    return INDICATORS[code].figure(month, viewer)


def test_there_are_ten_indicators_with_a_definition_each():
    assert len(INDICATORS) == 10
    assert [indicator.code for indicator in INDICATORS.values() if not str(indicator.definition)] == []


def test_registered_counts_the_month_and_leaves_merged_records_out(reader):
    kept = EnterpriseFactory(registered_at=noon(dt.date(2026, 10, 31)))
    EnterpriseFactory(registered_at=noon(dt.date(2026, 11, 1)))
    EnterpriseFactory(registered_at=noon(dt.date(2026, 10, 5)), merged_into=kept)

    assert figure("registered", reader) == Figure(1)


def test_called_counts_calls_made_by_the_due_day_over_all_that_were_due(reader):
    due = dt.date(2026, 10, 7)
    CalledFactory(first_contact_due_on=due, first_contact_at=noon(due))
    CalledFactory(first_contact_due_on=due, first_contact_at=noon(due + dt.timedelta(days=1)))
    CaseFactory(first_contact_due_on=due)

    assert figure("called", reader) == Figure(1, 3)


def test_approved_keeps_every_application_received_below_the_line(reader):
    ApplicationFactory(received_at=noon(dt.date(2026, 10, 12)))
    LoanFactory()  # its application was received on 12 October and paid out

    assert figure("approved", reader) == Figure(1, 2)


def test_lent_and_women_count_the_day_on_the_ledger(reader):
    LoanFactory(disbursed_on=dt.date(2026, 10, 1), first_due_on=dt.date(2026, 11, 7))
    LoanFactory(disbursed_on=dt.date(2026, 9, 30), first_due_on=dt.date(2026, 11, 7))

    assert (figure("lent", reader), figure("women", reader)) == (Figure(6000), Figure(1, 1))


def test_at_risk_is_the_whole_unpaid_principal_of_loans_more_than_thirty_days_late(reader):
    LoanFactory(first_due_on=dt.date(2026, 9, 30), disbursed_on=dt.date(2026, 8, 1))  # 31 days late on 31 October
    LoanFactory(first_due_on=dt.date(2026, 10, 1), disbursed_on=dt.date(2026, 8, 1))  # 30 days late

    assert figure("at_risk", reader) == Figure(6000, 12000)


def test_recovered_is_what_was_paid_of_what_fell_due(reader):
    loan = LoanFactory(first_due_on=dt.date(2026, 9, 7), disbursed_on=dt.date(2026, 8, 1))
    LedgerEntryFactory(loan=loan, amount=1500, posted_on=dt.date(2026, 10, 7))
    LedgerEntryFactory(loan=loan, amount=300, posted_on=dt.date(2026, 11, 1), received_on=dt.date(2026, 10, 31))

    assert figure("recovered", reader) == Figure(1500, 2000)


def test_money_paid_ahead_does_not_flatter_the_recovery_rate(reader):
    loan = LoanFactory(first_due_on=dt.date(2026, 10, 7), disbursed_on=dt.date(2026, 9, 1))
    LedgerEntryFactory(loan=loan, amount=5000, posted_on=dt.date(2026, 10, 7))

    assert figure("recovered", reader) == Figure(1000, 1000)


@pytest.mark.parametrize("paid", [0, 999, 1000, 3500, 5999])
def test_the_due_day_for_another_day_agrees_with_the_generated_column(paid):
    loan = LoanFactory(first_due_on=dt.date(2026, 1, 31), disbursed_on=dt.date(2025, 12, 1))
    Loan.objects.filter(pk=loan.pk).update(paid_total=paid)

    found = Loan.objects.annotate(due_then=next_due_when(paid_total_column())).get(pk=loan.pk)

    assert found.due_then == found.next_due_on


def paid_total_column():
    from django.db.models import F

    return F("paid_total")


@pytest.mark.parametrize(
    "day", [dt.date(2026, 1, 30), dt.date(2026, 2, 27), dt.date(2026, 2, 28), dt.date(2026, 6, 30)]
)
def test_what_has_fallen_due_agrees_with_the_plain_schedule(day):
    loan = LoanFactory(first_due_on=dt.date(2026, 1, 31), disbursed_on=dt.date(2025, 12, 1), principal=6005)

    found = Loan.objects.annotate(fallen=fallen_due(day)).get(pk=loan.pk)
    plain = sum(line.amount for line in loan.instalments() if line.due_on <= day)

    assert found.fallen == plain if day >= loan.first_due_on else found.fallen <= 0
    assert loan.instalments()[1].due_on == months_after(loan.first_due_on, 1)


def test_a_reversed_receipt_does_not_count_as_paid():
    loan = LoanFactory()
    entry = LedgerEntryFactory(loan=loan, amount=1000, posted_on=dt.date(2026, 10, 7))
    LedgerEntryFactory(
        loan=loan, kind="reversal", reverses=entry, undoes="repayment", undoes_by=entry.by, amount=1000,
        reason="wrong loan", book=None, number=None, correction=None, posted_on=dt.date(2026, 10, 9),
        received_on=dt.date(2026, 10, 9),
    )  # fmt: skip

    found = Loan.objects.annotate(before=paid_until(dt.date(2026, 10, 8)), after=paid_until(dt.date(2026, 10, 9))).get()

    assert (found.before, found.after) == (1000, 0)


@pytest.mark.parametrize("code", INDICATORS)
def test_a_manager_reads_the_own_districts_alone(code):
    viewer = colleague(Role.REGIONAL_MANAGER, districts=[district("lahore")])
    EnterpriseFactory(registered_at=noon(dt.date(2026, 10, 5)))
    LoanFactory(disbursed_on=dt.date(2026, 10, 1), first_due_on=dt.date(2026, 10, 30))

    assert list(INDICATORS[code].rows(OCTOBER, viewer)) == []


@pytest.mark.parametrize("code", INDICATORS)
def test_every_row_is_reached_by_the_columns_of_its_indicator(code, reader, signed_in):
    EnterpriseFactory(registered_at=noon(dt.date(2026, 10, 5)))
    CalledFactory(first_contact_due_on=dt.date(2026, 10, 7))
    LoanFactory(disbursed_on=dt.date(2026, 10, 1), first_due_on=dt.date(2026, 10, 30))

    response = signed_in(reader).get(f"/reports/{code}/rows/?month=2026-10")

    assert response.status_code == 200
