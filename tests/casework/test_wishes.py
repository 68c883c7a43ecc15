"""The pages on which a client, or the advisor for them, says with whom they would rather talk."""

import uuid

import pytest

from accounts.models import Sex
from accounts.roles import Role
from tests.factories.accounts import colleague
from tests.factories.casework import CaseFactory, ClosedFactory, smeda_office
from tests.factories.enterprises import entrepreneur

pytestmark = pytest.mark.django_db
NEITHER = "Saved. Just now nobody like that is there. The advisor stays the same until somebody comes."


@pytest.fixture
def case():
    office = smeda_office()
    return CaseFactory(office=office, advisor=colleague(Role.ADVISOR, office=office, sex=Sex.MAN))


def url_of(case):
    return f"/my/cases/{case.pk}/advisor/"


def send(client, url, **typed):
    return client.post(url, {"version": "0", "request_key": str(uuid.uuid4())} | typed, follow=True)


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_a_client_reads_who_has_the_case_and_asks_for_a_woman(case, signed_in):
    woman = colleague(Role.ADVISOR, office=case.office, sex=Sex.WOMAN, full_name="Hina Raza", is_named_to_clients=True)
    client = signed_in(case.person.user)

    answer = send(client, url_of(case), woman="on")

    case.refresh_from_db()
    assert (case.advisor, said(answer)) == (woman, ["Saved. Another advisor has the case from now on."])
    assert "Hina Raza, your advisor" in answer.text


def test_where_nobody_like_that_is_there_the_page_says_so(case, signed_in):
    answer = send(signed_in(case.person.user), url_of(case), woman="on", language="ps")

    case.refresh_from_db()
    assert (case.wants_woman, case.wants_language, said(answer)) == (True, "ps", [NEITHER])


def test_the_advisor_writes_the_wish_down_and_sees_it_on_the_case(case, signed_in):
    client = signed_in(case.advisor)

    answer = send(client, f"/desk/cases/{case.pk}/wishes/", language="ur")

    assert (answer.redirect_chain[-1][0], said(answer)) == (case.get_absolute_url(), ["Saved."])
    assert {"label": "Would rather talk", "text": ["Urdu"]} in answer.context["page"].facts


def test_somebody_elses_case_is_out_of_sight(case, signed_in):
    assert signed_in(entrepreneur().person.user).get(url_of(case)).status_code == 404


def test_of_a_closed_case_nothing_is_asked(signed_in):
    case = ClosedFactory()

    page = signed_in(case.person.user).get(url_of(case))

    assert (page.context["is_closed"], "<form" in page.text.partition("<main")[2]) == (True, False)


def test_a_word_that_is_no_language_is_refused(case, signed_in):
    answer = send(signed_in(case.person.user), url_of(case), language="xx")

    assert list(answer.context["form"].errors) == ["language"]
