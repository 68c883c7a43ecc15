"""A death or a disability: the loan rests, somebody visits, two people decide; nothing is held against the family."""

import datetime as dt
import re
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from journal.events import MANAGERS, record
from journal.models import Event
from journal.moves import MoveRefused
from journal.open_items import Scope, united
from kit.days import months_after
from loans.actions import arrears, misfortunes, receipts, terms
from loans.effects import Kind
from loans.messages.loans import instalments_due, is_instalment_due
from loans.models import Guarantor, Loan, Misfortune, Terms
from loans.open_items import open_items
from loans.pages.lists import desk, loan_row
from loans.pages.loan import gather
from loans.pages.misfortunes import gather as gather_misfortune
from messaging.models import Message
from places.calendar import LENDING, Calendar
from tests.factories.accounts import EntrepreneurUserFactory, UserFactory, colleague
from tests.factories.casework import CalledFactory
from tests.factories.loans import (
    GuarantorFactory,
    LoanFactory,
    MisfortuneFactory,
    disbursed,
    family_visited,
    lender,
    proposed,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def place():
    return lender()


def loan_at(place, **attributes):
    first = attributes.pop("first_due_on", TODAY() - dt.timedelta(days=5))
    facts = {"disbursed_on": TODAY() - dt.timedelta(days=60), "first_due_on": first} | attributes
    return LoanFactory(application=disbursed(product=place.product, branch=place.branch), **facts)


def report(place, loan, **facts):
    told = {"kind": "death", "happened_on": TODAY(), "told_by": "Her brother", "by": place.staff.cashier}
    return misfortunes.report(loan=loan, **(told | facts))


def resting(place, days=0, **loan):
    """A loan that rests since so many days."""
    at = timezone.now() - dt.timedelta(days=days)
    return MisfortuneFactory(loan=loan_at(place, **loan), reported_at=at, reported_by=place.staff.cashier)


def visit(place, misfortune, **facts):
    met = {"visited_on": TODAY(), "whom_met": "Her son", "by": place.staff.officer, "version": misfortune.version}
    return misfortunes.record_visit(misfortune=misfortune, **(met | facts))


def propose(place, misfortune, **facts):
    proof = {"ground": "death", "paper": "council", "paper_number": "UC 77", "amount": 6000}
    proof |= {"by": place.staff.officer, "version": misfortune.version}
    return misfortunes.propose(misfortune=misfortune, **(proof | facts))


def waive(place, misfortune, **facts):
    return misfortunes.waive(
        misfortune=misfortune, **({"by": place.staff.manager, "version": misfortune.version} | facts)
    )


def end(place, misfortune, **facts):
    said = {"ending": "wrong", "reason": "She is well", "by": place.staff.manager, "version": misfortune.version}
    return misfortunes.end(misfortune=misfortune, **(said | facts))


def fresh(loan):
    return Loan.objects.get(pk=loan.pk)


def told(kind):
    return list(Message.objects.filter(kind=kind).values_list("person_id", flat=True))


# The report


def test_a_report_lets_the_loan_rest_at_once_and_names_who_visits(place):
    loan = loan_at(place)
    loan.application.officer = place.staff.officer
    loan.application.save()

    misfortune = report(place, loan)

    assert fresh(loan).is_frozen
    assert (misfortune.visitor, misfortune.state, misfortune.due_on > TODAY()) == (
        place.staff.officer,
        "reported",
        True,
    )
    event = Event.objects.get(name="loans.misfortune_reported")
    assert (event.data, "entrepreneur" in event.audience) == ({"kind": "death", "loan": loan.pk}, False)


def test_whoever_of_the_branch_works_there_visits_where_the_officer_left(place):
    assert report(place, loan_at(place)).visitor in {place.staff.officer, place.staff.manager}


def test_where_nobody_works_at_the_branch_who_wrote_it_down_visits(place):
    loan = loan_at(place)
    advisor = colleague(Role.ADVISOR, districts=[loan.district])
    for user in vars(place.staff).values():
        user.appointments.update(until_on=TODAY() - dt.timedelta(days=1))

    assert report(place, loan, by=advisor).visitor == advisor


def test_every_loan_of_the_borrower_rests(place):
    loan = loan_at(place)
    other = loan_at(place)
    Loan.objects.filter(pk=other.pk).update(person=loan.person_id)

    misfortune = report(place, loan)

    assert [fresh(one).frozen_for for one in (loan, other)] == [misfortune, misfortune]
    end(place, misfortune)
    assert [fresh(one).is_frozen for one in (loan, other)] == [False, False]


def two_loans_rest(place):
    """One borrower with two late loans, of whose death somebody told 40 days ago; the family was visited."""
    loan = loan_at(place)
    other = loan_at(place)
    Loan.objects.filter(pk=other.pk).update(person=loan.person_id)
    misfortune = report(place, loan)
    Misfortune.objects.update(reported_at=timezone.now() - dt.timedelta(days=40))
    misfortune.refresh_from_db()
    return visit(place, misfortune), other


@pytest.mark.parametrize("ending", ["waived", "goes_on"])
def test_what_is_decided_about_one_loan_lets_the_others_rest(place, ending):
    visited, other = two_loans_rest(place)

    ended = waive(place, propose(place, visited)) if ending == "waived" else end(place, visited, ending="goes_on")

    own = Misfortune.objects.open().get()
    kept = ("kind", "happened_on", "told_by", "reported_by", "reported_at", "visited_by", "visited_on", "whom_met")
    assert (own.loan, own.state, fresh(other).frozen_for) == (other, "visited", own)
    assert [getattr(own, name) for name in kept] == [getattr(ended, name) for name in kept]
    assert (fresh(ended.loan).is_frozen, own.due_on > TODAY()) == (False, True)
    assert (fresh(other).terms_number, is_instalment_due(fresh(other))) == (1, False)
    end(place, own, ending="goes_on")
    assert (fresh(other).is_frozen, fresh(other).terms.get().reason) == (False, "rested")


def test_a_wrong_report_is_wrong_for_every_loan(place):
    visited, other = two_loans_rest(place)

    end(place, visited)

    assert (Misfortune.objects.open().count(), fresh(other).is_frozen) == (0, False)


def test_a_loan_that_was_paid_while_it_rested_waits_for_no_decision(place):
    visited, other = two_loans_rest(place)
    receipts.post_receipt(loan=other, amount=6000, received_on=TODAY(), book=1, number=1, by=place.staff.cashier)

    end(place, visited, ending="goes_on")

    assert (Misfortune.objects.open().count(), fresh(other).is_frozen) == (0, False)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"happened_on": dt.date(2999, 1, 1)}, {"happened_on": ["This day is still to come."]}),
        ({"kind": "move"}, {"kind": ["Value 'move' is not a valid choice."]}),
    ],
)
def test_a_report_that_cannot_be(place, facts, said):
    with pytest.raises(ValidationError) as refusal:
        report(place, loan_at(place), **facts)

    assert refusal.value.message_dict == said


def test_a_second_report_says_who_wrote_the_first(place):
    loan = loan_at(place)
    report(place, loan)

    with pytest.raises(ValidationError, match="written down already, by Cashier"):
        report(place, loan, by=place.staff.officer)


def test_the_database_holds_one_open_report_a_loan(place):
    misfortune = resting(place)

    with pytest.raises(IntegrityError, match="loans_one_open_misfortune"), transaction.atomic():
        MisfortuneFactory(loan=misfortune.loan)


def test_of_a_loan_that_ended_nothing_is_reported(place):
    loan = loan_at(place, paid_total=6000, ended_on=TODAY(), ended_as="repaid")

    with pytest.raises(ValidationError, match="Nothing is left to pay"):
        report(place, loan)


def test_who_may_report(place):
    loan = loan_at(place)

    with pytest.raises(PermissionDenied):
        report(place, loan, by=lender().staff.officer)


@pytest.mark.parametrize(("outcome", "rests"), [("died", True), ("graduated", False)])
def test_a_case_that_ends_by_death_lets_the_loan_rest(place, outcome, rests):
    loan = loan_at(place)
    case = CalledFactory(person=loan.person, enterprise=loan.enterprise)

    for _time in range(2):
        record("casework.closed", target=case, by=case.advisor, audience={MANAGERS}, data={"outcome": outcome})

    assert (fresh(loan).is_frozen, Misfortune.objects.count()) == (rests, int(rests))


# While it rests


def test_nobody_is_reminded_and_it_counts_as_late_all_the_same(place):
    loan = loan_at(place, first_due_on=TODAY() + dt.timedelta(days=1))
    assert list(instalments_due(timezone.now())) == [loan]
    late = loan_at(place, first_due_on=TODAY() - dt.timedelta(days=20))

    for one in (loan, late):
        report(place, one)

    assert list(instalments_due(timezone.now())) == []
    assert is_instalment_due(loan)
    assert not is_instalment_due(fresh(loan))
    assert fresh(late) in Loan.objects.late(on=TODAY())


def test_nobody_asks_a_guarantor_or_visits_for_money(place):
    misfortune = resting(place, first_due_on=TODAY() - dt.timedelta(days=20))

    with pytest.raises(ValidationError, match="The loan rests"):
        arrears.hold_allowed(misfortune.loan, by=place.staff.officer)


def test_the_desk_chases_nobody_and_the_list_says_that_it_rests(place):
    late = loan_at(place, first_due_on=TODAY() - dt.timedelta(days=20))
    report(place, late)

    assert desk(place.staff.officer, on=TODAY()).late == []
    row = loan_row(fresh(late), on=TODAY(), calendar=Calendar.load(LENDING))
    assert row["cells"][0]["text"] == "Rests"
    assert gather(fresh(late), user=place.staff.officer, on=TODAY()).tag["text"] == "Rests"


def test_the_visit_waits_for_a_named_person_and_then_the_decision_for_the_branch(place):
    misfortune = resting(place)

    def kinds(**scope):
        return [(item["kind"], item["holder_id"]) for item in united(open_items(Scope(**scope)), limit=9)]

    of_it = {"enterprise_ids": [misfortune.enterprise_id]}
    assert kinds(**of_it) == [("loans.family_visit", misfortune.visitor_id)]
    visit(place, misfortune)
    assert kinds(**of_it) == [("loans.misfortune", None)]
    assert kinds(user_id=misfortune.visitor_id) == []


def test_the_family_may_pay_all_the_same(place):
    misfortune = resting(place)

    receipts.post_receipt(
        loan=misfortune.loan, amount=6000, received_on=TODAY(), book=1, number=1, by=place.staff.cashier
    )

    with pytest.raises(ValidationError, match="Nothing is left to pay"):
        propose(place, visit(place, misfortune))
    end(place, Misfortune.objects.get(), ending="goes_on")
    assert (fresh(misfortune.loan).is_frozen, told("loans.goes_on")) == (False, [])


# The visit and the papers


@pytest.mark.parametrize(
    ("days", "said"), [(1, "This day is still to come."), (-3, "Nobody had told of it on this day.")]
)
def test_a_visit_lies_between_the_report_and_today(place, days, said):
    with pytest.raises(ValidationError) as refusal:
        visit(place, resting(place, days=1), visited_on=TODAY() + dt.timedelta(days=days))

    assert refusal.value.message_dict == {"visited_on": [said]}


def test_nothing_is_proposed_before_somebody_was_with_the_family(place):
    with pytest.raises(MoveRefused):
        propose(place, resting(place))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"ground": "no_work"}, {"ground": ["This is not what was reported."]}),
        ({"amount": 6001}, {"amount": ["Only Rs 6,000 is left to pay. No more can be forgiven."]}),
    ],
)
def test_a_proposal_that_cannot_be(place, facts, said):
    with pytest.raises(ValidationError) as refusal:
        propose(place, visit(place, resting(place)), **facts)

    assert refusal.value.message_dict == said


# The decision


def test_forgiven_wholly_it_ends_and_never_counts_as_money_that_came_back(place):
    misfortune = resting(place, days=40)
    guarantor = GuarantorFactory(application=misfortune.loan.application)
    GuarantorFactory(application=misfortune.loan.application, is_named=False)

    ended = waive(place, propose(place, visit(place, misfortune)))

    loan = fresh(misfortune.loan)
    assert [ended.state, ended.ending, ended.ended_by] == ["ended", "waived", place.staff.manager]
    assert [loan.ended_as, loan.waived_total, loan.paid_total, loan.next_due_on] == ["waived", 6000, 0, None]
    assert (loan.is_frozen, loan.terms_number) == (False, 1)
    row = loan.ledger.get()
    assert (row.kind, row.amount, row.by) == (Kind.WAIVER, 6000, place.staff.manager)
    assert fresh(loan) not in Loan.objects.late(on=TODAY())
    assert (told("loans.waived"), told("loans.released")) == ([loan.person_id], [guarantor.person_id])
    assert list(Loan.objects.unbalanced()) == []


def test_forgiven_in_part_the_instalments_at_the_end_fall_away_and_the_rest_goes_on(place):
    misfortune = resting(place, days=40, first_due_on=TODAY() - dt.timedelta(days=5))
    Misfortune.objects.filter(pk=misfortune.pk).update(kind="disability")
    misfortune.refresh_from_db()

    waive(place, propose(place, visit(place, misfortune), ground="less_work", amount=2500))

    loan = fresh(misfortune.loan)
    first = TODAY() - dt.timedelta(days=5)
    assert (loan.is_live, loan.is_frozen, loan.balance) == (True, False, 3500)
    assert [part.amount for part in loan.instalments()] == [1000, 1000, 1000, 500]
    assert loan.next_due_on == months_after(first, 2)
    assert list(loan.terms.values_list("number", "reason", "principal", "count")) == [
        (2, "waiver", 3500, 4),
        (3, "rested", 3500, 4),
    ]
    assert told("loans.released") == []


def test_who_verified_does_not_forgive(place):
    misfortune = propose(place, visit(place, resting(place)), by=place.staff.manager)

    with pytest.raises(PermissionDenied):
        waive(place, misfortune)
    waive(place, misfortune, by=place.staff.area)


def waived_by_who_verified():
    somebody = UserFactory()
    ended = {"state": "ended", "ending": "waived", "ended_by": somebody, "ended_at": timezone.now()}
    return proposed(verified_by=somebody) | ended


def test_the_database_refuses_who_verified(place):
    with pytest.raises(IntegrityError, match="loans_verifier_does_not_forgive"), transaction.atomic():
        MisfortuneFactory(loan=loan_at(place), **waived_by_who_verified())


def test_the_database_refuses_who_reported_to_take_it_back(place):
    somebody = UserFactory()
    ended = {"state": "ended", "ending": "wrong", "ended_by": somebody, "ended_at": timezone.now()}

    with pytest.raises(IntegrityError, match="loans_reporter_does_not_take_back"), transaction.atomic():
        MisfortuneFactory(loan=loan_at(place), reported_by=somebody, **ended)


def test_money_that_came_meanwhile_is_looked_at_when_it_is_decided(place):
    misfortune = propose(place, visit(place, resting(place)))
    receipts.post_receipt(
        loan=misfortune.loan, amount=1000, received_on=TODAY(), book=1, number=1, by=place.staff.cashier
    )

    with pytest.raises(ValidationError, match="Only Rs 5,000 is left to pay"):
        waive(place, misfortune)

    again = propose(place, Misfortune.objects.get(), amount=5000)
    assert waive(place, again).amount == 5000


# Taken back


@pytest.mark.parametrize(("days", "months"), [(0, 0), (1, 1), (20, 1), (40, 2)])
def test_a_wrong_report_is_taken_back_and_the_months_that_began_are_not_held_against_her(place, days, months):
    first = TODAY() - dt.timedelta(days=5)
    misfortune = resting(place, days=days, first_due_on=first, paid_total=300)

    end(place, misfortune)

    loan = fresh(misfortune.loan)
    assert (loan.is_frozen, loan.next_due_on, loan.due_by(loan.next_due_on)) == (
        False,
        months_after(first, months),
        700,
    )
    assert told("loans.goes_on") == [loan.person_id]
    assert [row.reason for row in loan.terms.all()] == (["rested"] if months else [])


def test_what_was_not_due_yet_stays_as_it_was(place):
    first = TODAY() + dt.timedelta(days=9)
    misfortune = resting(place, days=20, first_due_on=first)

    end(place, misfortune)

    assert (fresh(misfortune.loan).next_due_on, Terms.objects.count()) == (first, 0)


def test_put_off_keeps_what_is_paid_and_what_is_late(place):
    first = TODAY() - dt.timedelta(days=70)
    loan = loan_at(place, disbursed_on=first - dt.timedelta(days=30), first_due_on=first, paid_total=1300)

    terms.put_off(loan, months=1, reason=Terms.Reason.RELIEF, by=place.staff.manager)

    assert (loan.count, loan.paid_before, loan.next_due_on) == (5, 1000, months_after(first, 2))
    assert loan.balance == sum(part.amount for part in loan.instalments()) - 300


@pytest.mark.parametrize(("paid", "count", "last"), [(500, 5, 800), (0, 6, 300)])
def test_a_receipt_of_earlier_terms_that_is_reversed_makes_no_instalment_heavier(place, paid, count, last):
    """What it had paid is spread anew: into the last instalment where there is room, else into one more."""
    loan = loan_at(place, principal=5300, instalment=1000, count=5, paid_before=1000, paid_total=1000)
    loan.paid_total = paid

    assert terms.fit(loan, is_more=False)

    parts = [part.amount for part in loan.instalments()]
    assert (loan.paid_before, loan.count, parts[-1], max(parts)) == (paid, count, last, 1000)
    assert sum(parts) == 5300 - paid


@pytest.mark.parametrize(("facts", "field"), [({"ending": "waived"}, "ending"), ({"ending": "goes_on"}, "ending")])
def test_an_end_that_cannot_be(place, facts, field):
    with pytest.raises(ValidationError) as refusal:
        end(place, resting(place), **facts)

    assert list(refusal.value.message_dict) == [field]


def test_who_reported_does_not_take_it_back(place):
    misfortune = report(place, loan_at(place), by=place.staff.manager)

    with pytest.raises(PermissionDenied):
        end(place, misfortune)
    end(place, misfortune, by=place.staff.area)


# Pages


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def url(name, *args):
    return reverse(f"loans:{name}", args=args)


def send(client, path, **typed):
    return client.post(path, {"request_key": str(uuid.uuid4()), **typed})


def test_the_whole_way_through_the_pages(place, signed_in):
    staff = {name: signed_in(user) for name, user in vars(place.staff).items()}
    loan = loan_at(place)
    page = staff["cashier"].get(loan.get_absolute_url()).content.decode()
    assert url("misfortune-create", loan.pk) in page
    assert "rests at once" in staff["cashier"].get(url("misfortune-create", loan.pk)).content.decode()

    send(staff["cashier"], url("misfortune-create", loan.pk), kind="death", happened_on="1.10.2026", told_by="Aslam")

    misfortune = Misfortune.objects.get()
    assert staff["cashier"].get(url("misfortune-create", loan.pk)).url == misfortune.get_absolute_url()
    assert misfortune.get_absolute_url() in staff["officer"].get(loan.get_absolute_url()).content.decode()
    day = f"{TODAY():%d.%m.%Y}"
    send(staff["officer"], url("misfortune-visit", misfortune.pk), version=0, visited_on=day, whom_met="Her son")
    proof = {"version": 1, "ground": "death", "paper": "council", "paper_number": "77", "amount": "6,000"}
    assert "Rs 6,000 is left" in text_of(staff["officer"].get(url("misfortune-propose", misfortune.pk)))
    send(staff["officer"], url("misfortune-propose", misfortune.pk), **proof)
    assert "Verified by Officer" in text_of(staff["manager"].get(url("misfortune-waive", misfortune.pk)))
    send(staff["manager"], url("misfortune-waive", misfortune.pk), version=2)

    assert fresh(loan).ended_as == "waived"
    page = staff["manager"].get(misfortune.get_absolute_url()).content.decode()
    assert "UC" not in page
    assert "The loan was forgiven" in page
    for name in ("visit", "propose", "waive", "end"):
        late = staff["manager"].get(url(f"misfortune-{name}", misfortune.pk))
        assert (late.status_code, late.url) == (302, misfortune.get_absolute_url())


def test_taken_back_on_its_page(place, signed_in):
    misfortune = resting(place)
    client = signed_in(place.staff.manager)
    assert "The report was wrong" in client.get(url("misfortune-end", misfortune.pk)).content.decode()

    send(client, url("misfortune-end", misfortune.pk), version=0, ending="wrong", reason="She is well")

    assert Misfortune.objects.get().ending == "wrong"


def test_what_is_refused_stands_beside_what_was_typed(place, signed_in):
    misfortune = resting(place)
    GuarantorFactory(application=misfortune.loan.application)
    manager = signed_in(place.staff.manager)
    day = f"{TODAY() + dt.timedelta(days=2):%d.%m.%Y}"
    path = url("misfortune-visit", misfortune.pk)

    page = send(manager, path, version=0, visited_on=day, whom_met="Her son").content.decode()

    assert "This day is still to come." in page
    assert "Her son" in page
    assert Guarantor.objects.count() == 1


def test_the_page_says_why_somebody_may_not_decide(place):
    reported = report(place, loan_at(place), by=place.staff.manager)
    assert gather_misfortune(reported, user=place.staff.manager).why_not == [
        "You wrote it down. Somebody else takes it back."
    ]
    verified = propose(place, visit(place, reported), by=place.staff.manager)
    page = gather_misfortune(verified, user=place.staff.manager)
    assert page.why_not[0] == "You verified it. Somebody else decides."
    assert [action["label"] for action in page.actions] == ["Propose to forgive the loan"]


def test_it_is_late_when_nobody_visited_in_time(place):
    misfortune = resting(place)
    Misfortune.objects.filter(pk=misfortune.pk).update(due_on=TODAY() - dt.timedelta(days=1))

    assert gather_misfortune(Misfortune.objects.get(), user=place.staff.officer).tag["tone"] == "late"
    Misfortune.objects.filter(pk=misfortune.pk).update(due_on=TODAY())
    assert gather_misfortune(Misfortune.objects.get(), user=place.staff.officer).tag["tone"] == "soon"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "Your loan rests."),
        ({"waived_total": 6000, "ended_on": dt.date(2026, 11, 1), "ended_as": "waived"}, "Your loan is forgiven."),
        ({"paid_total": 6000, "ended_on": dt.date(2026, 11, 1), "ended_as": "repaid"}, "Nothing is left to pay."),
        (
            {"written_off_total": 6000, "ended_on": dt.date(2026, 11, 1), "ended_as": "written_off"},
            "Rs 6,000 is still to be paid.",
        ),
        ({"ended_on": dt.date(2026, 11, 1), "ended_as": "cancelled"}, "You gave the money back."),
    ],
)
def test_her_own_page_says_why_no_instalment_is_asked_for(place, signed_in, facts, said):
    loan = loan_at(place, **facts)
    loan.person.user = EntrepreneurUserFactory()
    loan.person.language = "en"
    loan.person.save()
    if not facts:
        MisfortuneFactory(loan=loan)

    page = text_of(signed_in(loan.person.user).get(url("my-loan", loan.pk)))

    assert said in page
    assert signed_in(loan.person.user).get(url("loan-detail", loan.pk)).status_code == 302


def test_no_page_of_it_opens_elsewhere(place, signed_in):
    misfortune = MisfortuneFactory(loan=loan_at(place), **family_visited())

    assert signed_in(lender().staff.manager).get(misfortune.get_absolute_url()).status_code == 404
    assert str(misfortune) == f"misfortune {misfortune.pk}"
