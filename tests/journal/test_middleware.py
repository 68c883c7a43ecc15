import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory

from casework.models import BusinessPlan, Case
from journal.middleware import EditConflictMiddleware, differences
from journal.moves import EditConflict
from journal.once import OtherContent

PLAN = BusinessPlan(pk=7, version=4, purpose="Their text", sales=500)


@pytest.fixture
def asked(db):
    """A function: the middleware's answer to this exception, for a form with these fields."""

    def ask(error, **fields):
        request = RequestFactory().post("/casework/plans/7/", fields)
        request.user = AnonymousUser()
        return EditConflictMiddleware(lambda _request: HttpResponse("fine")).process_exception(request, error)

    return ask


def test_both_texts_are_shown_with_status_409(asked):
    response = asked(EditConflict(PLAN), purpose="My <b>text", sales="400", version="3")

    page = response.content.decode()
    assert response.status_code == 409
    assert [text in page for text in ("My &lt;b&gt;text", "Their text", "400", "500", "/casework/plans/7/")] == [
        True
    ] * 5


def test_other_content_under_a_used_key_is_said_with_status_409(asked):
    response = asked(OtherContent())

    assert (response.status_code, "/casework/plans/7/" in response.content.decode()) == (409, True)


def test_what_is_not_ours_is_left_to_others(asked):
    assert asked(ValueError()) is None


def test_pages_without_trouble_pass():
    answer = EditConflictMiddleware(lambda _request: HttpResponse("fine"))(RequestFactory().get("/"))

    assert answer.content == b"fine"


def shown(query, item=PLAN):
    return [(row["label"], row["yours"], row["theirs"]) for row in differences(QueryDict(query), item)]


def test_only_what_people_typed_is_compared():
    assert shown("csrfmiddlewaretoken=x&version=3&request_key=y&save=1&purpose=Mine&sales=400") == [
        ("What the money is for", "Mine", "Their text"),
        ("Sales a month", "400", 500),
    ]


def test_choices_are_shown_in_words():
    assert shown("state=closed", Case(state="new")) == [("State", "closed", "waiting for the first call")]


def test_several_values_and_fields_of_the_form_alone_are_kept():
    assert shown("wishes=a&wishes=b") == [("wishes", "a, b", "")]


def test_a_day_is_shown_as_it_is_typed():
    case = Case(next_contact_on=dt.date(2026, 12, 1))

    assert shown("next_contact_on=02-12-2026", case) == [("Next contact on", "02-12-2026", "01-12-2026")]


def test_nothing_there_yet_is_shown_as_nothing():
    assert shown("next_contact_on=01-12-2026", Case()) == [("Next contact on", "01-12-2026", "")]
