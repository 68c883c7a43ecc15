import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from casework.models import StepKind
from journal.events import ENTREPRENEUR, record
from tests.factories.accounts import EntrepreneurUserFactory, colleague
from tests.factories.casework import CaseFactory, NoteFactory, StepFactory
from tests.factories.enterprises import EnterpriseFactory, OwnershipFactory, entrepreneur
from tests.factories.loans import LoanFactory

pytestmark = pytest.mark.django_db


def due(days):
    return timezone.localdate() + dt.timedelta(days=days)


def page(signed_in, person, **query):
    return signed_in(person.user).get("/my/", query).context["business"]


@pytest.fixture
def case():
    return CaseFactory(first_contact_due_on=due(2))


def test_the_next_step_says_what_who_until_when_and_what_to_bring(signed_in, case):
    kind = StepKind.objects.get(code="bank-account")
    StepFactory(case=case, kind=kind, due_on=due(1))

    step = page(signed_in, case.person).next_step

    assert (step["title"], step["holder"], step["until"], step["is_late"]) == (kind.name, "You", due(1), False)
    assert step["bring"] == [part.strip() for part in kind.bring.split(",")]


@pytest.mark.parametrize(("is_named", "holder"), [(True, "Sadia Anwar, your advisor"), (False, "Your advisor")])
def test_the_advisors_name_is_told_only_if_they_agree(signed_in, is_named, holder):
    advisor = colleague(Role.ADVISOR, full_name="Sadia Anwar", is_named_to_clients=is_named)
    case = CaseFactory(advisor=advisor, first_contact_due_on=due(2))

    step = page(signed_in, case.person).next_step

    assert (step["holder"], step["after"]) == (holder, "After that the manager of the office takes over.")


def test_the_road_leaves_out_what_was_not_needed(signed_in, case):
    for name in ("enterprises.registered", "casework.plan_agreed", "loans.disbursed"):
        record_as_it_was(name, case)

    road = page(signed_in, case.person).road

    assert [(str(step["label"]), step["state"]) for step in road] == [
        ("Registered", "done"),
        ("Plan made", "done"),
        ("Loan received", "done"),
        ("Loan paid back", "now"),
    ]


def record_as_it_was(name, case):
    data = {"amount": 1} if name.startswith("loans") else {}
    record(name, target=case.enterprise, by=User.objects.system(), audience={ENTREPRENEUR}, data=data)


def test_internal_notes_are_not_on_the_page(signed_in, case):
    shared = NoteFactory(case=case, is_shared=True)
    NoteFactory(case=case, is_shared=False)

    assert page(signed_in, case.person).notes == [shared]


def test_somebody_with_two_businesses_chooses(signed_in, case):
    other = EnterpriseFactory()
    OwnershipFactory(person=case.person, enterprise=other)

    found = page(signed_in, case.person, ref=case.enterprise.reference)

    assert (found.enterprise, found.others) == (case.enterprise, [other])


def test_the_reference_of_somebody_else_opens_the_own_business(signed_in, case):
    foreign = entrepreneur()

    assert page(signed_in, case.person, ref=foreign.enterprise.reference).enterprise == case.enterprise


def test_a_loan_shows_as_patches(signed_in):
    loan = LoanFactory(first_due_on=due(-40), disbursed_on=due(-80))
    loan.person.user = EntrepreneurUserFactory()
    loan.person.save()

    found = page(signed_in, loan.person).loan

    assert (found["principal"], found["left"], found["done"], found["count"]) == (6000, 6000, 0, 6)
    assert found["states"].count("late") == 2


def test_somebody_without_a_business_is_shown_how_to_register(signed_in):
    ownership = entrepreneur()
    ownership.until_on = due(-1)
    ownership.from_on = due(-2)
    ownership.save()

    response = signed_in(ownership.person.user).get("/my/")

    assert (response.status_code, response.context["business"]) == (200, None)
