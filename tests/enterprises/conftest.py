import pytest

from accounts.roles import Role
from enterprises import pace
from tests.factories.accounts import colleague
from tests.factories.enterprises import district


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Nobody waits; the test of the even pace asks for it itself."""
    monkeypatch.setattr(pace, "SECONDS", 0)


@pytest.fixture
def advisor():
    """An advisor of Multan, who gets the cases that open there."""
    return colleague(Role.ADVISOR, districts=[district()])


@pytest.fixture
def manager():
    """The regional manager of Multan."""
    return colleague(Role.REGIONAL_MANAGER, districts=[district()])
