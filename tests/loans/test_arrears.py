"""What is done about a late instalment: visits, an agreed day that silences, and guarantors after two visits alone."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import LocalClosure
from journal.models import Event
from loans import promises
from loans.actions import arrears, receipts
from loans.models import GuarantorContact, Loan, Promise, Visit
from loans.promises import Standing
from loans.querysets.arrears import waiting_for, with_next_step
from places.calendar import LENDING, Calendar, LateCutoff, late_cutoff
from places.models import Holiday
from tests.factories.accounts import UserFactory
from tests.factories.loans import (
    GuarantorContactFactory,
    GuarantorFactory,
    LoanFactory,
    PromiseFactory,
    VisitFactory,
    disbursed,
    lender,
    visited_twice,
)
from tests.loans.test_models import refused_by

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 10, 7)  # a Wednesday


def october(day, hour=12):
    return dt.datetime(2026, 10, day, hour - 5, tzinfo=dt.UTC)


def on(day):
    return time_machine.travel(october(day), tick=False)


@pytest.fixture
def place():
    """A branch, a loan of Rs 1,000 a month whose instalment of 7 October is late, and two guarantors."""
    here = lender()
    loan = LoanFactory(application=disbursed(product=here.product, branch=here.branch))
    guarantors = GuarantorFactory.create_batch(2, application=loan.application)
    return SimpleNamespace(loan=Loan.objects.get(pk=loan.pk), guarantors=guarantors, **vars(here))


def visit(here, **facts):
    typed = {
        "visited_on": timezone.localdate(),
        "place": "home",
        "whom_met": "borrower",
        "outcome": "hardship",
        "by": here.staff.officer,
    }
    return arrears.record_visit(loan=here.loan, **(typed | facts))


def agree(place, **facts):
    return arrears.agree(loan=place.loan, **({"by": place.staff.officer} | facts))


def speak(place, **facts):
    typed = {
        "guarantor": place.guarantors[0],
        "spoken_on": timezone.localdate(),
        "outcome": "passes_on",
        "by": place.staff.officer,
    }
    return arrears.speak_with_guarantor(loan=place.loan, **(typed | facts))


def pay(place, amount, slip, **facts):
    today = timezone.localdate()
    facts = {"received_on": today, "book": 7, "number": slip, "by": place.staff.cashier} | facts
    return receipts.post_receipt(loan=place.loan, amount=amount, **facts)


def said(refusal):
    return refusal.value.message_dict if hasattr(refusal.value, "error_dict") else refusal.value.messages


def step(place, day):
    """Next step and its day, the agreed day while it runs, and until when the place is shut."""
    found = with_next_step(Loan.objects.all(), on=dt.date(2026, 10, day)).first()
    return found and (found.step, found.step_on.day, found.promised_on, found.shut_until)


# Visits


def test_a_visit_is_numbered_and_the_journal_tells_colleagues(place):
    with on(12):
        first = visit(place, note="Her son was ill.")
    with on(15):
        second = visit(place, place="business", whom_met="household")

    assert {name: getattr(first, name) for name in Visit.SAFE_TO_COPY | Visit.NEVER_COPIED} == {
        "id": first.pk,
        "loan": place.loan,
        "branch": place.branch,
        "due_on": DUE,
        "by": place.staff.officer,
        "at": october(12),
        "number": 1,
        "visited_on": dt.date(2026, 10, 12),
        "place": "home",
        "whom_met": "borrower",
        "outcome": "hardship",
        "note": "Her son was ill.",
    }
    assert second.number == 2
    told = Event.objects.filter(name="loans.late_visited").order_by("id").values_list("audience", "data", "person_id")
    assert list(told) == [(["advisors", "lender"], {"number": number}, place.loan.person_id) for number in (1, 2)]


def test_a_new_lateness_begins_anew(place):
    visited_twice(place.loan)
    with on(16):
        pay(place, 1000, 1)
    november = dt.datetime(2026, 11, 12, 7, tzinfo=dt.UTC)
    with time_machine.travel(november, tick=False):
        again = visit(place)

    assert (again.number, again.due_on) == (1, dt.date(2026, 11, 7))


@pytest.mark.parametrize(
    ("day", "facts", "refusal"),
    [
        (7, {}, ["Nothing is late on this loan any more."]),
        (12, {"visited_on": dt.date(2026, 10, 13)}, {"visited_on": ["This day is still to come."]}),
        (12, {"visited_on": DUE}, {"visited_on": ["On this day the instalment was not late."]}),
        (
            12,
            {"outcome": "pays"},
            {"pay_on": ["By which day? Agree on one, and nobody disturbs them until then."]},
        ),
    ],
)
def test_a_visit_is_refused(place, day, facts, refusal):
    with on(day), pytest.raises(ValidationError) as refused:
        visit(place, **facts)

    assert (said(refused), Visit.objects.count()) == (refusal, 0)


def test_two_visits_on_one_day_are_one(place):
    with on(12):
        visit(place)
        with pytest.raises(ValidationError) as refused:
            visit(place, by=place.staff.manager)

    assert said(refused) == {"visited_on": ["A visit on this day is written down already, by Officer."]}


@pytest.mark.parametrize("who", ["cashier", "stranger"])
def test_who_may_not_chase(place, who):
    by = UserFactory() if who == "stranger" else place.staff.cashier

    with on(12):
        for act in (visit, lambda here, by: agree(here, pay_on=dt.date(2026, 10, 20), by=by), speak):
            with pytest.raises(PermissionDenied):
                act(place, by=by)


def test_nothing_is_chased_of_a_loan_that_ended(place):
    Loan.objects.filter(pk=place.loan.pk).update(paid_total=6000, ended_on=DUE, ended_as="repaid")

    with on(12), pytest.raises(ValidationError) as refused:
        visit(place)

    assert said(refused) == ["Nothing is left to pay on this loan."]


def shut(place, reason="flood"):
    closure = LocalClosure.objects.create(
        reason=reason, from_on=dt.date(2026, 10, 11), until_on=dt.date(2026, 10, 14), entered_by=place.staff.manager
    )
    closure.offices.add(place.branch)
    return closure


def test_a_visit_waits_while_the_place_is_shut(place):
    shut(place)

    with on(12), pytest.raises(ValidationError) as refused:
        visit(place)
    with on(15):
        visit(place)

    assert said(refused) == {"visited_on": ["The place is shut. Visits go on from 15 Oct 2026."]}


# An agreed day


def test_a_day_agreed_at_the_door_is_of_what_is_due_by_then(place):
    with on(12):
        visit(place, outcome="pays", pay_on=dt.date(2026, 11, 8))
    made = Promise.objects.get()

    assert {name: getattr(made, name) for name in Promise.SAFE_TO_COPY} == {
        "id": made.pk,
        "loan": place.loan,
        "branch": place.branch,
        "due_on": DUE,
        "by": place.staff.officer,
        "at": october(12),
        "pay_on": dt.date(2026, 11, 8),
        "amount": 2000,
    }
    (event,) = Event.objects.filter(name="loans.day_agreed")
    assert (event.audience, event.data) == (["advisors", "entrepreneur", "lender"], {"amount": 2000})


@pytest.mark.parametrize(
    ("day", "facts", "refusal"),
    [
        (12, {"pay_on": dt.date(2026, 10, 11)}, {"pay_on": ["This day is over. Agree on one that is to come."]}),
        (
            12,
            {"pay_on": dt.date(2026, 11, 12)},
            {
                "pay_on": [
                    "Not later than 11 Nov 2026. For more time new terms are needed: speak with the branch manager."
                ]
            },
        ),
        (
            5,
            {"pay_on": DUE},
            {"pay_on": ["Whatever is paid by 7 Oct 2026 is on time. Nothing has to be agreed for that."]},
        ),
        (
            12,
            {"pay_on": dt.date(2026, 10, 16), "amount": 1001},
            {"amount": ["By then Rs 1,000 is due. More need not be agreed."]},
        ),
    ],
)
def test_a_day_is_refused(place, day, facts, refusal):
    with on(day), pytest.raises(ValidationError) as refused:
        agree(place, **facts)

    assert (said(refused), Promise.objects.count()) == (refusal, 0)


def test_who_calls_before_the_due_day_agrees_on_another(place):
    with on(5):
        made = agree(place, pay_on=dt.date(2026, 10, 20), amount=600)

    assert (made.due_on, made.amount) == (DUE, 600)


def test_nobody_visits_before_the_agreed_day_is_over(place):
    with on(12):
        visit(place, outcome="pays", pay_on=dt.date(2026, 10, 18))  # a Sunday: Monday's money is on time
    with on(19), pytest.raises(ValidationError) as refused:
        visit(place)
    with on(20):
        visit(place)

    assert said(refused) == {
        "visited_on": ["They agreed to pay by 18 Oct 2026. Nobody disturbs them before that day is over."]
    }


def test_a_visit_of_before_is_still_written_down(place):
    with on(13):
        agree(place, pay_on=dt.date(2026, 10, 20))
        visit(place, visited_on=dt.date(2026, 10, 12))

    assert Visit.objects.count() == 1


def standings(place, day):
    on_day = dt.date(2026, 10, day)
    found = promises.of_loans([place.loan.pk], on=on_day, calendar=Calendar.load(LENDING))
    return [one.standing for one in found.get(place.loan.pk, [])]


def test_an_agreed_day_is_kept_or_not_by_the_ledger_alone(place):
    assert standings(place, 12) == []
    with on(12):
        pay(place, 200, 1)  # before it was agreed
    with time_machine.travel(october(12, 14), tick=False):
        agree(place, pay_on=dt.date(2026, 10, 18), amount=500)
    assert standings(place, 19) == [Standing.RUNS]
    assert standings(place, 20) == [Standing.BROKEN]

    with on(14):
        pay(place, 300, 2)
    assert standings(place, 20) == [Standing.BROKEN]
    with on(19):  # the eighteenth is a Sunday
        last = pay(place, 200, 3)
    assert standings(place, 19) == [Standing.KEPT]

    with on(20):
        receipts.reverse_receipt(entry=last, reason="Wrong slip", by=place.staff.manager)
    assert standings(place, 20) == [Standing.BROKEN]


def test_money_after_the_day_keeps_no_word(place):
    with on(12):
        agree(place, pay_on=dt.date(2026, 10, 16))
    with on(17):
        pay(place, 1000, 1)

    assert standings(place, 17) == [Standing.BROKEN]


def test_who_agrees_anew_before_the_day_is_over_puts_it_off(place):
    for day, later in ((12, 14), (14, 16), (17, 20)):
        with on(day):
            agree(place, pay_on=dt.date(2026, 10, later))

    assert standings(place, 18) == [Standing.MOVED, Standing.BROKEN, Standing.RUNS]
    found = promises.of_loans([place.loan.pk], on=dt.date(2026, 10, 21), calendar=Calendar.load(LENDING))
    assert promises.not_kept(found[place.loan.pk]) == promises.MANY


# Guarantors


def test_a_guarantor_is_spoken_to_after_two_visits(place):
    visited_twice(place.loan)

    with on(20):
        made = speak(place, note="Was kind.")

    assert {name: getattr(made, name) for name in GuarantorContact.SAFE_TO_COPY | GuarantorContact.NEVER_COPIED} == {
        "id": made.pk,
        "loan": place.loan,
        "branch": place.branch,
        "due_on": DUE,
        "by": place.staff.officer,
        "at": october(20),
        "guarantor": place.guarantors[0],
        "spoken_on": dt.date(2026, 10, 20),
        "outcome": "passes_on",
        "note": "Was kind.",
    }
    (event,) = Event.objects.filter(name="loans.guarantor_spoken")
    assert (event.audience, event.data) == (["lender"], {})


@pytest.mark.parametrize(
    ("visits", "sentence"),
    [
        (0, "2 visits about this instalment are still to come: write them down first."),
        (1, "1 visit about this instalment is still to come: write it down first."),
    ],
)
def test_no_guarantor_before_two_visits(place, visits, sentence):
    for number in range(1, visits + 1):
        VisitFactory(loan=place.loan, number=number, visited_on=dt.date(2026, 10, 10 + number))

    with on(21), pytest.raises(ValidationError) as refused:
        speak(place)

    assert said(refused) == [f"Guarantors are spoken to after two visits to the borrower. {sentence}"]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"spoken_on": dt.date(2026, 10, 19)}, {"spoken_on": ["Guarantors are spoken to from 20 Oct 2026 on."]}),
        ({"spoken_on": dt.date(2026, 10, 24)}, {"spoken_on": ["This day is still to come."]}),
        ({"guarantor": None}, {"guarantor": ["This person does not vouch for the loan."]}),
    ],
)
def test_a_talk_is_refused(place, facts, refusal):
    visited_twice(place.loan)
    if "guarantor" in facts:
        facts = {"guarantor": GuarantorFactory()}

    with on(22), pytest.raises(ValidationError) as refused:
        speak(place, **facts)

    assert (said(refused), GuarantorContact.objects.count()) == (refusal, 0)


def test_one_talk_a_day_with_one_guarantor(place):
    visited_twice(place.loan)

    with on(22):
        speak(place)
        speak(place, guarantor=place.guarantors[1])
        with pytest.raises(ValidationError) as refused:
            speak(place)

    assert said(refused) == {"spoken_on": ["A talk on this day is written down already."]}


def test_no_guarantor_is_spoken_to_before_an_agreed_day_is_over(place):
    visited_twice(place.loan)
    with on(19):
        agree(place, pay_on=dt.date(2026, 10, 24))

    with on(22), pytest.raises(ValidationError) as refused:
        speak(place)

    assert list(said(refused)) == ["spoken_on"]


# What the database holds by itself


def spoken_early(place):
    """Past every rule of the page: the row alone."""
    VisitFactory(loan=place.loan)
    assert refused_by("after two visits", lambda: GuarantorContactFactory(loan=place.loan))


def test_the_database_lets_nobody_speak_with_a_guarantor_before_two_visits(place):
    spoken_early(place)
    VisitFactory(loan=place.loan, number=2, visited_on=dt.date(2026, 10, 15))

    GuarantorContactFactory(loan=place.loan)


@pytest.mark.xfail(strict=True, reason="the control: without the trigger", raises=AssertionError)
def test_the_database_lets_nobody_speak_with_a_guarantor_before_two_visits_control(place):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE loans_guarantorcontact DISABLE TRIGGER after_two_visits")

    spoken_early(place)


def test_visits_about_an_earlier_instalment_do_not_count(place):
    visited_twice(place.loan)
    with on(16):
        pay(place, 1000, 1)

    for due_on in (DUE, dt.date(2026, 11, 7)):
        late = {"due_on": due_on, "spoken_on": dt.date(2026, 11, 21)}
        assert refused_by("after two visits", lambda late=late: GuarantorContactFactory(loan=place.loan, **late))


def rewritten(place):
    visits, promise = visited_twice(place.loan), PromiseFactory(loan=place.loan)
    for row in (*visits, promise, GuarantorContactFactory(loan=place.loan)):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(due_on=dt.date(2026, 9, 7))
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()


def test_what_was_written_stays(place):
    rewritten(place)


@pytest.mark.xfail(strict=True, reason="the control: without the triggers", raises=pytest.fail.Exception)
def test_what_was_written_stays_control(place):
    with connection.cursor() as cursor:
        for table in ("visit", "promise", "guarantorcontact"):
            cursor.execute(f"ALTER TABLE loans_{table} DISABLE TRIGGER append_only")

    rewritten(place)


@pytest.mark.parametrize(
    ("constraint", "factory", "wrong"),
    [
        ("loans_visit_is_numbered", VisitFactory, {"number": 0}),
        ("loans_visit_after_the_due_day", VisitFactory, {"visited_on": DUE}),
        ("loans_visit_meets_whom_it_says", VisitFactory, {"whom_met": "nobody"}),
        ("loans_promise_is_of_money", PromiseFactory, {"amount": 0}),
        ("loans_promise_comes_later", PromiseFactory, {"pay_on": DUE}),
    ],
)
def test_constraints(place, constraint, factory, wrong):
    assert refused_by(constraint, lambda: factory(loan=place.loan, **wrong))
    assert not refused_by(constraint, lambda: factory(loan=place.loan))


def test_the_lenders_days_stand_in_their_order(place):
    partner = place.loan.partner
    for wrong in ({"visit_days": 3}, {"second_visit_days": 4}, {"guarantor_days": 8}):
        rows = type(partner).objects.filter(pk=partner.pk)
        assert refused_by("loans_lateness_steps_in_order", lambda rows=rows, wrong=wrong: rows.update(**wrong))


# What comes next


def test_what_comes_next(place):
    assert [step(place, day) for day in (7, 8)] == [None, ("visit", 11, None, None)]

    VisitFactory(loan=place.loan)  # on the 12th: four days lie between the two
    assert step(place, 13) == ("second", 16, None, None)
    VisitFactory(loan=place.loan, number=2, visited_on=dt.date(2026, 10, 18))
    assert step(place, 19) == ("guarantors", 23, None, None)
    GuarantorContactFactory(loan=place.loan, spoken_on=dt.date(2026, 10, 24))
    assert step(place, 25) == ("decide", 29, None, None)


def test_what_comes_next_waits_for_an_agreed_day(place):
    PromiseFactory(loan=place.loan, pay_on=dt.date(2026, 10, 18))

    assert step(place, 19) == ("visit", 19, dt.date(2026, 10, 18), None)
    assert step(place, 20) == ("visit", 19, None, None)


@pytest.mark.parametrize("by", ["offices", "districts"])
def test_what_comes_next_waits_where_the_place_is_shut(place, by):
    closure = shut(place)
    if by == "districts":
        closure.offices.clear()
        closure.districts.add(place.loan.district)

    assert step(place, 12) == ("visit", 11, None, dt.date(2026, 10, 14))
    assert step(place, 15) == ("visit", 11, None, None)


def test_what_waits_is_what_nothing_holds_back(place):
    def waits(day, *steps):
        return waiting_for(with_next_step(Loan.objects.all(), on=dt.date(2026, 10, day)), *steps).count()

    assert [waits(12, "visit"), waits(12, "second", "guarantors")] == [1, 0]
    PromiseFactory(loan=place.loan)
    assert [waits(16, "visit"), waits(17, "visit")] == [0, 1]
    shut(place)
    assert waits(12, "visit") == 0


def test_the_cutoff_in_a_query_is_the_one_of_the_calendar():
    """A year with its Sundays and holidays, Eid's week among them."""
    for day in (dt.date(2026, 3, 20), dt.date(2026, 3, 21), dt.date(2026, 3, 23), dt.date(2026, 8, 14)):
        Holiday.objects.get_or_create(on=day, calendar="all", defaults={"name": "Eid", "name_ur": "عید"})
    Holiday.objects.get_or_create(
        on=dt.date(2026, 9, 9), calendar="office", defaults={"name": "Office", "name_ur": "دفتر"}
    )
    calendar, first = Calendar.load(LENDING), dt.date(2026, 1, 1)
    days = [first + dt.timedelta(days=back) for back in range(366)]

    asked = LoanFactory()
    one = Loan.objects.filter(pk=asked.pk)
    found = [one.annotate(cutoff=LateCutoff(day)).values_list("cutoff", flat=True).get() for day in days]

    assert found == [late_cutoff(day, calendar=calendar) for day in days]
