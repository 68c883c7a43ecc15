"""A gateway for the sample data and for tests: it keeps what it is given, and the sample phones show it.

It listens on the loopback address only. Like a real one it answers a repeated key with the first answer. Unlike a real
one it can be told to fail: `PUT /faults` with any of `delay` (seconds before each answer), `fail` (how many requests
to refuse before storing them, with `status`, 500 unless told) and `drop` (how many to store and then hang up on).
"""

import json
import re
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

HOST = "127.0.0.1"
NAME = "fake-gateway"
PHONE = re.compile(r"\+923[0-9]{9}")
LONGEST_BODY = 64 * 1024
LONGEST_TEXT, LONGEST_KEY = 1000, 100
MOST = 1000
SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT UNIQUE,
    phone TEXT NOT NULL,
    text TEXT NOT NULL,
    at TEXT NOT NULL,
    repeats INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS by_phone ON messages (phone, id);
"""


class Store:
    """The messages, in one SQLite file that survives being killed; a connection for each use."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as rows:
            rows.execute("PRAGMA journal_mode=WAL")
            rows.executescript(SCHEMA)

    def put(self, *, key: str | None, phone: str, text: str, at: datetime | None = None) -> int:
        """Store the message and return its id; a key that came before keeps its first message."""
        came = (at or datetime.now(UTC)).isoformat()
        with closing(self._open()) as rows:
            (found,) = rows.execute(
                "INSERT INTO messages (key, phone, text, at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET repeats = repeats + 1 RETURNING id",
                [key, phone, text, came],
            ).fetchone()
        return found

    def newest(self, *, phone: str = "", after: int = 0, limit: int = 100) -> list[dict]:
        """Messages with ids above `after`, the newest first."""
        with closing(self._open()) as rows:
            rows.row_factory = sqlite3.Row
            found = rows.execute(
                "SELECT id, key, phone, text, at, repeats FROM messages"
                " WHERE id > ? AND (? = '' OR phone = ?) ORDER BY id DESC LIMIT ?",
                [after, phone, phone, limit],
            )
            return [dict(row) for row in found]

    def wipe(self) -> None:
        with closing(self._open()) as rows:
            rows.execute("DELETE FROM messages")

    def _open(self) -> sqlite3.Connection:
        rows = sqlite3.connect(self.file, timeout=10, isolation_level=None)
        rows.execute("PRAGMA synchronous=NORMAL")  # outlives any process that is killed, and waits for no disk
        return rows


class Faults:
    """What the gateway was told to do wrong."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.set({})

    def set(self, told: dict) -> None:
        with self.lock:
            self.delay = float(told.get("delay", 0))
            self.fail = int(told.get("fail", 0))
            self.status = int(told.get("status", 500))
            self.drop = int(told.get("drop", 0))

    def take(self, name: str) -> bool:
        """Whether one more of this fault is owed."""
        with self.lock:
            owed = getattr(self, name)
            setattr(self, name, max(owed - 1, 0))
        return owed > 0


class BadRequest(ValueError):
    """The text says what is wrong with the request."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = NAME
    wbufsize = 64 * 1024  # the answer leaves in one piece
    disable_nagle_algorithm = True
    timeout = 60

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/":
            return self.answer(200, {"gateway": NAME})
        if url.path != "/messages":
            return self.answer(404, {"error": "There is nothing here."})
        asked = {name: values[-1] for name, values in parse_qs(url.query).items()}
        try:
            after, limit = whole(asked.get("after", "0")), whole(asked.get("limit", "100"))
        except BadRequest as error:
            return self.answer(400, {"error": str(error)})
        found = self.server.store.newest(phone=asked.get("phone", ""), after=after, limit=min(limit, MOST))
        return self.answer(200, {"messages": found})

    def do_POST(self):
        try:
            message = message_in(self.body())
        except BadRequest as error:
            return self.answer(400, {"error": str(error)})
        faults = self.server.faults
        time.sleep(faults.delay)
        if faults.take("fail"):
            return self.answer(faults.status, {"error": "Told to fail."})
        found = self.server.store.put(**message)
        if faults.take("drop"):
            self.close_connection = True
            return None
        return self.answer(201, {"id": found})

    def do_PUT(self):
        try:
            self.server.faults.set(self.body())
        except (TypeError, ValueError) as error:
            return self.answer(400, {"error": str(error)})
        return self.answer(200, {})

    def do_DELETE(self):
        self.server.store.wipe()
        return self.answer(200, {})

    def body(self) -> dict:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and int(length) <= LONGEST_BODY):
            self.close_connection = True
            raise BadRequest(f"Send a body of at most {LONGEST_BODY} bytes and its length.")
        try:
            found = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            raise BadRequest("The body is not JSON.") from None
        if not isinstance(found, dict):
            raise BadRequest("The body is not a JSON object.")
        return found

    def answer(self, status: int, content: dict) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words):
        """Nothing: the path may hold a phone number."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, store: Path) -> None:
        self.store = Store(store)
        self.faults = Faults()
        super().__init__((HOST, port), Handler)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}"

    def handle_error(self, *_request):
        """A client that hangs up is none of our business."""


def message_in(body: dict) -> dict[str, str | None]:
    """The message that a request carries. Raises `BadRequest`."""
    phone, text, key = body.get("to"), body.get("text"), body.get("key")
    if not (isinstance(phone, str) and PHONE.fullmatch(phone)):
        raise BadRequest("`to` is not a mobile number of Pakistan, +923XXXXXXXXX.")
    if not (isinstance(text, str) and 0 < len(text) <= LONGEST_TEXT and encodable(text)):
        raise BadRequest(f"`text` is not a text of 1 to {LONGEST_TEXT} letters.")
    if not (key is None or (isinstance(key, str) and 0 < len(key) <= LONGEST_KEY and encodable(key))):
        raise BadRequest(f"`key` is not a text of 1 to {LONGEST_KEY} letters.")
    return {"phone": phone, "text": text, "key": key}


def encodable(text: str) -> bool:
    """Whether SQLite can keep it: JSON may carry half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def whole(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 19:  # noqa: PLR2004 - what SQLite counts in
        return int(text)
    raise BadRequest("`after` and `limit` are whole numbers.")
