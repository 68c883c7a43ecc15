import time

import pytest

from enterprises import pace


def lasting(act):
    began = time.monotonic()
    act()
    return time.monotonic() - began


def test_what_is_quick_takes_as_long_as_what_is_not(monkeypatch):
    monkeypatch.setattr(pace, "SECONDS", 0.1)

    def quick():
        with pace.even():
            pass

    def slow():
        with pace.even():
            time.sleep(0.05)

    def refused():
        with pytest.raises(ValueError, match="no"), pace.even():
            raise ValueError("no")

    assert [0.1 <= lasting(act) < 0.14 for act in (quick, slow, refused)] == [True] * 3
