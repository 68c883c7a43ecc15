import socket
import threading
from contextlib import contextmanager, suppress

import pytest

from messaging.gateway import Failing, Gateway, NoAnswer, Rejected, Unreachable, close, current, seconds_in

MESSAGE = {"phone": "+923000001234", "text": "Hello", "key": "k1"}


@contextmanager
def answering(*answers):
    """A server on a free port that gives each request the next of these raw answers; None hangs up."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            line, _ = listener.accept()
            with line, line.makefile("rb") as words, suppress(OSError):
                for answer in answers:
                    heard.append(request_in(words))
                    if answer is None:
                        break
                    line.sendall(answer.encode())

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
        thread.join()


def request_in(words):
    lines = []
    while line := words.readline().decode().rstrip():
        lines.append(line)
    (length,) = [int(line.split(": ")[1]) for line in lines if line.startswith("Content-Length")]
    return [*lines, words.read(length).decode()]


def raw(status, body="", *headers):
    return "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers, "", body])


def test_a_message_is_posted_with_its_key_and_our_token():
    with answering(raw(201, '{"id": 7}')) as (url, heard):
        gateway = Gateway(f"{url}/sms/", token="secret")
        found = gateway.send(**MESSAGE)
        gateway.close()

    lines = heard[0]
    sent = [lines[0], *(line for line in lines if line.startswith(("Authorization", "Idempotency-Key"))), lines[-1]]
    assert (found, sent) == (
        "7",
        [
            "POST /sms/messages HTTP/1.1",
            "Authorization: Bearer secret",
            "Idempotency-Key: k1",
            '{"to": "+923000001234", "text": "Hello", "key": "k1"}',
        ],
    )


@pytest.mark.parametrize("body", ["", "thanks", "[]", "7", '{"number": 7}'])
def test_an_accepted_message_needs_no_id(body):
    with answering(raw(202, body)) as (url, _heard):
        gateway = Gateway(url)
        found = gateway.send(**MESSAGE)
        gateway.close()

    assert found == ""


def test_the_connection_stays_open():
    with answering(raw(201, '{"id": 1}'), raw(201, '{"id": 2}')) as (url, _heard):
        gateway = Gateway(url)
        found = [gateway.send(**MESSAGE), gateway.send(**MESSAGE)]
        gateway.close()

    assert found == ["1", "2"]


def test_the_connection_is_closed_where_that_is_asked_for(fake):
    gateway = Gateway(fake.url, keep_open=False)

    gateway.send(**MESSAGE)

    assert gateway.connection.sock is None


def test_a_connection_that_the_gateway_closed_is_dialled_again(fake):
    with answering(raw(201, '{"id": 1}')) as (url, _heard):
        gateway = Gateway(url)
        gateway.send(**MESSAGE)
    gateway.connection.host, gateway.connection.port = "127.0.0.1", fake.server_port  # the gateway came back

    found = gateway.send(**MESSAGE)

    gateway.close()
    assert found == "1"


def test_an_answer_longer_than_anybody_has_to_say_is_not_taken_for_the_next():
    with answering(raw(201, " " * 200_000)) as (url, _heard):
        gateway = Gateway(url)
        gateway.send(**MESSAGE)

    assert gateway.connection.sock is None


@pytest.mark.parametrize(
    ("status", "error", "code", "may_have_arrived", "heals"),
    [
        (301, Rejected, "rejected_301", False, False),
        (400, Rejected, "rejected_400", False, False),
        (422, Rejected, "rejected_422", False, False),
        (401, Failing, "status_401", False, True),
        (403, Failing, "status_403", False, True),
        (408, Failing, "status_408", False, True),
        (429, Failing, "status_429", False, True),
        (500, Failing, "status_500", True, True),
        (502, Failing, "status_502", True, True),
        (503, Failing, "status_503", False, True),
    ],
)
def test_every_answer_has_its_meaning(status, error, code, may_have_arrived, heals):
    with answering(raw(status)) as (url, _heard):
        gateway = Gateway(url)
        with pytest.raises(error) as caught:
            gateway.send(**MESSAGE)
        gateway.close()

    found = caught.value
    assert (found.code, found.may_have_arrived, found.heals) == (code, may_have_arrived, heals)


def test_the_gateway_may_say_when_to_come_back():
    with answering(raw(429, "", "Retry-After: 30")) as (url, _heard):
        gateway = Gateway(url)
        with pytest.raises(Failing) as caught:
            gateway.send(**MESSAGE)
        gateway.close()

    assert caught.value.retry_after == 30.0


@pytest.mark.parametrize("header", ["", "soon", "-1", "Wed, 21 Oct 2026 07:28:00 GMT", "٣"])
def test_what_is_no_number_of_seconds_says_nothing(header):
    assert seconds_in(header) is None


def test_a_refused_connection_means_it_never_left():
    with pytest.raises(Unreachable) as caught:
        Gateway("http://127.0.0.1:1").send(**MESSAGE)

    assert (caught.value.code, caught.value.may_have_arrived) == ("unreachable", False)


def test_a_name_that_does_not_resolve_means_it_never_left():
    with pytest.raises(Unreachable):
        Gateway("http://gateway.invalid").send(**MESSAGE)


def test_a_broken_connection_means_it_may_have_arrived():
    with answering(None) as (url, _heard), pytest.raises(NoAnswer) as caught:
        Gateway(url).send(**MESSAGE)

    assert (caught.value.code, caught.value.may_have_arrived) == ("connection_lost", True)


def test_nonsense_means_it_may_have_arrived():
    with answering("nonsense\r\n\r\n") as (url, _heard), pytest.raises(NoAnswer):
        Gateway(url).send(**MESSAGE)


def test_silence_means_it_may_have_arrived(fake):
    fake.faults.set({"delay": 0.3})

    with pytest.raises(NoAnswer) as caught:
        Gateway(fake.url, timeout=0.05).send(**MESSAGE)

    assert caught.value.code == "time_out"


def test_https_is_spoken_where_the_address_says_so():
    gateway = Gateway("https://gateway.example")

    assert (type(gateway.connection).__name__, gateway.connection.port) == ("HTTPSConnection", 443)


def test_a_thread_keeps_its_gateway_until_the_settings_change(settings):
    settings.MESSAGE_GATEWAY_URL = "http://127.0.0.1:1"
    first, same = current(), current()
    settings.MESSAGE_GATEWAY_URL = "http://127.0.0.1:2"
    other = current()

    assert [same is first, other is first, other.url.port] == [True, False, 2]


def test_hanging_up_twice_does_no_harm(fake):
    current().send(**MESSAGE)

    close()
    close()

    assert current().connection.sock is None


def test_hanging_up_before_any_call_does_no_harm():
    thread = threading.Thread(target=close)
    thread.start()
    thread.join()

    assert not thread.is_alive()
