import pytest

from tests.launch.checkout import Checkout


@pytest.fixture
def checkout():
    made = Checkout()
    yield made
    made.end()
