"""A day of an advisor, a manager's review and an entrepreneur's page, each in one of eight combinations.

Between them both languages and sizes are walked, with script and without; `make look` walks all eight of each.
"""

import pytest

from tests.browser.journey import a_managers_review, an_advisors_day, an_entrepreneurs_page
from tests.browser.parts.company import Journey
from tests.browser.walking import Walk

pytestmark = pytest.mark.browser
WAYS = (
    (an_advisors_day, ("en", "phone", True)),
    (a_managers_review, ("ur", "desktop", False)),
    (an_entrepreneurs_page, ("ur", "phone", False)),
)


@pytest.mark.parametrize(("way", "combination"), WAYS, ids=[way.__name__ for way, _combination in WAYS])
def test_hand_holding(world, chromium, way, combination):
    walk = Walk(world, chromium, *combination)
    try:
        way(Journey(walk))
    finally:
        walk.close()

    assert walk.wrong() == {}
