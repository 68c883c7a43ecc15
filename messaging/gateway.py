"""The one way out: the SMS gateway's HTTP interface, over a connection that stays open."""

import http.client
import json
import select
import threading
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings

TIMEOUT = 5.0
LONGEST_ANSWER = 64 * 1024
TAKEN = range(200, 300)
# Refusals that are not about the message: too slow, too early, too many, or our own key is wrong.
HEALING = frozenset({401, 403, 408, 425, 429})
# The gateway said that it did not take the message; any other 5xx may come after it did.
NOT_TAKEN = HEALING | {503}


class GatewayError(Exception):
    """`code` goes into the outbox and the logs, so it never holds text or phone."""

    heals = True
    may_have_arrived = False
    retry_after: float | None = None

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unreachable(GatewayError):
    """No connection: the message never left. This is the gateway's trouble, not the message's."""


class NoAnswer(GatewayError):
    """The message left and no answer came: a time-out or a broken connection."""

    may_have_arrived = True


class Failing(GatewayError):
    """The gateway has trouble, or none of the time just now."""

    def __init__(self, status: int, retry_after: str | None) -> None:
        super().__init__(f"status_{status}")
        self.may_have_arrived = status not in NOT_TAKEN
        self.retry_after = seconds_in(retry_after or "")


class Rejected(GatewayError):
    """The gateway will not take this message, today or tomorrow."""

    heals = False

    def __init__(self, status: int) -> None:
        super().__init__(f"rejected_{status}")


class Gateway:
    """One connection to one gateway, for one thread."""

    def __init__(self, url: str, *, token: str = "", timeout: float = TIMEOUT, keep_open: bool = True) -> None:
        self.url = urlsplit(url)
        self.keep_open = keep_open
        self.headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        kind = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(self.url.hostname or "", self.url.port, timeout=timeout)

    def send(self, *, phone: str, text: str, key: str) -> str:
        """Hand the message over and return the gateway's id for it. Raises `GatewayError`."""
        body = json.dumps({"to": phone, "text": text, "key": key}).encode()
        headers = self.headers | {"Idempotency-Key": key}
        if not self._is_open():
            self._connect()
        try:
            self.connection.request("POST", f"{self.url.path.rstrip('/')}/messages", body, headers)
            response = self.connection.getresponse()
            answer = response.read(LONGEST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise NoAnswer("time_out" if isinstance(error, TimeoutError) else "connection_lost") from error
        if not (self.keep_open and response.isclosed()):  # what is left unread would be taken for the next answer
            self.close()
        if response.status in TAKEN:
            return id_in(answer)
        if response.status in HEALING or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Failing(response.status, response.headers.get("Retry-After"))
        raise Rejected(response.status)

    def close(self) -> None:
        self.connection.close()

    def _connect(self) -> None:
        try:
            self.connection.connect()
        except OSError as error:
            self.close()
            raise Unreachable("unreachable") from error

    def _is_open(self) -> bool:
        """Whether the connection of the last message can serve once more; a server may have closed it meanwhile."""
        if self.connection.sock is None:
            return False
        watch = select.poll()
        watch.register(self.connection.sock, select.POLLIN)
        if watch.poll(0):  # nothing is owed to us: this is the end of the line
            self.close()
            return False
        return True


_thread = threading.local()


def current() -> Gateway:
    """This thread's connection to the gateway of the settings.

    A gateway without idempotency keys gets a fresh connection each time: a message lost on a connection that the
    gateway was just closing could not be told from one that arrived.
    """
    wanted = (settings.MESSAGE_GATEWAY_URL, settings.MESSAGE_GATEWAY_TOKEN, settings.MESSAGE_GATEWAY_IDEMPOTENT)
    if getattr(_thread, "wanted", None) != wanted:
        close()
        url, token, keep_open = wanted
        _thread.gateway, _thread.wanted = Gateway(url, token=token, keep_open=keep_open), wanted
    return _thread.gateway


def close() -> None:
    """Hang up. The next message dials again."""
    if gateway := getattr(_thread, "gateway", None):
        gateway.close()


def seconds_in(header: str) -> float | None:
    """What `Retry-After` says in seconds; a date there is not worth the reading."""
    return float(header) if header.isascii() and header.isdigit() else None


def id_in(answer: bytes) -> str:
    """The gateway's id, if it gave one: that it took the message is what counts."""
    try:
        return str(json.loads(answer)["id"])[:80]
    except (ValueError, TypeError, KeyError):
        return ""
