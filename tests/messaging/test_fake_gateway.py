import http.client
import json
import socket

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from messaging.fake_gateway import Server

MESSAGE = {"to": "+923000001234", "text": "Hello", "key": "k1"}


@pytest.fixture
def ask(fake):
    """A function: the status and the content of the gateway's answer."""

    def call(method, path, body=None, headers=None):
        line = http.client.HTTPConnection("127.0.0.1", fake.server_port, timeout=5)
        try:
            line.request(method, path, json.dumps(body) if body is not None else None, headers or {})
            response = line.getresponse()
            return response.status, json.loads(response.read())
        finally:
            line.close()

    return call


def test_a_message_is_kept_and_shown(ask):
    posted = ask("POST", "/messages", MESSAGE)

    status, content = ask("GET", "/messages")
    (row,) = content["messages"]
    at = row.pop("at")
    assert posted == (201, {"id": 1})
    assert (status, row) == (200, {"id": 1, "key": "k1", "phone": "+923000001234", "text": "Hello", "repeats": 0})
    assert at.endswith("+00:00")


def test_a_repeated_key_gets_the_first_answer_and_is_kept_once(ask):
    first = ask("POST", "/messages", MESSAGE)
    ask("POST", "/messages", MESSAGE | {"key": "k2"})

    again = ask("POST", "/messages", MESSAGE | {"text": "Other"})

    kept = [(row["id"], row["text"], row["repeats"]) for row in ask("GET", "/messages")[1]["messages"]]
    assert (first == again, kept) == (True, [(2, "Hello", 0), (1, "Hello", 1)])


def test_messages_without_a_key_are_all_kept(ask):
    for _ in range(2):
        ask("POST", "/messages", {"to": "+923000001234", "text": "Hello"})

    assert len(ask("GET", "/messages")[1]["messages"]) == 2


def test_messages_are_filtered_and_limited(ask):
    for number, phone in enumerate(["+923000001111", "+923000002222", "+923000001111"]):
        ask("POST", "/messages", {"to": phone, "text": "Hello", "key": str(number)})

    def ids(query):
        return [row["id"] for row in ask("GET", f"/messages?{query}")[1]["messages"]]

    found = [ids("phone=%2B923000001111"), ids("after=2"), ids("limit=2"), ids("limit=0"), ids("phone=x")]
    assert found == [[3, 1], [3], [3, 2], [], []]


def test_a_store_outlives_its_server(tmp_path):
    for _ in range(2):
        server = Server(0, tmp_path / "deep" / "phones.sqlite3")
        server.store.put(key="k1", phone="+923000001234", text="Hello")
        server.server_close()

    assert [row["repeats"] for row in server.store.newest()] == [1]


def test_wiping_leaves_nothing(ask):
    ask("POST", "/messages", MESSAGE)

    ask("DELETE", "/messages")

    assert ask("GET", "/messages") == (200, {"messages": []})


def test_it_says_who_it_is(ask):
    assert [ask("GET", "/"), ask("GET", "/other")[0]] == [(200, {"gateway": "fake-gateway"}), 404]


def test_it_refuses_before_storing_when_told_to_fail(ask, fake):
    ask("PUT", "/faults", {"fail": 1, "status": 429})

    found = [ask("POST", "/messages", MESSAGE)[0], ask("POST", "/messages", MESSAGE)[0]]

    assert (found, [row["repeats"] for row in fake.store.newest()]) == ([429, 201], [0])


def test_it_hangs_up_after_storing_when_told_to_drop(ask, fake):
    ask("PUT", "/faults", {"drop": 1})

    with pytest.raises(http.client.RemoteDisconnected):
        ask("POST", "/messages", MESSAGE)

    assert [row["repeats"] for row in fake.store.newest()] == [0]


@pytest.mark.parametrize("faults", [{"fail": "many"}, {"delay": None}, [], "x"])
def test_it_does_not_take_nonsense_for_faults(ask, faults):
    assert ask("PUT", "/faults", faults)[0] == 400


@pytest.mark.parametrize("query", ["after=x", "limit=-1", "after=%D9%A3", "limit=99999999999999999999"])
def test_a_question_that_makes_no_sense_is_refused(ask, query):
    assert ask("GET", f"/messages?{query}") == (400, {"error": "`after` and `limit` are whole numbers."})


@pytest.mark.parametrize("body", ["{", "[]", "[" * 5000])
def test_a_body_that_is_no_json_object_is_refused(fake, body):
    line = http.client.HTTPConnection("127.0.0.1", fake.server_port, timeout=5)
    line.request("POST", "/messages", body)
    status = line.getresponse().status
    line.close()

    assert status == 400


@pytest.mark.parametrize("key", ["", "k" * 101, 7, "\ud800"])
def test_a_key_that_is_none_is_refused(ask, key):
    assert ask("POST", "/messages", MESSAGE | {"key": key})[0] == 400


@pytest.mark.parametrize("text", [None, "", "a" * 1001, 7, "\ud800"])
def test_a_text_that_is_none_is_refused(ask, text):
    assert ask("POST", "/messages", MESSAGE | {"text": text})[0] == 400


def test_a_body_without_end_is_refused(fake):
    with socket.create_connection(("127.0.0.1", fake.server_port), timeout=5) as line:
        line.sendall(b"POST /messages HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
        answer = line.recv(65536).decode()

    assert answer.startswith("HTTP/1.1 400")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(to=JSON, text=JSON | st.text(), key=JSON)
def test_whatever_comes_is_taken_or_refused(ask, fake, to, text, key):
    status, _ = ask("POST", "/messages", {"to": to, "text": text, "key": key})

    assert (status, fake.store.newest()) == (400, [])


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(text=st.text(st.characters(), min_size=1), key=st.text(st.characters(), min_size=1, max_size=20))
def test_any_text_and_key_come_back_as_they_went_or_are_refused(ask, fake, text, key):
    fake.store.wipe()

    status, _ = ask("POST", "/messages", {"to": "+923000001234", "text": text, "key": key})

    kept = [(row["text"], row["key"]) for row in fake.store.newest()]
    assert kept == ([(text, key)] if status == 201 else [])
    assert status in {201, 400}
