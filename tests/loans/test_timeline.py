"""Money stands on the timeline of a case, and a long case is read in few queries."""

import datetime as dt

import pytest

from accounts.roles import Role
from casework import timeline
from casework.models import Contact, Note
from journal.events import ADVISORS, record
from journal.models import Event
from tests.factories.accounts import UserFactory, colleague
from tests.factories.casework import CalledFactory, smeda_office
from tests.factories.enterprises import system
from tests.factories.loans import LedgerEntryFactory, LoanFactory
from tests.factories.loans import disbursed as disbursed_application

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 24, 7, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def borrower():
    """A case whose client has a loan."""
    case = CalledFactory()
    application = disbursed_application(enterprise=case.enterprise, person=case.person)
    return case, LoanFactory(application=application)


def shown(case, show="", user=None):
    entries, _page = timeline.page_of(case, user=user or case.advisor, show=show, after="")
    return [(entry["kind"], entry.get("text") or entry.get("said")) for entry in entries]


def test_receipts_stand_among_the_events_with_their_amounts():
    case, loan = borrower()
    teller = UserFactory(full_name="Rabia Anwar")
    receipt = LedgerEntryFactory(loan=loan, amount=4000, entered_at=NOON, by=teller)
    LedgerEntryFactory(loan=loan, amount=2500, entered_at=NOON - HOUR)
    Note.objects.create(case=case, by=case.advisor, text="Between.", at=NOON - HOUR / 2)

    entries, _page = timeline.page_of(case, user=case.advisor, show="", after="")

    assert entries[0] == {
        "at": NOON,
        "kind": "Loan",
        "who": "Rabia Anwar",
        "text": "Repayment: Rs 4,000",
        "url": receipt.get_absolute_url(),
        "label": "Receipt",
    }
    assert [entry["kind"] for entry in entries] == ["Loan", "Note", "Loan"]


def test_a_receipt_that_was_undone_says_so_and_so_does_what_undid_it():
    case, loan = borrower()
    receipt = LedgerEntryFactory(loan=loan, amount=4000, entered_at=NOON)
    LedgerEntryFactory(
        loan=loan, kind="reversal", amount=4000, entered_at=NOON + HOUR, reverses=receipt, undoes="repayment",
        undoes_by=receipt.by, reason="Another loan's slip.", book=None, number=None, correction=None,
    )  # fmt: skip

    assert shown(case) == [
        ("Loan", "Undone: Repayment of Rs 4,000"),
        ("Loan", "Repayment: Rs 4,000 (undone later)"),
    ]


def test_the_chip_of_the_loan_unites_events_and_money_and_other_chips_leave_it_out():
    case, loan = borrower()
    LedgerEntryFactory(loan=loan, amount=4000, entered_at=NOON)
    event = record("loans.approved", target=case, by=system(), audience={ADVISORS}, data={"amount": 6000})
    Event.objects.filter(pk=event.pk).update(at=NOON - HOUR)

    assert [text for _kind, text in shown(case, "loan")] == ["Repayment: Rs 4,000", "Loan of Rs 6,000 approved"]
    assert [shown(case, chip) for chip in ("course", "notes", "contacts")] == [[], [], []]


def test_money_of_another_business_or_out_of_sight_does_not_stand_there():
    case, loan = borrower()
    other, others = borrower()
    LedgerEntryFactory(loan=loan, entered_at=NOON)
    LedgerEntryFactory(loan=others, entered_at=NOON)
    stranger = colleague(Role.ADVISOR, office=smeda_office("lahore"))

    assert [len(shown(one)) for one in (case, other)] == [1, 1]
    assert shown(case, user=stranger) == []


def five_hundred():
    """A case of 500 entries: 400 events, 60 contacts, 20 notes and 20 receipts, each at a moment of its own."""
    case, loan = borrower()
    moments = iter(NOON - HOUR * hours for hours in range(500))
    event = record("training.enrolled", target=case.enterprise, by=system(), audience={ADVISORS})
    Event.objects.all().delete()
    facts = {name: getattr(event, name) for name in ("name", "target_label", "target_id", "enterprise_id", "by")}
    Event.objects.bulk_create(Event(**facts, audience=[ADVISORS], at=next(moments)) for _row in range(400))
    Contact.objects.bulk_create(
        Contact(case=case, by=case.advisor, agreed="Agreed.", at=next(moments)) for _row in range(60)
    )
    Note.objects.bulk_create(Note(case=case, by=case.advisor, text="Note.", at=next(moments)) for _row in range(20))
    for moment in moments:
        LedgerEntryFactory(loan=loan, by=case.advisor, entered_at=moment)
    return case


# Notes, contacts, events and money are united in one query and fetched in one each.
MOST = 10


def test_a_case_of_five_hundred_entries_is_read_in_few_queries(django_assert_max_num_queries):
    """C4: every entry once, in order, each page in a number of queries that does not grow."""
    case = five_hundred()
    seen, after = [], ""
    timeline.page_of(case, user=case.advisor, show="", after="")  # what the user may see is read once a request

    while after is not None:
        with django_assert_max_num_queries(MOST):
            entries, page = timeline.page_of(case, user=case.advisor, show="", after=after)
        seen += entries
        after = page.next

    assert len(seen) == 500
    assert [entry["at"] for entry in seen] == sorted((entry["at"] for entry in seen), reverse=True)


@pytest.mark.parametrize("receipts", [1, 3, 15])
def test_the_number_of_queries_does_not_grow_with_the_receipts(receipts, django_assert_num_queries):
    case, loan = borrower()
    for hours in range(receipts):
        LedgerEntryFactory(loan=loan, entered_at=NOON - HOUR * hours)
    shown(case)

    with django_assert_num_queries(4):
        shown(case)
