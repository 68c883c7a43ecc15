"""What the database refuses, each with its control: the same row, with the guard's condition met, goes in."""

import datetime as dt

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, connection, transaction

from loans.effects import Kind
from loans.models import (
    Application,
    ApprovalLimit,
    Conflict,
    FinancingPartner,
    FundingScheme,
    Guarantor,
    GuarantorContact,
    LedgerEntry,
    Loan,
    Offer,
    Product,
    Promise,
    PurseEntry,
    ReceiptBook,
    RefusalReason,
    Request,
    SpoiltSlip,
    Terms,
    Visit,
    Vote,
)
from tests.factories.accounts import UserFactory
from tests.factories.loans import (
    LENT_ON,
    NOON,
    ApplicationFactory,
    GuarantorFactory,
    LedgerEntryFactory,
    LoanFactory,
    ProductFactory,
    RefusalReasonFactory,
    TermsFactory,
    VoteFactory,
    approved,
    guaranteed,
    visited,
)

pytestmark = pytest.mark.django_db
MODELS = [
    Application, ApprovalLimit, Conflict, FinancingPartner, FundingScheme, Guarantor, GuarantorContact,
    LedgerEntry, Loan, Offer, Product, Promise, PurseEntry, ReceiptBook, RefusalReason, Request, SpoiltSlip,
    Terms, Visit, Vote,
]  # fmt: skip


def refused_by(constraint, make):
    """Whether the database refuses what `make` inserts, by the constraint of that name."""
    try:
        with transaction.atomic():
            make()
    except IntegrityError as error:
        return constraint in str(error)
    return False


@pytest.mark.parametrize("model", MODELS)
def test_every_field_is_sorted_for_copies(model):
    fields = {field.name for field in model._meta.fields}

    assert fields == {*model.SAFE_TO_COPY, *model.NEVER_COPIED}


@pytest.mark.parametrize("model", MODELS)
def test_no_model_has_a_place_for_interest_fee_or_penalty(model):
    columns = {field.column for field in model._meta.fields}

    words = ("interest", "fee", "penalt", "fine", "markup", "charge", "rate", "percent")
    assert {column for column in columns for word in words if word in column and column != "fee"} == set()
    with pytest.raises(FieldDoesNotExist):
        model._meta.get_field("fee")


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("loans_product_amounts_in_order", {"min_amount": 5000, "max_amount": 4000}),
        ("loans_product_amounts_in_order", {"min_amount": 0}),
        ("loans_product_step_is_known", {"step_months": 4}),
        ("loans_product_step_is_known", {"step_months": 6, "max_months": 5}),
        ("loans_product_rounds", {"rounding": "aside"}),
        ("loans_product_rounds", {"multiple": 0}),
        ("loans_product_due_day_in_every_month", {"due_day": 31}),
        ("loans_product_first_instalment_comes_later", {"min_days_to_first": 0}),
        ("loans_product_is_decided_by_somebody", {"quorum": 0}),
        ("loans_product_is_qard", {"is_qard": False}),
    ],
)
def test_product_constraints(constraint, wrong):
    assert refused_by(constraint, lambda: ProductFactory(**wrong))
    assert not refused_by(constraint, ProductFactory)


def paid_out(**attributes):
    return approved(state="disbursed", disbursed_by=UserFactory(), disbursed_at=NOON) | attributes


def refused(**attributes):
    facts = {"state": "refused", "refusal": RefusalReasonFactory(), "ask_again_on": dt.date(2027, 1, 12)}
    return facts | {"decided_by": UserFactory(), "decided_at": NOON} | attributes


@pytest.mark.parametrize(
    ("constraint", "wrong", "right"),
    [
        ("loans_application_asks_for_something", lambda: {"amount_wanted": 0}, dict),
        ("loans_application_asks_for_something", lambda: {"purpose": ""}, dict),
        ("loans_visited_by_at_and_facts_together", lambda: {"whom_met": "Her mother"}, dict),
        ("loans_visited_by_at_and_facts_together", lambda: visited(whom_met=""), visited),
        ("loans_guaranteed_by_and_at_together", lambda: guaranteed(guaranteed_by=None), guaranteed),
        ("loans_decided_by_and_at_together", lambda: approved(decided_by=None), approved),
        ("loans_disbursed_by_and_at_together", lambda: paid_out(disbursed_by=None), paid_out),
        ("loans_state_rests_on_its_steps", lambda: visited(state="received"), visited),
        ("loans_state_rests_on_its_steps", lambda: visited(state="guaranteed"), guaranteed),
        ("loans_state_rests_on_its_steps", lambda: approved(household_agrees=False), approved),
        ("loans_approved_with_an_amount", lambda: approved(amount_approved=None), approved),
        ("loans_approved_with_an_amount", lambda: approved(amount_approved=6001), approved),
        ("loans_approved_with_an_amount", lambda: {"amount_approved": 6000}, dict),
        ("loans_refused_with_reason_and_day", lambda: refused(refusal=None), refused),
        ("loans_refused_with_reason_and_day", lambda: refused(ask_again_on=None), refused),
        ("loans_refused_with_reason_and_day", lambda: {"refusal_text": "No"}, dict),
        ("loans_disbursed_with_a_day", lambda: approved(state="disbursed"), approved),
    ],
)
def test_application_constraints(constraint, wrong, right):
    assert refused_by(constraint, lambda: ApplicationFactory(**wrong()))
    assert not refused_by(constraint, lambda: ApplicationFactory(**right()))


@pytest.mark.parametrize(
    ("constraint", "maker", "checker"),
    [
        ("loans_appraiser_does_not_decide", "visited_by", "decided_by"),
        ("loans_verifier_does_not_decide", "guaranteed_by", "decided_by"),
        ("loans_verifier_does_not_disburse", "guaranteed_by", "disbursed_by"),
        ("loans_decider_does_not_disburse", "decided_by", "disbursed_by"),
        ("loans_appraiser_does_not_disburse", "visited_by", "disbursed_by"),
    ],
)
def test_application_maker_is_not_checker(constraint, maker, checker):
    somebody, somebody_else = UserFactory(), UserFactory()

    assert refused_by(constraint, lambda: ApplicationFactory(**paid_out(**{maker: somebody, checker: somebody})))
    assert not refused_by(
        constraint, lambda: ApplicationFactory(**paid_out(**{maker: somebody, checker: somebody_else}))
    )


def test_application_is_one_open_one_a_person_and_lender():
    first = ApplicationFactory()
    again = {"person": first.person, "enterprise": first.enterprise, "product": first.product, "branch": first.branch}

    assert refused_by("loans_one_open_application", lambda: ApplicationFactory(**again))

    Application.objects.filter(pk=first.pk).update(state="withdrawn")
    assert not refused_by("loans_one_open_application", lambda: ApplicationFactory(**again))


def test_guarantor_is_somebody_else():
    application = ApplicationFactory()

    oneself = {"application": application, "person": application.person}
    assert refused_by("loans_guarantor_is_somebody_else", lambda: GuarantorFactory(**oneself))
    assert not refused_by("loans_guarantor_is_somebody_else", lambda: GuarantorFactory(application=application))


def test_guarantor_stands_once():
    first = GuarantorFactory()
    again = {"application": first.application, "person": first.person}

    assert refused_by("loans_guarantor_once", lambda: GuarantorFactory(**again))
    assert not refused_by("loans_guarantor_once", lambda: GuarantorFactory(application=first.application))


def test_vote_is_not_the_appraisers():
    appraiser = UserFactory()

    assert refused_by("loans_appraiser_does_not_vote", lambda: VoteFactory(member=appraiser, appraised_by=appraiser))
    assert not refused_by("loans_appraiser_does_not_vote", lambda: VoteFactory(appraised_by=appraiser))


def test_vote_counts_once():
    first = VoteFactory()
    again = {"application": first.application, "member": first.member}

    assert refused_by("loans_vote_once", lambda: VoteFactory(**again))
    assert not refused_by("loans_vote_once", lambda: VoteFactory(application=first.application))


@pytest.mark.parametrize("wrong", [{"amount": None}, {"refusal_text": "No"}, {"approves": False, "amount": None}])
def test_vote_says_amount_or_reason(wrong):
    assert refused_by("loans_vote_says_amount_or_reason", lambda: VoteFactory(**wrong))
    assert not refused_by(
        "loans_vote_says_amount_or_reason",
        lambda: VoteFactory(approves=False, amount=None, refusal=RefusalReasonFactory()),
    )


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("loans_principal_is_lent", {"first_due_on": LENT_ON}),
        ("loans_principal_is_lent", {"multiple": 0}),
        ("loans_step_is_known", {"step_months": 4}),
        ("loans_last_instalment_is_positive", {"instalment": -1}),
        ("loans_last_instalment_is_positive", {"instalment": 1200}),
        ("loans_last_instalment_is_positive", {"paid_before": 1000}),
        ("loans_last_instalment_is_positive", {"waived_total": 1000}),
        ("loans_totals_fit_the_principal", {"paid_total": -1}),
        ("loans_totals_fit_the_principal", {"paid_before": -1}),
        ("loans_end_when_nothing_is_left", {"paid_total": 6000}),
        ("loans_end_when_nothing_is_left", {"ended_on": LENT_ON, "ended_as": "repaid"}),
        ("loans_end_when_nothing_is_left", {"ended_on": LENT_ON}),
        ("loans_end_when_nothing_is_left", {"written_off_total": 6000}),
        ("loans_end_when_nothing_is_left", {"paid_total": 1, "ended_on": LENT_ON, "ended_as": "cancelled"}),
    ],
)
def test_loan_constraints(constraint, wrong):
    assert refused_by(constraint, lambda: LoanFactory(**wrong))
    assert not refused_by(constraint, LoanFactory)


@pytest.mark.parametrize(
    "ended",
    [
        {"paid_total": 6000, "ended_as": "repaid"},
        {"paid_total": 2000, "waived_total": 4000, "ended_as": "waived"},
        {"paid_total": 2000, "written_off_total": 4000, "ended_as": "written_off"},
        {"ended_as": "cancelled"},
    ],
)
def test_loan_that_ended_has_nothing_due(ended):
    loan = LoanFactory(ended_on=dt.date(2026, 12, 1), **ended)

    assert [loan.next_due_on, loan.balance, loan.is_live, loan.due_by(dt.date(2030, 1, 1))] == [None, 0, False, 0]


@pytest.mark.parametrize("name", Loan.SAFE_TO_COPY - {"ended_on", "ended_as", "frozen_for", "next_due_on", "sector"})
def test_loan_has_no_empty_frozen_column(name):
    """But for the kind of work, which may not have been said yet when the money was given."""
    assert Loan._meta.get_field(name).null is False


def test_loan_knows_what_is_due():
    loan = LoanFactory(paid_total=1500)

    assert loan.next_due_on == dt.date(2026, 11, 7)
    assert [loan.due_by(day) for day in (dt.date(2026, 10, 6), dt.date(2026, 10, 7), dt.date(2026, 11, 7))] == [
        0,
        0,
        500,
    ]
    assert loan.balance == 4500


def test_terms_are_numbered_and_positive():
    first = TermsFactory()

    assert refused_by("loans_terms_number_once", lambda: TermsFactory(loan=first.loan))
    assert refused_by("loans_terms_end_in_a_positive_instalment", lambda: TermsFactory(instalment=1200))
    assert not refused_by("loans_terms", lambda: TermsFactory(loan=first.loan, number=2))


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("loans_ledger_moves_money", {"amount": 0}),
        ("loans_ledger_moves_money", {"amount": -4000}),
        ("loans_ledger_not_before_it_happened", {"received_on": dt.date(2026, 10, 8)}),
        ("loans_slip_where_money_is_received", {"book": None}),
        ("loans_slip_where_money_is_received", {"number": 0}),
        ("loans_slip_where_money_is_received", {"kind": Kind.WRITE_OFF}),
        ("loans_disbursement_names_its_cheque", {"instrument": "CHQ 1"}),
        ("loans_reversal_says_what_and_why", {"undoes": Kind.REPAYMENT}),
    ],
)
def test_ledger_constraints(constraint, wrong):
    assert refused_by(constraint, lambda: LedgerEntryFactory(**wrong))
    assert not refused_by(constraint, LedgerEntryFactory)


def test_ledger_disbursement_needs_its_cheque():
    assert refused_by("loans_disbursement_names_its_cheque", lambda: given(instrument=""))
    assert not refused_by("loans_disbursement_names_its_cheque", given)


def given(**attributes):
    """The row of money that was given: a loan's Rs 6,000."""
    facts = {"kind": Kind.DISBURSEMENT, "book": None, "number": None, "correction": None, "instrument": "CHQ 1"}
    return LedgerEntryFactory(**(facts | {"amount": 6000} | attributes))


def less_than_the_principal():
    assert refused_by("nothing is taken off", lambda: given(amount=5900))
    assert refused_by("nothing is taken off", lambda: given(amount=6100))


def test_what_is_given_is_the_principal_to_the_rupee():
    less_than_the_principal()
    assert not refused_by("nothing is taken off", given)


@pytest.mark.xfail(strict=True, reason="the control: without the trigger", raises=AssertionError)
def test_what_is_given_is_the_principal_to_the_rupee_control():
    switch("loans_ledgerentry", on=False, trigger="given_is_principal")

    less_than_the_principal()


def another_principal():
    loan = LoanFactory()
    changed = Loan.objects.filter(pk=loan.pk)
    connection.check_constraints()

    assert refused_by("never changes", lambda: changed.update(principal=6001))
    assert not refused_by("never changes", lambda: changed.update(principal=6000, paid_total=1))


def test_the_principal_never_changes_afterwards():
    another_principal()


@pytest.mark.xfail(strict=True, reason="the control: without the trigger", raises=AssertionError)
def test_the_principal_never_changes_afterwards_control():
    switch("loans_loan", on=False, trigger="principal_stays")

    another_principal()


def test_the_money_is_given_once():
    first = given()

    assert refused_by("loans_given_once", lambda: given(loan=first.loan))
    assert not refused_by("loans_given_once", given)


def reversal_of(entry, **attributes):
    facts = {
        "kind": Kind.REVERSAL, "book": None, "number": None, "correction": None, "loan": entry.loan, "reverses": entry,
        "undoes": entry.kind, "undoes_by": entry.by, "reason": "Wrong borrower",
    }  # fmt: skip
    return LedgerEntryFactory(**(facts | attributes))


@pytest.mark.parametrize("missing", [{"reason": ""}, {"undoes": ""}, {"reverses": None}, {"undoes_by": None}])
def test_ledger_reversal_says_what_and_why(missing):
    entry = LedgerEntryFactory()

    assert refused_by("loans_reversal_says_what_and_why", lambda: reversal_of(entry, **missing))
    assert not refused_by("loans_reversal_says_what_and_why", lambda: reversal_of(entry))


def test_ledger_reversal_is_another_persons():
    entry = LedgerEntryFactory()

    assert refused_by("loans_poster_does_not_reverse", lambda: reversal_of(entry, by=entry.by))
    assert not refused_by("loans_poster_does_not_reverse", lambda: reversal_of(entry))


REVERSE = """
INSERT INTO loans_ledgerentry (
    branch_id, loan_id, kind, amount, received_on, posted_on, entered_at, by_id, instrument, reverses_id, undoes,
    undoes_by_id, reason
) VALUES (
    %(branch_id)s, %(loan_id)s, 'reversal', %(amount)s, '2026-10-08', '2026-10-08', now(), %(by_id)s, '',
    %(reverses_id)s, %(undoes)s, %(undoes_by_id)s, 'Wrong borrower'
)
"""


def reverse_by_sql(entry, **wrong):
    """As somebody writes it who goes round the actions."""
    facts = {
        "branch_id": entry.branch_id, "loan_id": entry.loan_id, "amount": entry.amount, "by_id": UserFactory().pk,
        "reverses_id": entry.pk, "undoes": entry.kind, "undoes_by_id": entry.by_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(REVERSE, facts | wrong)


WRONG_REVERSALS = {
    "amount": lambda: {"amount": 999},
    "loan": lambda: {"loan_id": LoanFactory().pk},
    "branch": lambda: {"branch_id": LoanFactory().branch_id},
    "kind": lambda: {"undoes": "recovery"},
    "teller": lambda: {"undoes_by_id": UserFactory().pk},
}


@pytest.mark.parametrize("what", WRONG_REVERSALS)
def test_ledger_reversal_is_of_the_row_that_it_names(what):
    entry, wrong = LedgerEntryFactory(amount=1000), WRONG_REVERSALS[what]()

    assert refused_by("loans_reversal_is_of_its_row", lambda: reverse_by_sql(entry, **wrong))
    assert not refused_by("loans_reversal_is_of_its_row", lambda: reverse_by_sql(entry))


@pytest.mark.parametrize("what", WRONG_REVERSALS)
@pytest.mark.xfail(strict=True, reason="the control: without the foreign key", raises=AssertionError)
def test_ledger_reversal_is_of_the_row_that_it_names_control(what):
    entry, wrong = LedgerEntryFactory(amount=1000), WRONG_REVERSALS[what]()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE loans_ledgerentry DROP CONSTRAINT loans_reversal_is_of_its_row")

    assert refused_by("loans_reversal_is_of_its_row", lambda: reverse_by_sql(entry, **wrong))


def test_ledger_row_is_reversed_once():
    entry = LedgerEntryFactory()
    reversal_of(entry)

    assert refused_by("reverses_id", lambda: reversal_of(entry))
    assert not refused_by("reverses_id", lambda: reversal_of(LedgerEntryFactory()))


def test_ledger_slip_counts_once_for_ever():
    first = LedgerEntryFactory(number=802)
    same = {"loan": first.loan, "number": 802}

    assert refused_by("loans_slip_once", lambda: LedgerEntryFactory(**same))
    assert not refused_by("loans_slip_once", lambda: LedgerEntryFactory(correction=1, **same))
    assert not refused_by("loans_slip_once", lambda: LedgerEntryFactory(book=119, **same))
    assert not refused_by("loans_slip_once", lambda: LedgerEntryFactory(number=802))  # another branch


def switch(table, *, on, trigger="append_only"):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER {trigger}")


@pytest.mark.parametrize("make", [LedgerEntryFactory, TermsFactory, VoteFactory])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_written_once_rows_are_neither_changed_nor_deleted(make, act):
    row = make()
    table, rows = row._meta.db_table, type(row).objects.filter(pk=row.pk)
    connection.check_constraints()

    def change():
        return (
            rows.delete()
            if act == "delete"
            else rows.update(**{row._meta.fields[1].name: rows.values_list(row._meta.fields[1].attname)[:1]})
        )

    assert refused_by("append-only", change)

    # The control: without the trigger the very same change goes through.
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    switch(table, on=False)
    assert not refused_by("append-only", change)
    switch(table, on=True)


def test_loans_without_a_name_of_their_own_say_who_they_are():
    entry = LedgerEntryFactory()

    names = [
        str(LoanFactory(reference="MUL-L-1")),
        str(ApplicationFactory(reference="MUL-A-1")),
        str(ProductFactory(name="Health")),
    ]
    assert names == ["MUL-L-1", "MUL-A-1", "Health"]
    assert str(entry) == f"repayment {entry.pk}"
    assert str(VoteFactory()).startswith("vote ")
    assert str(GuarantorFactory()).startswith("guarantor ")
    assert str(TermsFactory()).endswith("· 1")
    assert str(RefusalReasonFactory(name="Too heavy")) == "Too heavy"
    assert str(FinancingPartner.objects.get(code="aim")) == "Akhuwat Islamic Microfinance"


def test_ledger_row_signs_and_slips():
    entry = LedgerEntryFactory(number=802, amount=4000)
    reversal = reversal_of(entry, amount=4000)

    assert [str(entry.slip), entry.is_receipt] == ["118/0802", True]
    assert [reversal.slip, reversal.is_receipt] == [None, False]
    assert reversal.person_id == entry.loan.person_id


@pytest.mark.parametrize(
    ("most", "step", "said"),
    [(36, 1, "1 to 36 months"), (6, 6, "6 months"), (1, 1, "1 month"), (20, 3, "3 to 18 months, in steps of 3")],
)
def test_offer_says_its_months(most, step, said):
    offer = Offer(product=Product(max_months=most, step_months=step), scheme=FundingScheme())

    assert offer.months_in_words == said


def test_reference_data_is_there_and_says_that_it_is_not_verified():
    products = Product.objects.filter(partner__code="aim")

    assert set(products.values_list("code", flat=True)) == {
        "family-enterprise", "liberation", "education", "health", "emergency", "marriage", "housing", "agriculture",
        "livestock", "pm-youth-1",
    }  # fmt: skip
    assert set(products.values_list("is_verified", "is_qard", "due_day", "min_days_to_first")) == {(False, True, 7, 25)}
    assert RefusalReason.objects.filter(needs_text=True).values_list("code", flat=True).get() == "other"
    assert RefusalReason.objects.filter(remedy="").count() == RefusalReason.objects.filter(remedy_ur="").count() == 0
