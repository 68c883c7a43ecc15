"""How much hangs on the applicant and on whoever vouches: read by the branch, as numbers alone."""

import datetime as dt

import pytest
import time_machine

from accounts.roles import Role
from loans.exposure import Exposure, of_people
from loans.models import Application, Guarantor, Loan
from tests.factories.accounts import colleague
from tests.factories.enterprises import PersonFactory
from tests.factories.loans import NOON, ApplicationFactory, GuarantorFactory, LoanFactory, disbursed, lender, visited

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 16)


@pytest.fixture(autouse=True)
def _on_the_sixteenth():
    with time_machine.travel(dt.datetime(2026, 10, 16, 7, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def place():
    return lender()


def vouch(person, number, **facts):
    """For so many loans; late since 7 October unless said otherwise."""
    for _loan in range(number):
        GuarantorFactory(application=LoanFactory(**facts).application, person=person)


@pytest.fixture
def application(place):
    made = ApplicationFactory(product=place.product, branch=place.branch, **visited())
    zamin = PersonFactory(name="Zamin Khan")
    GuarantorFactory(application=made, person=zamin)
    vouch(zamin, 2)
    vouch(zamin, 1, first_due_on=dt.date(2026, 11, 7))
    vouch(zamin, 1, paid_total=6000, ended_on=TODAY, ended_as="repaid")
    vouch(made.person, 1)
    LoanFactory(application=disbursed(person=made.person))
    return Application.objects.get(pk=made.pk)


def test_exposure_counts_what_runs(application, django_assert_num_queries):
    zamin = application.guarantors.get().person_id
    nobody = PersonFactory().pk

    with django_assert_num_queries(2):
        found = of_people({zamin, application.person_id, nobody}, on=TODAY, but=application.pk)

    assert found == {
        zamin: Exposure(vouched=3, vouched_late=2),
        application.person_id: Exposure(own=1, own_late=1, vouched=1, vouched_late=1),
        nobody: Exposure(),
    }


UNSAID = {"consent": "", "consented_at": None}
TAKEN_BACK = {"taken_back_at": NOON, "taken_back_because": "They quarrelled."}


@pytest.mark.parametrize(
    ("facts", "counts"),
    [({}, 1), (UNSAID, 0), (TAKEN_BACK, 0), ({"is_named": False}, 0)],
    ids=["said yes", "said nothing", "took it back", "not named"],
)
@pytest.mark.parametrize("is_lent", [True, False])
def test_who_vouches_is_counted_by_one_rule(place, facts, counts, is_lent):
    """For a loan that runs, and for an application that is open; the first row is the control."""
    person = PersonFactory()
    application = LoanFactory().application if is_lent else ApplicationFactory(**visited())
    taken_back = {"taken_back_by": place.staff.officer} if "taken_back_at" in facts else {}
    GuarantorFactory(application=application, person=person, **facts, **taken_back)

    found = of_people({person.pk}, on=TODAY, but=0)[person.pk]

    assert (found.vouched, Guarantor.objects.standing().filter(person=person).count()) == (counts, counts)


def test_a_loan_that_was_written_off_still_hangs_on_both():
    """Until it is recovered: a write-off is in the lender's own book."""
    loan = LoanFactory(written_off_total=6000, ended_on=TODAY, ended_as="written_off")
    zamin = GuarantorFactory(application=loan.application).person_id

    def found():
        of = of_people({zamin, loan.person_id}, on=TODAY, but=0)
        return (
            of[loan.person_id],
            of[zamin],
            Guarantor.objects.standing().filter(person=zamin).count(),
            Loan.objects.owed().count(),
        )

    before = found()
    Loan.objects.filter(pk=loan.pk).update(written_off_total=0, paid_total=6000, ended_as="repaid")

    assert before == (Exposure(own=1, own_late=1), Exposure(vouched=1, vouched_late=1), 1, 1)
    assert found() == (Exposure(), Exposure(), 0, 0)


def page_of(client, application):
    return client.get(application.get_absolute_url()).context["page"]


def test_the_branch_reads_it_on_the_application(place, application, signed_in):
    page = page_of(signed_in(place.staff.officer), application)

    assert [str(row["small"]) for row in page.guarantors] == [
        "agreed on 12 Oct 2026 · vouches for 3 other loans, 2 of them late"
    ]
    assert page.exposed == ["Zamin Khan vouches for 2 loans that are late. Bring somebody else, or speak with both."]
    labels = {"Own running loans", "Vouches for loans of others"}
    facts = {str(row["label"]): row["small"] for row in page.facts if row["label"] in labels}
    assert facts == dict.fromkeys(labels, "1 of them late")


def test_one_late_loan_is_no_warning(place, signed_in):
    application = ApplicationFactory(product=place.product, branch=place.branch, **visited())
    vouch(GuarantorFactory(application=application).person, 1)
    GuarantorFactory(application=application)

    page = page_of(signed_in(place.staff.officer), application)

    assert (page.exposed, [str(row["small"]) for row in page.guarantors]) == (
        [],
        ["agreed on 12 Oct 2026 · vouches for 1 other loan, 1 of them late", "agreed on 12 Oct 2026"],
    )


def test_an_advisor_reads_nothing_of_it(application, signed_in):
    advisor = colleague(Role.ADVISOR, districts=[application.enterprise.district])

    page = page_of(signed_in(advisor), application)

    assert page.exposed == []
    assert [str(row["small"]) for row in page.guarantors] == ["agreed on 12 Oct 2026"]
    assert "Own running loans" not in {str(row["label"]) for row in page.facts}


def test_nothing_is_said_of_whom_nobody_named(place, application, signed_in):
    application.guarantors.update(is_named=False)

    assert page_of(signed_in(place.staff.officer), application).exposed == []
