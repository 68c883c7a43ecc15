"""What stands beside a case: of the loan what is due, by when and how late; of a course how it ended."""

import datetime as dt

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone

from accounts.roles import Role
from casework.models import BusinessPlan, Case
from casework.pages.business_plan import warning_of
from enterprises.actions.statements import state
from enterprises.models import Consent, Enterprise, Person, Statement
from loans.models import Product
from portal import panels
from portal.wiring import PANELS
from tests.factories.accounts import colleague
from tests.factories.casework import CaseFactory, smeda_office
from tests.factories.enterprises import (
    CardReleaseFactory,
    ClaimFactory,
    ConsentFactory,
    EnterpriseFactory,
    GrantFactory,
    OwnershipFactory,
    PhoneChangeFactory,
    system,
)
from tests.factories.loans import ApplicationFactory, LoanFactory, MisfortuneFactory, ProductFactory, refused
from tests.factories.training import SeatedFactory, run_with_classes

pytestmark = pytest.mark.django_db
REGISTRATION = PANELS[0]


@pytest.fixture
def advisor():
    return colleague(Role.ADVISOR)


@pytest.fixture
def loan():
    return LoanFactory()


def shown(loan, *, on):
    """The panel on the day: (rupees, last day on time, words of lateness)."""
    case = Case(enterprise=loan.enterprise)
    with time_machine.travel(timezone.make_aware(dt.datetime.combine(on, dt.time(12))), tick=False):
        request = RequestFactory().get("/")
        request.user = system()
        _template, context = panels.loan(request, case)
    due = context["due"]
    return due and (due["amount"], due["until"], due["late"] and str(due["late"]["text"]))


def test_before_the_day_it_is_the_next_instalment(loan):
    first = loan.instalments()[0]

    assert shown(loan, on=first.due_on - dt.timedelta(days=3))[::2] == (first.amount, None)


def test_later_it_is_all_that_fell_due_and_how_late(loan):
    first, second = loan.instalments()[:2]

    amount, until, late = shown(loan, on=second.due_on + dt.timedelta(days=1))

    assert (amount, until >= first.due_on) == (first.amount + second.amount, True)
    assert late == f"{(second.due_on - first.due_on).days + 1} days late"


def test_when_it_has_ended_nothing_is_due(loan):
    type(loan).objects.update(ended_on=loan.disbursed_on, ended_as="waived", waived_total=loan.principal)

    assert shown(loan, on=loan.disbursed_on) is None


def test_while_it_rests_nothing_is_asked_for(loan):
    """The control is the day before: the same loan, of whose borrower nothing was told."""
    late_on = loan.instalments()[1].due_on + dt.timedelta(days=1)
    before = shown(loan, on=late_on)

    MisfortuneFactory(loan=loan)

    assert (before is not None, shown(loan, on=late_on)) == (True, None)


def test_a_course_without_certificate_is_told_as_one():
    run = run_with_classes(1, state="finished")
    enrolment = SeatedFactory(run=run)
    request = RequestFactory().get("/")
    request.user = colleague(Role.ADVISOR)

    _template, context = panels.training(request, Case(enterprise=enrolment.enterprise))

    assert context["enrolments"] == [(enrolment, "Finished, without certificate")]


@pytest.mark.parametrize("rows", [1, 3])
def test_what_waits_of_the_registration_stands_beside_the_case(rows, django_assert_num_queries):
    """R4, R7: one question, one for the records that have pages, and two more where something was called wrong."""
    case = CaseFactory()
    request = RequestFactory().get("/")
    request.user = case.advisor
    assert request.user.has_role(Role.ADVISOR)
    assert case.enterprise.district_id in request.user.district_ids  # known of every reader, once a request
    with django_assert_num_queries(1):
        nothing = REGISTRATION(request, case)
    claim = ClaimFactory(on_file=True, newcomer=case.person, enterprise=case.enterprise)
    state(case.person, ["language", "phone", "sex"][:rows], source="assisted", by=system())
    Statement.objects.update(disputed_at=timezone.now())

    with django_assert_num_queries(5):
        _template, context = REGISTRATION(request, case)

    wrong = ", ".join(["Language", "Mobile number", "Sex"][:rows])
    assert (nothing, context["steps"]) == (
        None,
        [
            {
                "label": "See the identity card: registered twice",
                "note": "Today",
                "state": "todo",
                "url": f"/desk/claims/{claim.pk}/",
            },
            {
                "label": "The client says that something written down for them is wrong",
                "note": f"In 7 days: {wrong}",
                "state": "todo",
                "url": f"/desk/enterprises/{case.enterprise_id}/called-wrong/",
            },
        ],
    )


def waits_at_their_second(advisor, other=None):
    """Somebody with two businesses: their card is asked for on the second one."""
    case = CaseFactory(advisor=advisor)
    second = CaseFactory(person=case.person, advisor=other or advisor)
    OwnershipFactory(person=case.person, enterprise=second.enterprise)
    release = CardReleaseFactory(
        claim=ClaimFactory(person=case.person), done=True, loser=case.person, enterprise=second.enterprise
    )
    type(case.person).objects.filter(pk=case.person_id).update(cnic=None, cnic_standing="none")
    return case, second, release


def labels_beside(case, advisor):
    request = RequestFactory().get("/")
    request.user = advisor
    found = REGISTRATION(request, case)
    return [step["url"] for step in found[1]["steps"] if "card" in step["url"]] if found else []


def test_what_waits_of_a_person_is_seen_from_each_of_their_cases():
    advisor = colleague(Role.ADVISOR, office=smeda_office())
    case, second, _release = waits_at_their_second(advisor)
    partner = CaseFactory(advisor=advisor)
    url = f"/desk/people/{case.person_id}/card/"

    assert [labels_beside(one, advisor) for one in (case, second, partner)] == [[url], [url], []]


def test_what_is_asked_of_a_person_with_two_businesses_is_said_once_on_each_case(advisor):
    case = CaseFactory(advisor=advisor)
    second = CaseFactory(person=case.person, advisor=advisor)
    OwnershipFactory(person=case.person, enterprise=second.enterprise)
    facts = {"phone": "+923001234567", "phone_owner": "unsaid"}
    Person.objects.filter(pk=case.person_id).update(**facts)
    Enterprise.objects.update(client_since=timezone.now())
    request = RequestFactory().get("/")
    request.user = advisor

    found = [[step["label"] for step in REGISTRATION(request, one)[1]["steps"]] for one in (case, second)]

    assert found == [["Ask whose phone it is and who reads on it"]] * 2


def test_of_a_case_of_another_advisor_it_is_not():
    advisor, other = (colleague(Role.ADVISOR, office=smeda_office()) for _each in range(2))
    case, _second, _release = waits_at_their_second(advisor, other)

    assert labels_beside(case, advisor) == []


def links_of_registration(reader, case):
    request = RequestFactory().get("/")
    request.user = reader
    _template, context = REGISTRATION(request, case)
    return {step["label"].split(":")[0]: step["url"] for step in context["steps"]}


def every_kind_of_registration(case):
    """Everything that may wait of a client, and what it waits of: the claim, the person, their new number."""
    person, enterprise = case.person, case.enterprise
    Person.objects.filter(pk=person.pk).update(phone_owner="unsaid")
    Consent.objects.filter(person=person).delete()
    ConsentFactory(person=person, kind="contact")
    over = dict.fromkeys(("withdrawn_at", "lapsed_at"), timezone.now())
    ConsentFactory(person=person, kind="share", until_on=timezone.localdate() - dt.timedelta(days=1), **over)
    Enterprise.objects.filter(pk=enterprise.pk).update(client_since=timezone.now())
    claim = ClaimFactory(on_file=True, newcomer=person, enterprise=enterprise)
    change = PhoneChangeFactory(person=person, enterprise=enterprise)
    state(person, ["sex"], source="assisted", by=system())
    Statement.objects.update(disputed_at=timezone.now())
    return claim, change


def test_what_waits_is_linked_for_whoever_may_open_that_very_page():
    """R7: who has the case by a grant alone is told what waits, and led to no page that is another office's."""
    case = CaseFactory()
    stands_in = colleague(Role.ADVISOR, office=smeda_office("quetta"))
    GrantFactory(enterprise=case.enterprise, office_id=min(stands_in.office_ids), purpose="case")
    claim, change = every_kind_of_registration(case)
    wrong = f"/desk/enterprises/{case.enterprise_id}/called-wrong/"
    of_business = {"A permission ran out": f"/desk/enterprises/{case.enterprise_id}/consents/"}
    of_others = {
        "The client says that something written down for them is wrong": wrong,
        "See the identity card": f"/desk/claims/{claim.pk}/",
        "New phone number to check": f"/desk/phone-changes/{change.pk}/",
        "Ask whose phone it is and who reads on it": f"/desk/people/{case.person_id}/access/phone/",
    }

    assert links_of_registration(case.advisor, case) == of_business | of_others
    assert links_of_registration(stands_in, case) == of_business | dict.fromkeys(of_others, "")


@pytest.mark.parametrize(("wanted", "is_warned_of"), [(50_000, False), (50_001, True)])
def test_a_plan_for_more_than_the_largest_loan_on_offer_is_warned_of(wanted, is_warned_of):
    """N2: before anybody waits for an answer that is known. What a product lends is for the lender to check."""
    Product.objects.update(is_open=False)
    for amount, is_open in ((30_000, True), (50_000, True), (90_000, False)):
        ProductFactory(max_amount=amount, is_open=is_open)

    warning = warning_of(BusinessPlan(sales=90_000, costs=0, loan_wanted=wanted, own_share=0, months=12))

    limit = "No loan on offer is larger than Rs 50,000. More own money, or a part of it first?"
    assert warning == (limit if is_warned_of else "")


def test_while_no_loan_is_on_offer_the_plan_is_warned_of_no_limit():
    Product.objects.update(is_open=False)

    assert not warning_of(BusinessPlan(sales=9_999_999, costs=0, loan_wanted=9_999_999, own_share=0, months=12))


@pytest.mark.parametrize("state", [dict, refused])
def test_the_form_that_refers_says_why_the_application_before_was_refused(state):
    """N2: who was not refused, or never asked, has nothing to read there."""
    application = ApplicationFactory(**state())
    cases = [Case(enterprise=application.enterprise), Case(enterprise=EnterpriseFactory())]

    shown = [panels.refusal(RequestFactory().get("/"), case) for case in cases]

    found = ("portal/_case_refusal.html", {"application": application}) if state is refused else None
    assert shown == [found, None]
