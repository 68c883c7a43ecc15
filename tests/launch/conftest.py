import pytest

from tests.launch.checkout import Checkout, said_by


@pytest.fixture(scope="session")
def prepared():
    """The data folder of a first start, for others to copy."""
    made = Checkout()
    code, said = said_by(made.look())
    assert (code, made.left_after(10)) == (0, {}), said
    yield made.data
    made.end()


@pytest.fixture
def checkout(prepared):
    made = Checkout(prepared=prepared)
    yield made
    made.end()
