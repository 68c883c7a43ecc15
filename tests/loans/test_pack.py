"""The application whole on paper, in both languages: nothing of it is typed anew."""

import pytest
from django.urls import reverse

from tests.factories.enterprises import PersonFactory
from tests.factories.loans import ApplicationFactory, GuarantorFactory, RequestFactory, bring_papers, lender, visited
from tests.loans.test_views import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_folder")]


@pytest.fixture
def place():
    return lender()


def test_everything_known_stands_on_it(place, signed_in):
    person = PersonFactory(name="Nasreen Bibi", cnic="3630248291056", language="ur")
    application = ApplicationFactory(product=place.product, branch=place.branch, person=person, **visited())
    GuarantorFactory(application=application, person__name="Zahida Bibi")
    RequestFactory(application=application)
    client = signed_in(place.staff.officer)

    page = client.get(reverse("loans:application-print", args=[application.pk]))

    said = text_of(page)
    for one in ("Nasreen Bibi", "36302-4829105-6", "A sewing machine", "Zahida Bibi", "Which machine", "still to come"):
        assert one in said
    assert [sheet["code"] for sheet in page.context["sheets"]] == ["ur", "en"]
    assert f"/loans/applications/{application.pk}/print/" in client.get(application.get_absolute_url()).text


def test_papers_that_are_here_stand_on_it(place, signed_in):
    application = ApplicationFactory(product=place.product, branch=place.branch, state="withdrawn")
    bring_papers(application)

    page = signed_in(place.staff.manager).get(reverse("loans:application-print", args=[application.pk]))

    assert "still to come" not in text_of(page)


def test_whom_nobody_shares_nobody_prints(place, signed_in):
    application = ApplicationFactory(
        product=place.product, branch=place.branch, state="withdrawn", unshared_at="2026-10-13T10:00:00Z"
    )
    client = signed_in(place.staff.officer)

    assert client.get(reverse("loans:application-print", args=[application.pk])).url == application.get_absolute_url()
    assert "/print/" not in client.get(application.get_absolute_url()).text
