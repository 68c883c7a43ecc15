import datetime as dt

import pytest
import time_machine
from django.db.models import F, Value
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from accounts.roles import Role
from casework.models import Case
from enterprises.models import Consent, Person
from journal.events import ADVISORS, record
from journal.models import Event
from kit.days import months_after
from loans.effects import Kind
from loans.models import Loan
from reports import portfolio
from reports.indicators import INDICATORS, Figure, lending
from reports.periods import Month
from reports.querysets import fallen_due, next_due_when, paid_until, with_terms_then
from reports.readers import chart_of_lending
from tests.factories.accounts import colleague
from tests.factories.call_backs import DeniedFactory, SessionFactory, VainFactory
from tests.factories.casework import (
    CalledFactory,
    CancelledMeetingFactory,
    CaseFactory,
    ContactFactory,
    EnquiryFactory,
    HeldMeetingFactory,
    MeetingFactory,
    MissedMeetingFactory,
    smeda_office,
)
from tests.factories.enterprises import EnterpriseFactory, OwnershipFactory, district
from tests.factories.grievances import GrievanceEntryFactory
from tests.factories.loans import ApplicationFactory, LedgerEntryFactory, LoanFactory, TermsFactory
from tests.factories.loans import disbursed as disbursed_application
from tests.factories.outcomes import AnsweredFollowUpFactory, MeasureFactory
from tests.factories.training import CertificateFactory

pytestmark = pytest.mark.django_db
OCTOBER = Month(dt.date(2026, 10, 1))


def noon(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


@pytest.fixture
def reader():
    return colleague(Role.PROGRAMME_MANAGER)


def figure(code, viewer, month=OCTOBER):
    return INDICATORS[code].figure(month, viewer)


def test_there_are_three_and_thirty_indicators_with_a_definition_each():
    assert len(INDICATORS) == 33
    assert [indicator.code for indicator in INDICATORS.values() if not str(indicator.definition)] == []


def test_registered_counts_the_month_and_leaves_merged_records_out(reader):
    kept = EnterpriseFactory(registered_at=noon(dt.date(2026, 10, 31)))
    EnterpriseFactory(registered_at=noon(dt.date(2026, 11, 1)))
    EnterpriseFactory(registered_at=noon(dt.date(2026, 10, 5)), merged_into=kept)

    assert figure("registered", reader) == Figure(1)


def test_people_and_businesses_are_counted_apart(reader):
    """R10: a person with two businesses is one, two owners of one business are two, and a joined record is none."""
    first, second = (EnterpriseFactory(registered_at=noon(dt.date(2026, 10, day))) for day in (5, 6))
    before = EnterpriseFactory(registered_at=noon(dt.date(2026, 9, 30)))
    one = OwnershipFactory(enterprise=first, from_on=dt.date(2026, 10, 5)).person
    OwnershipFactory(enterprise=second, person=one, from_on=dt.date(2026, 10, 6))
    OwnershipFactory(enterprise=first, is_contact=False, from_on=dt.date(2026, 10, 5))
    old = OwnershipFactory(enterprise=before, from_on=dt.date(2026, 9, 30)).person
    OwnershipFactory(enterprise=first, is_contact=False, person=old, from_on=dt.date(2026, 10, 5))
    OwnershipFactory(enterprise=before, is_contact=False, from_on=dt.date(2026, 10, 31))
    OwnershipFactory(enterprise=second, is_contact=False, person__merged_into=one, from_on=dt.date(2026, 10, 6))
    for until_on in (5, 6):  # an owner of the first until the day it became a client, and one for a day more
        left = {"from_on": dt.date(2026, 9, 1), "until_on": dt.date(2026, 10, until_on)}
        OwnershipFactory(enterprise=first, is_contact=False, **left)

    rows = INDICATORS["people"].rows(OCTOBER, reader).order_by("since_on", "id")

    assert (figure("registered", reader), figure("people", reader)) == (Figure(2), Figure(4))
    assert [(row.enterprise, row.since_on.day) for row in rows] == [(first, 5)] * 3 + [(before, 31)]


def test_called_counts_calls_made_by_the_due_day_over_all_that_were_due(reader):
    due = dt.date(2026, 10, 7)
    CalledFactory(first_contact_due_on=due, first_contact_at=noon(due))
    CalledFactory(first_contact_due_on=due, first_contact_at=noon(due + dt.timedelta(days=1)))
    CaseFactory(first_contact_due_on=due)

    assert figure("called", reader) == Figure(1, 3)


@pytest.mark.parametrize(("taken_back", "counted"), [(0, Figure(1, 1)), (1, Figure(1, 2))])
def test_whoever_took_the_permission_to_be_called_back_by_the_due_day_is_not_called_late(taken_back, counted, reader):
    due = dt.date(2026, 10, 7)
    in_time, late = (
        CalledFactory(first_contact_due_on=due, first_contact_at=noon(due)),
        CaseFactory(first_contact_due_on=due),
    )
    ended = noon(due + dt.timedelta(days=taken_back))
    Consent.objects.filter(person__in=[in_time.person, late.person]).update(withdrawn_at=ended)

    assert figure("called", reader) == counted


def agreed(enterprise, day):
    by = User.objects.system()
    event = record("casework.plan_agreed", target=Case(pk=1, enterprise=enterprise), by=by, audience=[ADVISORS])
    Event.objects.filter(pk=event.pk).update(at=noon(day))


def test_planned_counts_a_business_once_however_often_its_plan_grew(reader):
    first, second = EnterpriseFactory(), EnterpriseFactory()
    agreed(first, dt.date(2026, 9, 30))
    agreed(first, dt.date(2026, 10, 1))
    agreed(first, dt.date(2026, 10, 20))
    agreed(second, dt.date(2026, 10, 31))
    agreed(second, dt.date(2026, 11, 1))

    rows = INDICATORS["planned"].rows(OCTOBER, reader).order_by("at")

    assert figure("planned", reader) == Figure(2)
    assert [(row.reference, row.at) for row in rows] == [
        (first.reference, noon(dt.date(2026, 10, 1))),
        (second.reference, noon(dt.date(2026, 10, 31))),
    ]


@pytest.mark.parametrize(("language", "name"), [("en", "Multan"), ("ur", "ملتان")])
def test_a_plans_district_is_in_the_readers_language(reader, language, name):
    agreed(EnterpriseFactory(), dt.date(2026, 10, 1))

    with override(language):
        assert INDICATORS["planned"].rows(OCTOBER, reader).get().district == name


def test_certified_leaves_out_what_was_taken_back(reader):
    CertificateFactory(issued_at=noon(dt.date(2026, 10, 31)))
    CertificateFactory(issued_at=noon(dt.date(2026, 11, 1)))
    revoked = {"revoked_at": noon(dt.date(2026, 10, 9)), "revoked_by": reader, "revoked_reason": "mistake"}
    CertificateFactory(issued_at=noon(dt.date(2026, 10, 8)), **revoked)

    assert figure("certified", reader) == Figure(1)


def test_certified_counts_a_person_once_however_many_certificates(reader):
    """R10: of two papers of one person the first is opened; taken back, the second stands for it."""
    first = CertificateFactory(issued_at=noon(dt.date(2026, 10, 5)))
    same = {"enrolment__enterprise": first.enrolment.enterprise, "enrolment__person": first.enrolment.person}
    second = CertificateFactory(issued_at=noon(dt.date(2026, 10, 6)), **same)
    opened = []

    for _time in range(2):
        opened.append(INDICATORS["certified"].rows(OCTOBER, reader).get())
        first.revoked_at, first.revoked_by, first.revoked_reason = noon(dt.date(2026, 10, 9)), reader, "mistake"
        first.save()

    assert opened == [first, second]


def lent(received_at, on):
    """A loan that was paid out on that day, at noon, to an application received then."""
    application = disbursed_application(received_at=received_at, disbursed_at=noon(on))
    return LoanFactory(application=application, disbursed_on=on, first_due_on=on + dt.timedelta(days=30))


def test_quick_counts_days_whatever_the_hour(reader):
    evening, morning = dt.timedelta(hours=11), -dt.timedelta(hours=11)
    lent(noon(dt.date(2026, 10, 1)) + morning, dt.date(2026, 10, 22))
    lent(noon(dt.date(2026, 10, 1)) + evening, dt.date(2026, 10, 23))

    assert figure("quick", reader) == Figure(1, 2)


def test_approved_keeps_every_application_received_below_the_line(reader):
    ApplicationFactory(received_at=noon(dt.date(2026, 10, 12)))
    LoanFactory()  # its application was received on 12 October and paid out

    assert figure("approved", reader) == Figure(1, 2)


def test_lent_and_women_count_the_day_on_the_ledger(reader):
    LoanFactory(disbursed_on=dt.date(2026, 10, 1), first_due_on=dt.date(2026, 11, 7))
    LoanFactory(disbursed_on=dt.date(2026, 9, 30), first_due_on=dt.date(2026, 11, 7))

    assert (figure("lent", reader), figure("women", reader)) == (Figure(6000), Figure(1, 1))


def test_money_that_was_handed_back_was_not_lent(reader):
    day = dt.date(2026, 10, 1)
    LoanFactory(disbursed_on=day, first_due_on=dt.date(2026, 11, 7), ended_on=day, ended_as="cancelled")

    assert [figure(code, reader).numerator for code in ("lent", "women", "quick")] == [0, 0, 0]
    assert sum(point["value"] for point in chart_of_lending(OCTOBER, reader, is_running=False)["points"]) == 0


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


def test_a_loan_put_off_stays_in_the_recovery_rate_with_what_it_had_paid(reader):
    """Of six instalments two were paid; the others fall due from 7 October, or after the month."""
    loan = LoanFactory(first_due_on=dt.date(2026, 7, 7), disbursed_on=dt.date(2026, 6, 1), paid_total=2000)
    LedgerEntryFactory(loan=loan, amount=2000, posted_on=dt.date(2026, 8, 7), received_on=dt.date(2026, 8, 7))
    put_off = Loan.objects.filter(pk=loan.pk)

    put_off.update(paid_before=2000, count=4, first_due_on=dt.date(2026, 10, 7))
    begun = figure("recovered", reader)
    put_off.update(first_due_on=dt.date(2026, 11, 7))

    assert (begun, figure("recovered", reader)) == (Figure(2000, 3000), Figure(2000, 2000))


def test_what_was_waived_does_not_fall_due(reader):
    loan = LoanFactory(first_due_on=dt.date(2026, 5, 7), disbursed_on=dt.date(2026, 4, 1))
    LedgerEntryFactory(loan=loan, amount=1000, posted_on=dt.date(2026, 6, 7), received_on=dt.date(2026, 6, 7))
    waive(loan, 3000, on=dt.date(2026, 9, 7))
    waive(loan, 500, on=dt.date(2026, 11, 7))

    assert figure("recovered", reader) == Figure(1000, 3000)


def waive(loan, amount, *, on):
    """In the ledger alone: a bare row moves no total."""
    LedgerEntryFactory(
        loan=loan, kind=Kind.WAIVER, amount=amount, reason="death", posted_on=on, received_on=on,
        book=None, number=None, correction=None,
    )  # fmt: skip


def in_force(loans):
    return with_terms_then(loans, timezone.now())


def test_a_waiver_and_new_terms_of_november_change_nothing_of_october(reader):
    loan = LoanFactory(first_due_on=dt.date(2026, 9, 7), disbursed_on=dt.date(2026, 8, 1))
    TermsFactory(loan=loan, from_at=noon(dt.date(2026, 8, 1)))
    codes = ("at_risk", "recovered")
    before = [figure(code, reader) for code in codes]

    waive(loan, 1000, on=dt.date(2026, 11, 7))
    later = {"count": 5, "first_due_on": dt.date(2026, 12, 7)}
    TermsFactory(loan=loan, number=2, from_at=noon(dt.date(2026, 11, 7)), principal=5000, **later)
    Loan.objects.filter(pk=loan.pk).update(terms_number=2, waived_total=1000, **later)

    assert [figure(code, reader) for code in codes] == before == [Figure(6000, 6000), Figure(0, 2000)]
    november = Month(dt.date(2026, 11, 1))
    assert [figure(code, reader, november) for code in codes] == [Figure(0, 5000), Figure(0, 0)]


@pytest.mark.parametrize("paid", [0, 999, 1000, 3500, 5999])
def test_the_due_day_for_another_day_agrees_with_the_generated_column(paid):
    loan = LoanFactory(first_due_on=dt.date(2026, 1, 31), disbursed_on=dt.date(2025, 12, 1))
    Loan.objects.filter(pk=loan.pk).update(paid_total=paid)

    found = in_force(Loan.objects).annotate(due_then=next_due_when(F("paid_total"))).get(pk=loan.pk)

    assert found.due_then == found.next_due_on


@pytest.mark.parametrize(
    "day", [dt.date(2026, 1, 30), dt.date(2026, 2, 27), dt.date(2026, 2, 28), dt.date(2026, 6, 30)]
)
def test_what_has_fallen_due_agrees_with_the_plain_schedule(day):
    loan = LoanFactory(first_due_on=dt.date(2026, 1, 31), disbursed_on=dt.date(2025, 12, 1), principal=6005)

    found = in_force(Loan.objects).annotate(fallen=fallen_due(day, waived=Value(0))).get(pk=loan.pk)
    plain = sum(line.amount for line in loan.instalments() if line.due_on <= day)

    assert found.fallen == plain
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


def test_until_today_the_ledger_adds_up_to_what_the_loan_says(reader):
    """The running month takes the loan's totals and terms, a month before the ledger's: the same where nothing came."""
    today = timezone.localdate()
    first = months_after(today, -3)
    loan = LoanFactory(first_due_on=first, disbursed_on=months_after(first, -1), paid_total=1000)
    TermsFactory(loan=loan, from_at=noon(months_after(first, -1)), first_due_on=first)
    LedgerEntryFactory(loan=loan, amount=1000, posted_on=today, received_on=today)

    now = lending.owed(Month.of(today), reader).get()
    with time_machine.travel(noon(months_after(today, 2)), tick=False):
        later = lending.owed(Month.of(today), reader).get()

    assert (now.paid_then, now.unpaid, now.due_then) == (1000, 5000, months_after(first, 1))
    assert (later.paid_then, later.unpaid, later.due_then) == (1000, 5000, months_after(first, 1))


# After 6 months, more than at the beginning or less.
AFTER = (("women", "m6"), ("men", "m6"), ("sales", "m6"))


@pytest.fixture
def october():
    """A month in Multan in which something of every kind happened, to more than one and not always in time."""
    for day in (dt.date(2026, 10, 5), dt.date(2026, 10, 6)):
        owned = OwnershipFactory(enterprise__registered_at=noon(day), from_on=day)
        agreed(owned.enterprise, day)
        CertificateFactory(issued_at=noon(day))
        ApplicationFactory(received_at=noon(day))
        CaseFactory(first_contact_due_on=day)
        CalledFactory(first_contact_due_on=day, first_contact_at=noon(day))
        session = SessionFactory(on=day)
        DeniedFactory(case=session.case, contact=session, called_at=noon(day))
        VainFactory(called_at=noon(day))
        MissedMeetingFactory(starts_at=noon(day))
        EnquiryFactory(at=noon(day), district=district())
        GrievanceEntryFactory(grievance__received_at=noon(day), grievance__due_on=day, at=noon(day), kind="reply")
        answered = AnsweredFollowUpFactory(due_on=day)
        for what, point in (("women", "baseline"), ("men", "baseline"), ("sales", "baseline"), *AFTER):
            MeasureFactory(case=answered.case, what=what, point=point, value=day.day + len(point))
    lent(noon(dt.date(2026, 10, 1)), dt.date(2026, 10, 2))
    lent(noon(dt.date(2026, 9, 1)), dt.date(2026, 10, 9))
    late = LoanFactory(first_due_on=dt.date(2026, 9, 7), disbursed_on=dt.date(2026, 8, 1), sex="man")
    LedgerEntryFactory(loan=late, amount=700, posted_on=dt.date(2026, 10, 7))
    LoanFactory(first_due_on=dt.date(2026, 10, 7), disbursed_on=dt.date(2026, 9, 1))


# Complaints are of offices: see test_helpdesk.py.
@pytest.mark.parametrize("code", sorted({*INDICATORS} - {"complaints_in_time"}))
def test_a_manager_reads_the_own_districts_alone(code, october):
    here, elsewhere = (colleague(Role.REGIONAL_MANAGER, districts=[district(name)]) for name in ("multan", "lahore"))

    found = [INDICATORS[code].rows(OCTOBER, viewer).exists() for viewer in (here, elsewhere)]

    assert found == [True, False]


def known(rows):
    """Of how many of them the beginning is known."""
    return sum(row.is_counted for row in rows)


# How a reader with the rows in hand arrives at each figure.
def days_waited(rows):
    """Of all days those on which they waited for the lender."""
    lending.say_waits(rows)
    by_side = [(row.days_lender, row.days_applicant, row.days_smeda) for row in rows]
    return Figure(sum(one[0] for one in by_side), sum(map(sum, by_side)))


BY_HAND = {
    "with_lender": days_waited,
    **dict.fromkeys(
        ["registered", "people", "planned", "certified", "sessions", "denied", "enquiries"],
        lambda rows: Figure(len(rows)),
    ),
    "hours": lambda rows: Figure(round(sum(row.took for row in rows) / 60)),
    **dict.fromkeys(
        [
            "called",
            "no_shows",
            "call_backs",
            "call_backs_vain",
            "approved",
            "quick",
            "women",
            "outcome_answers",
            "outcome_confirmed",
            "sales_up",
            "not_without_us",
            "complaints_in_time",
        ],
        lambda rows: Figure(sum(row.is_counted for row in rows), len(rows)),
    ),
    "jobs": lambda rows: Figure(sum(row.more for row in rows if row.is_counted), known(rows)),
    "jobs_women": lambda rows: Figure(sum(row.more_women for row in rows if row.is_counted), known(rows)),
    "lent": lambda rows: Figure(sum(row.principal for row in rows)),
    **dict.fromkeys(
        portfolio.CODES,
        lambda rows: Figure(sum(row.unpaid for row in rows if row.is_counted), sum(row.unpaid for row in rows)),
    ),
    "recovered": lambda rows: Figure(sum(row.met for row in rows), sum(row.fallen for row in rows)),
}


@pytest.mark.parametrize("code", INDICATORS)
def test_a_figure_is_what_its_rows_add_up_to(code, october, reader):
    rows = list(INDICATORS[code].listed(OCTOBER, reader))

    assert (len(rows) > 1, figure(code, reader)) == (True, BY_HAND[code](rows))


@pytest.mark.parametrize("code", INDICATORS)
def test_every_row_is_reached_by_the_columns_of_its_indicator(code, october, reader, signed_in):
    """And nobody is named: the committee reads them too."""
    response = signed_in(reader).get(f"/reports/{code}/rows/?month=2026-10")
    cells = [cell["text"] for group in response.context["groups"] for row in group["rows"] for cell in row["cells"]]

    assert (response.status_code, "" in cells, len(cells) > 2) == (200, False, True)
    assert [name for name in Person.objects.values_list("name", flat=True) if name in response.content.decode()] == []


# What tells who somebody is.
TELLING = {"name", "parent_name", "cnic", "phone", "person", "user", "place", "address", "owners", "called"}


def test_no_column_of_a_report_names_anybody():
    """R9: one that will asks first who let SMEDA name them."""
    parts = {part for one in INDICATORS.values() for column in one.columns for part in column.path.split("__")}

    assert parts & TELLING == set()


def test_what_is_counted_stands_first_and_the_rest_says_why_it_is_there(october, reader, signed_in):
    """A reader finds the loans that make the risk before those that are not late."""
    response = signed_in(reader).get("/reports/at_risk/rows/?month=2026-10")

    groups = [(str(group["title"]), len(group["rows"])) for group in response.context["groups"]]
    assert groups == [("Counted", 1), ("Not counted, but part of the whole", 3)]
    assert "Oldest unpaid instalment, due" in response.text


COUNTS = {"is_substantive": True, "is_specific": True}


def test_sessions_are_what_counts_by_both_questions_and_the_hours_are_theirs(reader):
    """C3: what does not count is in no total, and every total opens to its rows."""
    day = dt.date(2026, 10, 31)
    case = ContactFactory(on=day, minutes=60, prep_minutes=20, travel_minutes=40, **COUNTS).case
    ContactFactory(case=case, on=day, minutes=45, is_substantive=True, is_specific=False)
    ContactFactory(case=case, on=day, minutes=45, is_substantive=False, is_specific=True)
    ContactFactory(case=case, on=day, minutes=45)
    ContactFactory(case=case, on=dt.date(2026, 11, 1), at=noon(day), **COUNTS)
    ContactFactory(case=CalledFactory(enterprise__client_since=None), on=day, **COUNTS)

    assert (figure("sessions", reader), figure("hours", reader)) == (Figure(1), Figure(2))
    (row,) = INDICATORS["sessions"].listed(OCTOBER, reader)
    assert (row.case, row.on, row.took) == (case, day, 120)


def test_sessions_elsewhere_are_not_in_a_managers_figures():
    ContactFactory(on=dt.date(2026, 10, 5), **COUNTS)

    found = [
        figure("sessions", colleague(Role.REGIONAL_MANAGER, office=smeda_office(at))) for at in ("multan", "lahore")
    ]

    assert found == [Figure(1), Figure(0)]


def test_nobody_came_to_one_of_three_appointments(reader):
    """M5: what was called off frees its time, and what is to come is no judgement yet."""
    begins = noon(dt.date(2026, 10, 31))
    for made in (MissedMeetingFactory, HeldMeetingFactory, HeldMeetingFactory, CancelledMeetingFactory, MeetingFactory):
        made(starts_at=begins)
    MissedMeetingFactory(starts_at=noon(dt.date(2026, 11, 1)))
    MissedMeetingFactory(starts_at=begins, case__enterprise__client_since=None)

    assert figure("no_shows", reader) == Figure(1, 3)
