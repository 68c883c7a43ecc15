import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts.roles import Role
from casework.actions import cases
from casework.forms import BusinessPlanForm
from casework.models import BusinessPlan, Case
from journal.middleware import EditConflictMiddleware
from journal.moves import EditConflict
from journal.once import OtherContent
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory

FACTS = {"own_share": 0, "months": 12}
SUITS = {"part": "sales", "code": "", "name": "Suits", "amount": 500}
PLAN = BusinessPlan(pk=7, version=4, purpose="Their text", lines=[SUITS], **FACTS)
LINES = {"say_start_1": "Cloth", "sum_start_1": "9000", "say_sales_1": "Suits", "sum_sales_1": "400"}


@pytest.fixture
def asked(db):
    """A function: the middleware's answer to this exception, for a form with these fields."""

    def ask(error, **fields):
        request = RequestFactory().post("/casework/plans/7/", fields)
        request.user = AnonymousUser()
        return EditConflictMiddleware(lambda _request: HttpResponse("fine")).process_exception(request, error)

    return ask


def test_both_texts_are_shown_with_status_409(asked):
    conflict = EditConflict(PLAN)
    conflict.form = BusinessPlanForm(FACTS | LINES | {"purpose": "My <b>text", "version": "3"}, trade=None)
    assert conflict.form.is_valid()

    response = asked(conflict)

    page = response.content.decode()
    assert response.status_code == 409
    assert [text in page for text in ("My &lt;b&gt;text", "Their text", "400", "500", "/casework/plans/7/")] == [
        True
    ] * 5


def test_where_a_button_alone_was_pressed_there_is_nothing_to_compare(asked):
    response = asked(EditConflict(PLAN), save="1")

    assert (response.status_code, response.context_data["rows"]) == (409, [])


@pytest.mark.django_db
@pytest.mark.parametrize(("is_own", "is_silent"), [(True, False), (False, False), (True, True)])
def test_whoever_was_faster_than_themselves_reads_that_it_is_done(signed_in, is_own, is_silent):
    """Two windows, one button: the second press is not answered with somebody else.

    Where a change came without an event of the record, what the reader did before it is not taken for it.
    """
    case = CalledFactory()
    first = case.advisor if is_own else colleague(Role.REGIONAL_MANAGER, office=case.office)
    cases.close(case=case, by=first, version=case.version, outcome="moved")
    if is_silent:
        Case.objects.filter(pk=case.pk).update(version=F("version") + 1)

    url = reverse("casework:case-close", args=[case.pk])
    key = "00000000-0000-4000-8000-000000000009"
    sent = {"version": case.version, "outcome": "moved", "request_key": key}
    answer = signed_in(case.advisor).post(url, sent)

    told = [words in answer.text for words in ("You have done this already", "changed since you opened the page")]
    is_done = is_own and not is_silent
    assert (answer.status_code, told) == (409, [is_done, not is_done])


def test_other_content_under_a_used_key_is_said_with_status_409(asked):
    response = asked(OtherContent())

    assert (response.status_code, "/casework/plans/7/" in response.content.decode()) == (409, True)


def test_what_is_not_ours_is_left_to_others(asked):
    assert asked(ValueError()) is None


def test_pages_without_trouble_pass():
    answer = EditConflictMiddleware(lambda _request: HttpResponse("fine"))(RequestFactory().get("/"))

    assert answer.content == b"fine"
