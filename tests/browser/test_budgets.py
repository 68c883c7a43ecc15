"""Page budgets, counted on the wire by a real browser: what a phone on a slow network has to wait and pay for.

The pages and their budgets stand in `benchmarks/cases.py`, the counting in `benchmarks/traffic.py`.
"""

import gzip
import re
from secrets import token_urlsafe

import pytest
from django.conf import settings

from benchmarks import cases
from benchmarks.traffic import visit, weigh

pytestmark = pytest.mark.browser

LANGUAGES = [code for code, _name in settings.LANGUAGES]
CHART_BYTES = 5 * 1024
GZIP_LEVEL = 6  # that of Django's own middleware
CHARTS = re.compile(r"<figure>\s*<svg class=\"chart\".*?</figure>", re.DOTALL)
# Three of our own files, asked for anew at each view: one for each budget that this breaks.
HEAVIER = """addEventListener('load', () => {
  for (const at of [1, 2, 3]) fetch('/static/admin/js/vendor/xregexp/xregexp.js?' + at, {cache: 'no-store'})
})"""


def missed(shown_world, chromium, language, labels=None, *, script=""):
    """What is above its budget, by page: figure and budget. `script` runs in each page."""
    with shown_world.inside():
        wanted = cases.find(labels)
    found = {}
    for case in wanted:
        weight = weigh(chromium, shown_world.address, case, language, script=script)
        held = {
            "first view": (weight.first_bytes, case.aims.first_bytes),
            "again": (weight.again_bytes, case.aims.again_bytes),
            "requests": (weight.requests, case.aims.requests),
            "web fonts": (weight.fonts, 0),
        }
        over = {what: pair for what, pair in held.items() if pair[1] is not None and pair[0] > pair[1]}
        found.update({case.label: over} if over else {})
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_keep_their_budgets(shown_world, chromium, language):
    """15 KB, then 3 KB (more only for lists), in 4 requests and without a web font; 60 KB for colleagues."""
    assert missed(shown_world, chromium, language) == {}


def test_heavier_page_would_be_found(shown_world, chromium):
    """The failing control: the same pages, which here ask for three files more."""
    found = missed(shown_world, chromium, "en", ["/", "/desk/"], script=HEAVIER)

    assert {label: list(over) for label, over in found.items()} == {
        "/": ["first view", "again", "requests"],
        "/desk/": ["first view"],
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_chart_is_light(shown_world, chromium, language):
    """With its table, it adds at most 5 KB."""
    with shown_world.inside():
        (reports,) = cases.find(["/reports/"])
    with visit(chromium, shown_world.address, reports, language) as context:
        page = context.request.get(reports.path).text()

    charts = added_by_charts(page)
    heavier = added_by_charts(page.replace("</figure>", token_urlsafe(2 * CHART_BYTES) + "</figure>"))

    assert [weight <= CHART_BYTES for weight in charts] == [True]
    assert [weight <= CHART_BYTES for weight in heavier] == [False]  # the failing control


def added_by_charts(page):
    """Compressed bytes that the page would spare without each of its charts."""
    whole = len(gzip.compress(page.encode(), GZIP_LEVEL))
    return [whole - len(gzip.compress(page.replace(chart, "").encode(), GZIP_LEVEL)) for chart in CHARTS.findall(page)]
