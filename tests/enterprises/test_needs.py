"""R5: what is asked later is asked where it is needed, names what is missing, and leads back there."""

import uuid

import pytest

from casework.models import StepKind
from enterprises import needs
from enterprises.details import PARTS
from tests.factories.casework import CaseFactory, StepFactory
from tests.factories.enterprises import entrepreneur
from tests.factories.loans import ApplicationFactory, lender

pytestmark = pytest.mark.django_db
KNOWN = {"what": "Uniforms", "premises": "home", "sales": 4000, "sales_per": "day"}


def labels(owned, *purposes):
    found = needs.missing(owned.person, owned.enterprise, purposes=purposes)
    return [(need.part, need.label) for need in found]


def test_what_is_missing_is_named_by_purpose_each_once():
    owned, idea = entrepreneur(**KNOWN), entrepreneur(stage="idea", sector=None)
    owned.person.birth_year = None

    assert labels(owned, needs.BUSINESS_PLAN) == [("business", "Running since"), ("size", "People who work there")]
    assert labels(owned, needs.BUSINESS_PLAN, needs.LOAN) == [
        ("you", "Year of birth"),
        ("business", "Running since"),
        ("business", "Whose business it is"),
        ("size", "People who work there"),
    ]
    assert labels(idea, needs.BUSINESS_PLAN) == [
        ("business", "Kind of business"),
        ("business", "What it makes or sells"),
    ]
    assert labels(owned) == []


def test_every_fact_that_a_purpose_needs_is_asked_by_a_part():
    asked = {name for part in PARTS.values() for name in part.form.told()}

    assert {name for names in needs.NEEDS.values() for name in names} - asked == set()


def test_the_page_of_the_plan_asks_and_is_come_back_to(signed_in, advisor):
    owned = entrepreneur(**KNOWN)
    case = CaseFactory(enterprise=owned.enterprise, person=owned.person, advisor=advisor)
    client, page = signed_in(advisor), f"/desk/cases/{case.pk}/business-plans/new/"

    url = next(part["url"] for part in client.get(page).context["needed"] if "size/" in part["url"])
    typed = {"request_key": str(uuid.uuid4()), "version": "0", "workers": "2", "sales": "4000", "sales_per": "day"}
    done = client.post(url, typed)

    assert url == f"/desk/enterprises/{owned.enterprise.pk}/size/?next={page.replace('/', '%2F')}&straight=1"
    assert done["Location"] == page
    assert [part["labels"] for part in client.get(page).context["needed"]] == [["Running since"]]


def test_the_application_asks_the_applicant_and_tells_the_lender(signed_in):
    owned, place = entrepreneur(**KNOWN), lender()
    at = {"product": place.product, "branch": place.branch}
    application = ApplicationFactory(person=owned.person, enterprise=owned.enterprise, **at)

    own = signed_in(owned.person.user).get(f"/my/application/{application.pk}/").context["needed"]
    theirs = signed_in(place.staff.officer).get(application.get_absolute_url()).context["needed"]

    assert [part["labels"] for part in own] == [part["labels"] for part in theirs]
    assert [bool(part["url"]) for part in own + theirs] == [True] * len(own) + [False] * len(theirs)


@pytest.mark.parametrize(("code", "needed"), [("business-plan", 2), ("loan-application", 4), ("ntn", 0)])
def test_the_own_page_counts_while_something_is_open(signed_in, code, needed):
    owned = entrepreneur(**KNOWN)
    owned.person.birth_year = None
    owned.person.save()
    case = CaseFactory(enterprise=owned.enterprise, person=owned.person)
    StepFactory(case=case, kind=StepKind.objects.get(code=code))

    page = signed_in(owned.person.user).get("/my/")

    assert page.context["business"].needed == needed
    assert ("your advisor still needs to know" in page.text) == bool(needed)
