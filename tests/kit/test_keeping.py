import time

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.utils.translation import override

from kit.keeping import kept_for_a_minute
from portal.settings import CACHES  # noqa: TID251 - the settings of tests keep no page


@pytest.fixture(autouse=True)
def minute(settings):
    settings.CACHES = settings.CACHES | {"minute": CACHES["minute"]}
    yield caches["minute"]
    caches["minute"].clear()


@pytest.fixture
def view():
    """Answers with how often it was asked."""
    asked = []

    def answer(_request):
        asked.append(1)
        return HttpResponse(str(len(asked)), status=status[0])

    status = [200]
    answer.fails = lambda: status.__setitem__(0, 503)
    return answer


def answers(view, *requests):
    kept = kept_for_a_minute(personal={"begun"})(view)
    return [kept(request).content.decode() for request in requests]


def with_cookie(rf, name):
    request = rf.get("/")
    request.COOKIES[name] = "x"
    return request


def test_the_second_visitor_gets_what_the_first_got(rf, view):
    assert answers(view, rf.get("/"), with_cookie(rf, "csrftoken"), rf.head("/")) == ["1", "1", "1"]


def test_a_minute_later_it_is_made_anew(rf, view, monkeypatch):
    begun, found = time.time(), []
    for seconds in (0, 59, 61):
        monkeypatch.setattr(time, "time", lambda seconds=seconds: begun + seconds)
        found += answers(view, rf.get("/"))

    assert found == ["1", "1", "2"]


@pytest.mark.parametrize("cookie", ["sessionid", "messages", "begun"])
def test_what_is_for_one_person_is_neither_kept_nor_taken(rf, view, cookie, settings):
    name = settings.SESSION_COOKIE_NAME if cookie == "sessionid" else cookie
    mine = with_cookie(rf, name)

    assert answers(view, mine, rf.get("/"), mine, rf.get("/")) == ["1", "2", "3", "2"]


@pytest.mark.parametrize(
    ("cookie", "kept"),
    [
        ("csrftoken", ""),
        ("begun", "private, no-cache"),
        ("messages", "max-age=0, no-cache, no-store, must-revalidate, private"),
    ],
)
def test_what_is_for_one_person_is_kept_nowhere_on_the_way(rf, view, cookie, kept):
    answer = kept_for_a_minute(personal={"begun"})(view)(with_cookie(rf, cookie))

    assert (answer["Vary"], answer.get("Cache-Control", "")) == ("Cookie", kept)


def test_an_address_that_asks_for_something_is_not_kept(rf, view):
    assert answers(view, rf.get("/?a=1"), rf.get("/?a=1")) == ["1", "2"]


def test_each_language_and_each_page_has_its_own(rf, view):
    english = answers(view, rf.get("/"), rf.get("/other/"))
    with override("ur"):
        urdu = answers(view, rf.get("/"))

    assert (english, urdu) == (["1", "2"], ["3"])


def test_an_error_is_not_kept(rf, view):
    view.fails()

    assert answers(view, rf.get("/"), rf.get("/")) == ["1", "2"]
