"""Every page of the journeys as a picture to look at, in all eight combinations of language, size and script."""

import shutil
from itertools import product
from pathlib import Path

import pytest

from tests.browser.journey import (
    a_managers_review,
    an_advisors_day,
    an_entrepreneurs_page,
    the_other_ways_in,
    the_whole_way,
)
from tests.browser.parts.company import Journey
from tests.browser.walking import Walk

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parent / "pictures"
WAYS = (the_whole_way, the_other_ways_in, an_advisors_day, a_managers_review, an_entrepreneurs_page)
COMBINATIONS = list(product(WAYS, ("en", "ur"), ("phone", "desktop"), (True, False)))


def folder_of(combination):
    way, language, size, has_script = combination
    return f"{way.__name__}/{language}-{size}-{'script' if has_script else 'no-script'}"


@pytest.mark.parametrize("combination", COMBINATIONS, ids=folder_of)
def test_look(world, chromium, combination):
    way, language, size, has_script = combination
    folder = PICTURES / folder_of(combination)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    walk = Walk(world, chromium, language, size, has_script, pictures=folder)
    try:
        way(Journey(walk))
    finally:
        walk.close()

    assert walk.wrong() == {}
