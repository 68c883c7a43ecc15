"""Two windows keep the twelfth filter at the very same moment: one is kept, the other is refused."""

import threading
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError

from casework.actions import filters
from casework.models import SavedFilter
from tests.committed import at_once, committed_rows
from tests.factories.filters import SavedFilterFactory

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def both_keep_one(monkeypatch):
    """How many there are in the end, where both count before either has written."""
    user = SavedFilterFactory().user
    SavedFilterFactory.create_batch(10, user=user)
    counted, write = threading.Barrier(2), filters.save_named

    def write_together(saved):
        with suppress(threading.BrokenBarrierError):
            counted.wait(timeout=1)
        write(saved)

    def keep(place):
        with suppress(ValidationError):
            filters.keep(by=user, name=f"The {place}.", chosen={"whose": "mine"})

    monkeypatch.setattr(filters, "save_named", write_together)
    at_once(2, keep)
    return SavedFilter.objects.filter(user=user).count()


def test_there_are_never_thirteen(db, monkeypatch):
    with committed_rows():
        assert both_keep_one(monkeypatch) == 12


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: where neither waits there are thirteen")
def test_there_are_never_thirteen_control(db, monkeypatch):
    monkeypatch.setattr(filters, "hold", lambda user, **_version: user)
    with committed_rows():
        assert both_keep_one(monkeypatch) == 12
