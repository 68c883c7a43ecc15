"""The ways in beside the quick path, which the whole way begins with (R2-R7, R9): each leads to one record."""

import pytest

from tests.browser.journey import the_other_ways_in
from tests.browser.parts.company import Journey
from tests.browser.walking import Walk

pytestmark = pytest.mark.browser
# Both languages, both sizes, with script and without; the quick path itself is walked in four combinations.
COMBINATIONS = (("ur", "phone", False), ("en", "desktop", True))


@pytest.mark.parametrize(("language", "size", "has_script"), COMBINATIONS)
def test_the_other_ways_in(world, chromium, language, size, has_script):
    walk = Walk(world, chromium, language, size, has_script)
    try:
        the_other_ways_in(Journey(walk))
    finally:
        walk.close()

    assert walk.wrong() == {}
