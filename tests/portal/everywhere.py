"""Every address of the portal as one reader finds it: by GET, by POST, and by each form that the page has."""

import json
import re
import uuid
from contextlib import contextmanager
from copy import copy
from html.parser import HTMLParser
from itertools import product
from urllib.parse import urljoin

from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from portal.doors import door_of

# The admin asks for the administrator's role at each page, static files are files, and leaving ends the walk.
NOT_WALKED = ("admin/", "(?P", "sign-out")
PART = re.compile(r"<(\w+):\w+>")
REDIRECTS = range(300, 400)


def routes(resolver=None, prefix=""):
    """Every route below the resolver as text with its converters, such as "desk/cases/<int:pk>/"."""
    for entry in (resolver or get_resolver()).url_patterns:
        below = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, below)
        elif isinstance(entry, URLPattern) and not any(part in below for part in NOT_WALKED):
            yield below


def addresses(user, numbers, names, *, below=""):
    """Every route with every number, and with every name where it asks for one.

    Of a route whose door is shut to them, one: a door looks neither at the number nor at the method.
    """
    for route in sorted(set(routes())):
        if not route.startswith(below):
            continue
        kinds = PART.findall(route)
        for parts in product(*(numbers if kind == "int" else names for kind in kinds)):
            filled = iter(parts)
            yield (address := "/" + PART.sub(lambda _part, filled=filled: str(next(filled)), route))
            door = door_of(resolve(address))
            if door is not None and not (door.is_public or (user.is_authenticated and door.admits(user))):
                break


class Forms(HTMLParser):
    """The forms of a page: (address, method, what stands in them)."""

    def __init__(self):
        super().__init__()
        self.forms, self.select, self.textarea = [], None, None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.forms.append((given.get("action") or "", (given.get("method") or "get").lower(), {}))
        if not self.forms:
            return
        fields, name = self.forms[-1][2], given.get("name")
        if tag in {"input", "button"} and name:
            if given.get("type") in {"radio", "checkbox"}:
                fields.setdefault(name, given.get("value") or "on")
            else:
                fields[name] = given.get("value") or fields.get(name, "")
        self.select = name if tag == "select" else self.select
        if tag == "option" and self.select and given.get("value"):
            fields.setdefault(self.select, given["value"])
        if tag == "textarea" and name:
            fields[name] = "Something typed"


def forms_of(text):
    parser = Forms()
    parser.feed(text)
    return parser.forms


def everything_in(answer):
    """Status line, heads, cookies and body, whether page, file or data: whatever reaches the reader's machine."""
    heads = "\n".join(f"{name}: {value}" for name, value in answer.items())
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{answer.reason_phrase}\n{heads}\n{answer.cookies.output()}\n{body.decode(errors='replace')}"


@contextmanager
def taken_back(client):
    """Whatever is sent there leaves nothing behind, in the database or with the reader."""
    kept, point = copy(client.cookies), transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        client.cookies = kept


def told(client, address, *, typed, pressed):
    """All texts that the address answers with, whatever is sent there; what stands on every page is `pressed` once."""
    with taken_back(client):
        page = client.get(address)
        yield (text := everything_in(page))
    ways = [("post", address, {"version": "0"})]
    if page.headers.get("Content-Type", "").startswith("text/html"):
        for action, method, fields in forms_of(text):
            there = urljoin(address, action)
            if there != address and there in pressed:
                continue
            pressed.add(there)
            # As it stands there; with a version that nobody has, as a slower reader sends it; and filled.
            ways += [(method, there, fields), (method, there, fields | {"version": "999"})]
            ways += [(method, there, {name: typed.get(name) or value or "12" for name, value in fields.items()})]
    for method, there, fields in ways:
        key = {"request_key": str(uuid.uuid4())} if method == "post" else {}
        with taken_back(client):
            answer = getattr(client, method)(there, fields | key)
            yield everything_in(answer)
            if answer.status_code in REDIRECTS and answer["Location"].startswith("/"):
                yield everything_in(client.get(answer["Location"]))


def papers_as_text(monkeypatch):
    """What would be set on a paper, in place of the paper: letters in a PDF are drawn, not written."""
    monkeypatch.setattr("kit.pdf.render", lambda template, content, **_how: json.dumps(content, default=str).encode())
