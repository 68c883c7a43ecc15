"""What phones receive: short enough in both languages, no fee, and nothing about loans where others read."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from loans.actions import receipts
from loans.messages import KINDS
from loans.models import Loan
from messaging import kinds
from messaging.texts import parts
from tests.factories.accounts import UserFactory
from tests.factories.enterprises import PersonFactory
from tests.factories.loans import (
    LENT_ON,
    ApplicationFactory,
    GuarantorFactory,
    LoanFactory,
    MisfortuneFactory,
    PromiseFactory,
    RefusalReasonFactory,
    RequestFactory,
    approved,
    bring_papers,
    disbursed,
    family_visited,
    lender,
    proposed,
)
from tests.factories.papers import kind as paper_kind
from tests.loans.test_receipts import loan_at, post, reverse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_folder")]
BY_NAME = {kind.name: kind for kind in KINDS}
GSM_PART, UCS2_TWO_PARTS = 1, 2


@pytest.fixture
def place():
    return lender()


def refused():
    reason = RefusalReasonFactory()
    decided = {"decided_by": approved()["decided_by"], "decided_at": timezone.now()}
    return ApplicationFactory(
        state="refused", refusal=reason, ask_again_on=dt.date(2027, 2, 24), reference="MUL-A-7654321", **decided
    )


def everything(place):
    """Each kind about its target, with amounts as long as they get."""
    loan = LoanFactory(
        reference="MUL-L-1234567",
        application=disbursed(amount=150_000, product=place.product, branch=place.branch),
        principal=150_000,
    )
    receipt = post(place, loan, amount=125_000, number=9802)
    reversal = reverse(place, receipt)
    application = ApplicationFactory(
        product=place.product, branch=place.branch, reference="MUL-A-1234567", amount_wanted=150_000,
        **approved(amount=150_000),
    )  # fmt: skip
    ready = ApplicationFactory(
        product=place.product, branch=place.branch, reference="MUL-A-1234568", amount_wanted=150_000,
        person__cnic_standing="verified", **approved(amount=150_000),
    )  # fmt: skip
    bring_papers(ready)
    fresh = Loan.objects.get(pk=loan.pk)
    asked = RequestFactory(application=application, kind="paper", words="", paper=paper_kind("utility-bill"))
    return [
        ("loans.asked", asked),
        ("loans.decision", ready),
        ("loans.decision", application),
        ("loans.decision", refused()),
        ("loans.disbursed", fresh),
        ("loans.receipt", receipt),
        ("loans.receipt_reversed", reversal),
        ("loans.given_back", fresh),
        *after_a_misfortune(place),
        ("loans.instalment_late", fresh),
        ("loans.instalment_due", fresh),
    ]


def after_a_misfortune(place):
    """A loan forgiven after a death, one after a disability, one in part, one that goes on, and a guarantor."""
    facts = {"principal": 150_000, "instalment": 25_000}
    ended = facts | {"waived_total": 150_000, "ended_on": LENT_ON, "ended_as": "waived"}

    def of(kind, ending="waived", **loan):
        application = disbursed(amount=150_000, product=place.product, branch=place.branch)
        of_loan = LoanFactory(application=application, **loan)
        proof = proposed(amount=125_000, ground="no_work") if ending == "waived" else family_visited()
        end = {"state": "ended", "ending": ending, "ended_by": UserFactory(), "ended_at": timezone.now()}
        return MisfortuneFactory(loan=of_loan, kind=kind, **(proof | end))

    part = facts | {"waived_total": 125_000, "count": 1}
    return [
        ("loans.waived", of("death", **ended)),
        ("loans.waived", of("disability", **ended)),
        ("loans.waived", of("disability", **part)),
        ("loans.goes_on", of("death", ending="wrong", **facts)),
        ("loans.goes_on", of("death", ending="wrong", **ended)),
        ("loans.released", GuarantorFactory()),
    ]


def test_every_text_in_english(place):
    said = [BY_NAME[kind].render(target, "en") for kind, target in everything(place)]

    help_line = settings.HELPLINE
    asked, approval, waiting, refusal, paid_out, receipt, reversal, *after, late, reminder = said
    assert asked == (
        "For your loan MUL-A-1234567 the branch needs by 19 Oct: Electricity or gas bill. "
        "See your page. No fee: pay nobody."
    )
    assert approval == (
        "Your loan of Rs 150,000 is approved (MUL-A-1234568). The branch tells you the day. "
        "There is no fee: pay nobody."
    )
    assert waiting == (
        "Your loan of Rs 150,000 is approved (MUL-A-1234567). Still to come from you: identity card, papers. "
        "See your page. There is no fee: pay nobody."
    )
    assert refusal == (
        "Loan MUL-A-7654321 was not approved. Your page says why and what to do. Ask again from 24 Feb 2027. No fee. "
        f"Help {help_line}"
    )
    assert paid_out == (
        "Rs 150,000 paid out to you. First instalment Rs 25,000 by 7 Oct 2026. No interest, no fee. Not right? "
        f"Call {help_line}"
    )
    assert receipt == (
        f"Rs 125,000 received, slip 118/9802, 7 Oct. Left to pay: Rs 25,000. No fee. Not right? Call {help_line}"
    )
    assert reversal == (
        f"Slip 118/9802 of 7 Oct, Rs 125,000, was cancelled. Left to pay: Rs 150,000. Not right? Call {help_line}"
    )
    assert reminder == (f"Instalment of Rs 25,000 by Wed 7 Oct 2026. Ask for a slip. No fee, no fine. Help {help_line}")
    assert late.partition(" was due ")[2] == (
        f"by 7 Oct. Pay at {place.branch.label}. Nothing is added. Need more days? Call {help_line}"
    )
    assert after == [
        f"Rs 150,000 came back. The loan is cancelled: you owe nothing. Not right? Call {help_line}",
        f"We share your grief. The loan is forgiven: nobody owes anything. Help {help_line}",
        f"Your loan is forgiven: you owe nothing any more. We wish you strength. Help {help_line}",
        f"Rs 125,000 of the loan is forgiven. Left to pay: Rs 25,000. No fee. Help {help_line}",
        (
            "Your loan goes on. Next instalment by Wed 7 Oct 2026. The days in between count for nothing. "
            f"Help {help_line}"
        ),
        f"Your loan needs nothing any more. Help {help_line}",
        f"The loan that you guaranteed is settled. You answer for nothing any more. Help {help_line}",
    ]
    assert [parts(text) for text in said] == [GSM_PART] * len(said)


def test_every_text_in_urdu_takes_two_parts_at_most(place):
    said = [BY_NAME[kind].render(target, "ur") for kind, target in everything(place)]

    assert [text for text in said if parts(text) > UCS2_TWO_PARTS] == []
    assert [text for text in said if "روپے" not in text and "قرض" not in text] == []


@pytest.mark.parametrize("facts", [{"loans_may_be_named": False}, {"phone_owner": "spouse"}])
def test_where_others_read_it_is_said_discreetly(place, facts):
    for kind, target in everything(place):
        person = target.loan.person if hasattr(target, "loan") and hasattr(target, "slip") else target.person
        for name, value in facts.items():
            setattr(person, name, value)

        assert BY_NAME[kind].recipient(target).is_discreet


def test_recipient_is_the_borrower_in_their_language(place):
    loan = loan_at(place)
    entry = post(place, loan)

    found = BY_NAME["loans.receipt"].recipient(entry)

    assert found == kinds.Recipient(phone=loan.person.phone, language="ur", person_id=loan.person_id)


def test_no_phone_no_message():
    assert BY_NAME["loans.decision"].recipient(ApplicationFactory(person=PersonFactory(phone=""))) is None


def test_receipt_that_was_reversed_meanwhile_is_not_announced(place):
    entry = post(place, loan_at(place))
    still_due = BY_NAME["loans.receipt"].still_due
    assert still_due(entry)

    reverse(place, entry)

    assert not still_due(type(entry).objects.get(pk=entry.pk))


def test_a_decision_is_told_while_it_stands(place):
    still_due = BY_NAME["loans.decision"].still_due
    taken_back = ApplicationFactory(**approved(state="withdrawn"))

    assert [still_due(application) for application in (ApplicationFactory(**approved()), refused(), taken_back)] == [
        True, True, False,
    ]  # fmt: skip


def due_in(days, **attributes):
    today = timezone.localdate()
    return LoanFactory(
        disbursed_on=today - dt.timedelta(days=40), first_due_on=today + dt.timedelta(days=days), **attributes
    )


def test_instalments_are_announced_three_days_before_and_until_they_are_late():
    kind = BY_NAME["loans.instalment_due"]
    in_time = [due_in(3), due_in(0)]
    due_in(4)
    due_in(-15)
    due_in(2, application=disbursed(person=PersonFactory(phone="")))

    found = list(kind.due(timezone.now()))

    assert sorted(loan.pk for loan in found) == sorted(loan.pk for loan in in_time)
    assert all(kind.still_due(loan) for loan in found)


def test_instalment_that_was_paid_meanwhile_is_not_announced(place):
    today = timezone.localdate()
    kind, loan = BY_NAME["loans.instalment_due"], loan_at(place, first_due_on=today + dt.timedelta(days=3))
    before = kind.occasion(loan)

    receipts.post_receipt(loan=loan, amount=1000, received_on=today, book=118, number=1, by=place.staff.cashier)
    fresh = Loan.objects.get(pk=loan.pk)

    assert not kind.still_due(fresh)
    assert kind.occasion(fresh) != before


def test_loan_that_ended_has_no_reminder():
    loan = LoanFactory(paid_total=6000, ended_on=dt.date(2026, 11, 1), ended_as="repaid")

    assert not BY_NAME["loans.instalment_due"].still_due(loan)


def late_for(days, **attributes):
    """Due so many days before 16 October, a Friday."""
    due_on = dt.date(2026, 10, 16) - dt.timedelta(days=days)
    return LoanFactory(first_due_on=due_on, disbursed_on=LENT_ON, **attributes)


def test_a_late_instalment_is_written_about_once_when_the_grace_is_over():
    kind, now = BY_NAME["loans.instalment_late"], dt.datetime(2026, 10, 16, 7, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False):
        first, last = late_for(4), late_for(10)
        for days in (3, 11):  # in the grace, and long visited
            late_for(days)
        agreed = late_for(4)
        PromiseFactory(loan=agreed, due_on=agreed.first_due_on, pay_on=dt.date(2026, 10, 17), at=now)
        late_for(4, application=disbursed(person=PersonFactory(phone="")))

        found = [loan.pk for loan in kind.due(now)]
        still = [kind.still_due(Loan.objects.get(pk=one.pk)) for one in (first, agreed)]
        ended = LoanFactory(paid_total=6000, ended_on=dt.date(2026, 10, 12), ended_as="repaid")

        assert (found, still) == ([last.pk, first.pk], [True, False])
        assert not kind.still_due(Loan.objects.get(pk=ended.pk))
        assert kind.occasion(Loan.objects.get(pk=first.pk)) == "2026-10-12"


def test_each_lender_reminds_so_many_days_before_as_it_says():
    kind, loan = BY_NAME["loans.instalment_due"], due_in(5)
    early = [one.pk for one in kind.due(timezone.now())]
    type(loan.partner).objects.filter(pk=loan.partner_id).update(remind_days=5)

    assert (early, [one.pk for one in kind.due(timezone.now())]) == ([], [loan.pk])
    assert kind.still_due(Loan.objects.get(pk=loan.pk))
