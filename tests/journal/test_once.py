import time
import uuid
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseRedirect
from django.test import RequestFactory
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from casework.models import Case
from journal import once as once_module
from journal.models import RequestKey
from journal.moves import MoveRefused
from journal.once import FIELD, OtherContent, answered, digest_of, once
from tests.committed import at_once, committed_rows
from tests.factories.accounts import OfficeFactory, UserFactory

KEY = "6f1c2a52-6c0e-4b8e-9d1b-000000000001"


def sent(user=None, *, key=KEY, view="test:act", cookies=None, session=None):
    """A form that was sent."""
    request = RequestFactory().post("/", {FIELD: key} if key is not None else {})
    request.user = user or AnonymousUser()
    request.resolver_match = SimpleNamespace(view_name=view)
    request.session = session or SessionStore()
    request.COOKIES = cookies or {}
    return request


class Acts:
    """Counts how often it acts; each time it leads somewhere else."""

    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1
        return HttpResponseRedirect(f"/done/{self.count}/")


@pytest.fixture
def acts():
    return Acts()


@pytest.fixture
def user(db):
    return UserFactory()


def test_a_form_sent_again_gets_the_first_answer_without_acting(user, acts):
    answers = [once(sent(user), {"amount": 5}, acts).url for _ in range(3)]

    assert (answers, acts.count) == (["/done/1/"] * 3, 1)


def test_the_same_key_with_other_content_is_refused(user, acts):
    once(sent(user), {"amount": 5}, acts)

    with pytest.raises(OtherContent):
        once(sent(user), {"amount": 6}, acts)

    assert acts.count == 1


def test_a_page_may_ask_first_whether_the_form_was_answered(user, acts):
    before = answered(sent(user), {"amount": 5})
    once(sent(user), {"amount": 5}, acts)

    assert (before, answered(sent(user), {"amount": 5}).url) == (None, "/done/1/")
    others = [(sent(user), {"amount": 6}), (sent(UserFactory()), {"amount": 5}), (sent(user, key="x"), {"amount": 5})]
    assert [answered(request, content) for request, content in others] == [None] * 3


def test_another_key_view_or_user_acts_anew(user, acts):
    once(sent(user), {}, acts)
    once(sent(user, key=str(uuid.UUID(int=2))), {}, acts)
    once(sent(user, view="test:other"), {}, acts)
    once(sent(UserFactory()), {}, acts)

    assert acts.count == 4


def test_a_refusal_stores_nothing_so_that_the_corrected_form_may_come(user, acts):
    def refuse():
        raise MoveRefused(Case(state="closed"))

    with pytest.raises(MoveRefused):
        once(sent(user), {"amount": 5}, refuse)
    answer = once(sent(user), {"amount": 6}, acts)

    assert (answer.url, RequestKey.objects.count()) == ("/done/1/", 1)


@pytest.mark.parametrize("key", [None, "", "x", "6f1c2a52", "\x00", "\u202e", "٣" * 31])
def test_a_form_without_a_key_is_a_bad_request(user, acts, key):
    with pytest.raises(BadRequest):
        once(sent(user, key=key), {}, acts)

    assert acts.count == 0


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.text(st.characters(codec="utf-8")) | st.uuids().map(str))
def test_no_key_breaks_it(user, key):
    acts = Acts()
    try:
        once(sent(user, key=key), {}, acts)
    except BadRequest:
        assert acts.count == 0
    else:
        assert acts.count == 1


def test_visitors_are_told_apart_by_the_cookie_of_their_forms(db, acts):
    for secret in ("one", "two", "one"):
        once(sent(cookies={"csrftoken": secret}), {}, acts)

    assert acts.count == 2


def test_a_visitors_cookie_is_not_stored(db, acts):
    once(sent(cookies={"csrftoken": "SECRET"}), {}, acts)

    assert "SECRET" not in RequestKey.objects.get().owner


def test_visitors_without_that_cookie_are_told_apart_by_their_session(db, acts):
    session = SessionStore()
    for request in (sent(session=session), sent(session=session), sent()):
        once(request, {}, acts)

    assert acts.count == 2


def test_a_key_is_named_by_its_view():
    assert str(RequestKey(view="test:act", key=uuid.UUID(KEY))) == f"test:act {KEY}"


# What counts as the same content


def test_records_count_by_their_number_whatever_language_is_read(db):
    office = OfficeFactory(name="Multan", name_ur="ملتان")
    with translation.override("en"):
        english = digest_of({"office": office, "offices": type(office).objects.all()})

    with translation.override("ur"):
        urdu = digest_of({"office": office, "offices": type(office).objects.all()})

    assert english == urdu


def test_files_count_by_what_is_in_them():
    def upload(name, content):
        return {"file": SimpleUploadedFile(name, content), "files": [SimpleUploadedFile(name, content)]}

    one, same, other = upload("a", b"one"), upload("b", b"one"), upload("a", b"two")

    assert [digest_of(one) == digest_of(same), digest_of(one) == digest_of(other)] == [True, False]
    assert one["file"].read() == b"one"  # it can still be read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": "1"}, {"a": 1}),
        ({"a": "1", "b": ""}, {"a": "", "b": "1"}),
        ({"a": "b=c"}, {"a=b": "c"}),
        ({"a": ["1", "2"]}, {"a": ["2", "1"]}),
        ({"a": None}, {"a": ""}),
        ({"a": b"1"}, {"a": "1"}),
    ],
)
def test_other_content_is_other(one, other):
    assert digest_of(one) != digest_of(other)


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": {"x", "y", "z"}}, {"a": {"z", "y", "x"}}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 2, "x": 1}}),
    ],
)
def test_order_that_means_nothing_does_not_count(one, same):
    assert digest_of(one) == digest_of(same)


# Real connections


@pytest.fixture
def committed(db):
    with committed_rows():
        yield


def send_together(count):
    """One form, sent so often at once, acts once, and every sending gets the same answer."""
    user, acted = UserFactory(), []

    def act():
        acted.append(1)
        time.sleep(0.05)
        return HttpResponseRedirect(f"/done/{len(acted)}/")

    answers = at_once(count, lambda _sending: once(sent(user), {"amount": 5}, act).url)

    assert (len(acted), answers) == (1, ["/done/1/"] * count)


@pytest.mark.concurrency
def test_twenty_sendings_at_once_act_once(committed):
    send_together(20)


@pytest.mark.concurrency
def test_without_the_unique_key_each_sending_acts(committed, monkeypatch):
    monkeypatch.setattr(once_module, "owner_of", lambda _request: uuid.uuid4().hex)

    with pytest.raises(AssertionError):
        send_together(20)


@pytest.mark.concurrency
def test_when_the_first_is_refused_the_next_acts(committed):
    user, acted = UserFactory(), []

    def act():
        acted.append(1)
        time.sleep(0.02)
        if len(acted) == 1:
            raise MoveRefused(Case(state="closed"))
        return HttpResponseRedirect("/done/")

    answers = at_once(5, lambda _sending: once(sent(user), {}, act).url)

    assert ([type(answer) for answer in answers].count(MoveRefused), answers.count("/done/"), len(acted)) == (1, 4, 2)
