"""Loans at national size: people, businesses, applications, loans and receipts, one statement a table.

What is drawn for them stands in temporary tables (`drawn`). What a table may hold stays the database's to say: every
constraint holds each row, and foreign keys are checked over all rows at the end (`bulk`).
"""

from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from enterprises.models import Consent, Enterprise, Ownership, Person
from enterprises.wordings import CURRENT
from loans.effects import Kind
from loans.models import Application, Guarantor, LedgerEntry, Level, Loan, Terms, Vote
from loans.states import ApplicationState
from portal.national import branches, drawn
from portal.national.bulk import insert, unhindered
from portal.national.copying import count_on, greatest
from portal.national.drawn import draw
from portal.national.lives import Table
from portal.national.people import FIRST_NUMBER, PREFIX, SHARES_A_PHONE

FILLED: tuple[Table, ...] = (
    Person, Consent, Enterprise, Ownership, Application, Guarantor, Vote, Loan, Terms, LedgerEntry,
)  # fmt: skip
SLIPS_OF_A_BOOK = 100
ZONE = "Asia/Karachi"
OF_LOAN = "FROM national_loan d JOIN national_borrower b USING (p)"


def lend(loans: int, *, seed: int, say: Callable[[str], None]) -> int:
    """Write at least so many loans with everything that hangs on them. Returns the number of borrowers."""
    today = timezone.localdate()
    opened = branches.build(loans, seed=seed)
    say(f"branches: {len(opened):,}")
    borrowers = drawn.draw_all(loans, opened, seed=seed, today=today)
    last = {model: greatest(model._meta.db_table) for model in FILLED}
    with connection.cursor() as cursor, unhindered(*FILLED):
        for write in (write_people, write_businesses, write_applications, write_others, write_loans, write_ledger):
            for model, number in write(cursor, last).items():
                say(f"{model._meta.verbose_name_plural}: {number:,}")
    with connection.cursor() as cursor:
        count_on(cursor, [model for model in FILLED if greatest(model._meta.db_table)])
    return borrowers


def at(day: str, hour: int) -> str:
    """SQL of a moment of that day."""
    return f"(({day})::timestamp + interval '{hour} hours') AT TIME ZONE '{ZONE}'"


def write_people(cursor, last: dict[Table, int]) -> dict[Table, int]:
    person = f"{last[Person]} + b.p"
    number = f"({FIRST_NUMBER} + b.p)"
    family = f"({number} - (mod(b.p, {SHARES_A_PHONE}) = 0)::int)"
    people = {
        "id": person,
        "cnic": f"b.card || lpad({number}::text, 7, '0') || CASE b.sex WHEN 'woman' THEN '2' ELSE '1' END",
        "cnic_standing": f"'{Person.Standing.VERIFIED}'",
        "name": "b.name",
        "parent_name": "b.parent",
        "birth_year": "b.born",
        "sex": "b.sex",
        "phone": f"'{PREFIX}' || lpad({family}::text, 7, '0')",
        "created_by_id": "b.officer",
        "created_at": at("b.since - 30", 10),
        "likeness_keys": "b.likeness",
        "sound_keys": "b.sounds",
        "compared_version": "0",
    }
    consents = {
        "id": f"{last[Consent]} + b.p",
        "person_id": person,
        "kind": f"'{Consent.Kind.CONTACT}'",
        "wording": f"'{CURRENT}'",
        "given_at": at("b.since - 30", 10),
        "given_to_id": "b.officer",
    }
    source = "FROM national_borrower b ORDER BY b.p"
    return {Person: insert(cursor, Person, people, source), Consent: insert(cursor, Consent, consents, source)}


def write_businesses(cursor, last: dict[Table, int]) -> dict[Table, int]:
    enterprise = f"{last[Enterprise]} + b.p"
    businesses = {
        "id": enterprise,
        # The sequence of references began at 1001, and gaps mean nothing.
        "reference": f"b.prefix || '-' || (1000000 + {enterprise})",
        "name": "b.called",
        "stage": f"'{Enterprise.Stage.RUNNING}'",
        "sector_id": "b.sector",
        "what": "b.what",
        "district_id": "b.district",
        "started_on": "b.since - 700",
        "area": "b.area",
        "registered_by_id": "b.officer",
        "registered_at": at("b.since - 30", 10),
        "client_since": at("b.since - 30", 10),
    }
    ownerships = {
        "id": f"{last[Ownership]} + b.p",
        "person_id": f"{last[Person]} + b.p",
        "enterprise_id": enterprise,
        "from_on": "b.since - 700",
    }
    source = "FROM national_borrower b ORDER BY b.p"
    return {
        Enterprise: insert(cursor, Enterprise, businesses, source),
        Ownership: insert(cursor, Ownership, ownerships, source),
    }


def write_applications(cursor, last: dict[Table, int]) -> dict[Table, int]:
    """The way of each loan in three weeks."""
    application = f"{last[Application]} + d.l"
    applications = {
        "id": application,
        "reference": f"b.prefix || '-A-' || ({application})",
        "enterprise_id": f"{last[Enterprise]} + b.p",
        "person_id": f"{last[Person]} + b.p",
        "partner_id": "d.partner",
        "product_id": "d.product",
        "scheme_id": "d.scheme",
        "branch_id": "b.branch",
        "amount_wanted": "d.amount",
        "months": "d.months",
        "purpose": "b.buys",
        "state": f"'{ApplicationState.DISBURSED}'",
        "officer_id": "b.officer",
        "received_at": at("d.disbursed_on - 21", 10),
        "due_on": "d.disbursed_on",
        "visited_by_id": "b.officer",
        "visited_at": at("d.disbursed_on - 15", 11),
        "visit_place": f"'{Application.Place.BOTH}'",
        "whom_met": "b.parent",
        "household_agrees": "true",
        "guaranteed_by_id": "b.officer",
        "guaranteed_at": at("d.disbursed_on - 10", 12),
        "decided_by_id": "b.manager",
        "decided_at": at("d.disbursed_on - 4", 12),
        "amount_approved": "d.amount",
        "disbursed_by_id": "b.cashier",
        "disbursed_at": at("d.disbursed_on", 11),
    }
    return {Application: insert(cursor, Application, applications, f"{OF_LOAN} ORDER BY d.l")}


def write_others(cursor, last: dict[Table, int]) -> dict[Table, int]:
    """Who else had a part in it: two neighbours of the branch vouch, two managers voted."""
    application = f"{last[Application]} + d.l"
    guarantors = {
        "id": f"{last[Guarantor]} + row_number() OVER (ORDER BY d.l, g.p)",
        "application_id": application,
        "applicant_id": f"{last[Person]} + b.p",
        "person_id": f"{last[Person]} + g.p",
        "relation": f"'{Guarantor.Relation.NEIGHBOUR}'",
        "consent": f"'{Guarantor.Consent.CODE}'",
        "consented_at": at("d.disbursed_on - 10", 12),
        "added_by_id": "b.officer",
    }
    vouching = (
        f"{OF_LOAN} JOIN LATERAL (VALUES (1), (2)) of(k) ON b.neighbours > 2 "
        "JOIN national_borrower g ON g.branch = b.branch AND g.place = mod(b.place + of.k, b.neighbours)"
    )
    votes = {
        "id": f"{last[Vote]} + d.l * 2 - of.k",
        "application_id": application,
        "member_id": "CASE of.k WHEN 1 THEN b.manager ELSE b.area_manager END",
        "appraised_by_id": "b.officer",
        "level": f"CASE of.k WHEN 1 THEN '{Level.BRANCH}' ELSE '{Level.AREA}' END",
        "approves": "true",
        "amount": "d.amount",
        "at": at("d.disbursed_on - 4", 12),
    }
    voting = f"{OF_LOAN} CROSS JOIN (VALUES (1), (0)) of(k)"
    return {Guarantor: insert(cursor, Guarantor, guarantors, vouching), Vote: insert(cursor, Vote, votes, voting)}


def write_loans(cursor, last: dict[Table, int]) -> dict[Table, int]:
    loan = f"{last[Loan]} + d.l"
    schedule = {
        "instalment": "d.instalment",
        "count": "d.count",
        "step_months": "d.step",
        "multiple": "d.multiple",
        "rounding": "d.rounding",
        "first_due_on": "d.first_due_on",
        "principal": "d.amount",
    }
    loans = {
        "id": loan,
        "reference": f"b.prefix || '-L-' || ({loan})",
        "application_id": f"{last[Application]} + d.l",
        "enterprise_id": f"{last[Enterprise]} + b.p",
        "person_id": f"{last[Person]} + b.p",
        "partner_id": "d.partner",
        "product_id": "d.product",
        "scheme_id": "d.scheme",
        "branch_id": "b.branch",
        "district_id": "b.district",
        "sector_id": "b.sector",
        "sex": "b.sex",
        "disbursed_on": "d.disbursed_on",
        "paid_total": "CASE WHEN d.paid_count = d.count THEN d.amount ELSE d.paid_count * d.instalment END",
        "ended_on": f"CASE WHEN d.paid_count = d.count THEN {paid_on('d.count - 1')} END",
        "ended_as": f"CASE WHEN d.paid_count = d.count THEN '{Loan.End.REPAID}' ELSE '' END",
    }
    terms = {
        "id": f"{last[Terms]} + d.l",
        "loan_id": loan,
        "branch_id": "b.branch",
        "number": "1",
        "reason": f"'{Terms.Reason.DISBURSEMENT}'",
        "approved_by_id": "b.manager",
        "from_at": at("d.disbursed_on", 11),
    }
    source = f"{OF_LOAN} ORDER BY d.l"
    return {
        Loan: insert(cursor, Loan, loans | schedule, source),
        Terms: insert(cursor, Terms, terms | schedule, source),
    }


def paid_on(which: str) -> str:
    """SQL of the day on which instalment `which` was brought: from five days before it fell due to two days after."""
    due = f"(d.first_due_on + make_interval(months => d.step * ({which})))::date"
    return f"least(d.today, {due} - 5 + floor({draw('paid', f'd.l * 128 + ({which})')} * 8)::int)"


def write_ledger(cursor, last: dict[Table, int]) -> dict[Table, int]:
    """The money given, and a slip for each instalment paid: in the order of the days, numbered on at each branch."""
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE national_slip ON COMMIT DROP AS
        SELECT d.l, b.branch, b.cashier, {paid_on("j")} AS "on",
            CASE WHEN j = d.count - 1 THEN d.amount - d.instalment * (d.count - 1) ELSE d.instalment END AS amount
        {OF_LOAN} CROSS JOIN LATERAL generate_series(0, d.paid_count - 1) j
        """
    )
    given = {
        "id": f"{last[LedgerEntry]} + d.l",
        "branch_id": "b.branch",
        "loan_id": f"{last[Loan]} + d.l",
        "kind": f"'{Kind.DISBURSEMENT}'",
        "amount": "d.amount",
        "received_on": "d.disbursed_on",
        "posted_on": "d.disbursed_on",
        "entered_at": at("d.disbursed_on", 11),
        "by_id": "b.cashier",
        "instrument": "'CHQ-' || d.l",
    }
    number = insert(cursor, LedgerEntry, given, f"{OF_LOAN} ORDER BY d.l")
    in_turn = '(row_number() OVER (PARTITION BY s.branch ORDER BY s."on", s.l) - 1)'
    receipts = {
        "id": f'{last[LedgerEntry] + number} + row_number() OVER (ORDER BY s."on", s.branch, s.l)',
        "branch_id": "s.branch",
        "loan_id": f"{last[Loan]} + s.l",
        "kind": f"'{Kind.REPAYMENT}'",
        "amount": "s.amount",
        "received_on": 's."on"',
        "posted_on": 's."on"',
        "entered_at": at('s."on"', 12),
        "by_id": "s.cashier",
        "book": f"1 + {in_turn} / {SLIPS_OF_A_BOOK}",
        "number": f"1 + mod({in_turn}, {SLIPS_OF_A_BOOK})",
        "correction": "0",
    }
    return {LedgerEntry: number + insert(cursor, LedgerEntry, receipts, "FROM national_slip s")}
