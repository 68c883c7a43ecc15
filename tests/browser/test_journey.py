"""One journey over the whole way, in four of eight combinations: every pair of language, size and script is there."""

import pytest

from tests.browser.journey import the_whole_way
from tests.browser.parts.company import Journey
from tests.browser.walking import Walk

pytestmark = pytest.mark.browser

COMBINATIONS = (
    ("en", "phone", True),
    ("en", "desktop", False),
    ("ur", "phone", False),
    ("ur", "desktop", True),
)


@pytest.mark.parametrize(("language", "size", "has_script"), COMBINATIONS)
def test_the_whole_way(world, chromium, language, size, has_script):
    walk = Walk(world, chromium, language, size, has_script)
    try:
        the_whole_way(Journey(walk))
    finally:
        walk.close()

    assert walk.wrong() == {}
