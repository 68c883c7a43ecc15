"""Rate limits: counted in PostgreSQL, none missed, none taken back."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.apps import apps as django_apps
from django.conf import settings
from django.db import connections, transaction
from django.test import RequestFactory

from accounts import throttles
from accounts.models import Throttle

NOW = dt.datetime(2026, 11, 24, 9, 30, 12, tzinfo=dt.UTC)


@pytest.fixture
def clock(monkeypatch):
    """A function that sets the time."""

    def stand_at(moment):
        monkeypatch.setattr(throttles.timezone, "now", lambda: moment)

    stand_at(NOW)
    return stand_at


@pytest.mark.django_db
def test_the_first_tries_of_a_window_are_allowed(clock):
    answers = [throttles.allow("sign-in:1", limit=3, seconds=60) for _try in range(5)]

    assert answers == [True, True, True, False, False]


@pytest.mark.django_db
def test_keys_and_windows_of_another_length_are_counted_apart(clock):
    first = throttles.allow("a", limit=1, seconds=60)
    others = [
        throttles.allow("b", limit=1, seconds=60),
        throttles.allow("a", limit=1, seconds=3600),
        throttles.allow("a", limit=1, seconds=60),
    ]

    assert (first, others) == (True, [True, True, False])


@pytest.mark.django_db
def test_a_new_window_begins_at_nought(clock):
    before = [throttles.allow("a", limit=1, seconds=60) for _try in range(2)]
    clock(NOW + dt.timedelta(seconds=48))

    after = throttles.allow("a", limit=1, seconds=60)

    assert (before, after) == ([True, False], True)


@pytest.mark.django_db
def test_what_is_counted_is_not_stored_in_the_clear(clock):
    throttles.allow("sign-in:3630248291056", limit=1, seconds=60)

    row = Throttle.objects.get()

    assert (len(row.key), "3630248291056" in row.key, row.window, row.count) == (
        64,
        False,
        dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC),
        1,
    )


@pytest.mark.django_db
def test_old_windows_are_forgotten(clock):
    throttles.allow("old", limit=1, seconds=60)
    clock(NOW + dt.timedelta(days=2))
    throttles.allow("new", limit=1, seconds=60)

    forgotten = throttles.forget(before=NOW + dt.timedelta(days=1))

    assert (forgotten, Throttle.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_inside_a_transaction_it_refuses_to_count():
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        throttles.allow("a", limit=1, seconds=60)


def request_from(address, forwarded=None):
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    return RequestFactory(REMOTE_ADDR=address).get("/", headers=headers)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),  # over a socket
    ],
)
def test_what_counts_as_one_address(address, counted):
    assert throttles.address_of(request_from(address)) == counted


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the first is what the visitor claims
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        (None, "10.0.0.1"),
        ("nonsense", ""),
    ],
)
def test_behind_a_proxy_counts_the_address_that_it_saw(settings, forwarded, counted):
    settings.BEHIND_PROXY = True

    assert throttles.address_of(request_from("10.0.0.1", forwarded)) == counted


def test_without_a_proxy_nobody_chooses_an_address():
    assert throttles.address_of(request_from("203.0.113.7", "198.51.100.1")) == "203.0.113.7"


def test_nobody_else_reads_the_address():
    """Behind a proxy it is the proxy's own: a limit that rests on it would be one limit for all."""
    apps = [config.name for config in django_apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]
    readers = [str(path) for app in apps for path in Path(app).rglob("*.py") if "REMOTE_ADDR" in path.read_text()]

    assert readers == ["accounts/throttles.py"]


@pytest.mark.django_db
def test_limits_of_an_address_are_counted_apart(clock):
    answers = [
        throttles.allow_from(request_from(address), "track", limit=1, seconds=60)
        for address in ("203.0.113.7", "203.0.113.7", "203.0.113.8")
    ]

    assert answers == [True, False, True]


def allowed_at_once(*, tries, limit):
    start = threading.Barrier(tries)

    def ask(_place):
        try:
            start.wait(timeout=60)
            return throttles.allow("camp", limit=limit, seconds=86400)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(tries) as pool:
        return sum(pool.map(ask, range(tries)))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_forty_tries_at_once_ten_are_allowed():
    assert allowed_at_once(tries=40, limit=10) == 10


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_with_look_then_write_more_slip_through(monkeypatch):
    """The failing control: the count is read, and then written."""

    def look_then_write(key, *, limit, seconds):
        window = throttles.window_of(throttles.timezone.now(), seconds=seconds)
        digest = throttles.digest_of(key, seconds=seconds)
        row, _is_new = Throttle.objects.get_or_create(key=digest, window=window)
        row.count += 1
        row.save(update_fields=["count"])
        return row.count <= limit

    monkeypatch.setattr(throttles, "allow", look_then_write)

    with pytest.raises(AssertionError):
        assert allowed_at_once(tries=40, limit=10) == 10
