"""The face in a real browser: what only layout, focus and a click can show."""

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.chromium import DESKTOP, PHONE
from tests.eyes import barriers, sideways, small_targets

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "ur")
ICON = Path(__file__).parents[2] / "static" / "icon.svg"
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
# Boxes whose place comes from the layout. Links inside sentences are left out: there the words themselves turn round.
BOXES = ", ".join(
    (
        *(".ctl", ".opt", ".btn", ".card", ".next", ".say", ".note", ".fld", ".affix", ".count a", ".slip"),
        *(".plan li", ".patch li", ".thread li", "summary", "table"),
    )
)
MEASURE = """(boxes) => [...document.querySelectorAll(boxes)].filter(e => e.offsetWidth).map(e => {
  const box = e.getBoundingClientRect()
  return {name: e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 30), x: box.x, width: box.width}
})"""
# Every direction on the page the other way round, but for controls and people's words, which keep their own.
TURN = """() => document.querySelectorAll('[dir=ltr], [dir=rtl]').forEach(e => {
  if (!e.matches('.ctl, button')) e.dir = e.dir === 'rtl' ? 'ltr' : 'rtl'
})"""


@pytest.mark.parametrize(
    ("language", "size", "is_dark"),
    [("en", DESKTOP, False), ("ur", PHONE, False), ("ur", DESKTOP, True), ("en", PHONE, True)],
    ids=["en desktop light", "ur phone light", "ur desktop dark", "en phone dark"],
)
def test_gallery_has_no_barrier_and_no_complaint(opened, language, size, is_dark):
    page = opened("/components/", language=language, size=size, is_dark=is_dark)
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")

    assert barriers(page) == {}
    assert page.complaints == []


def test_barrier_or_small_target_would_be_found(opened):
    """The failing control: a picture without words, and a link too small for a thumb."""
    page = opened("/privacy/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/static/icon.svg\">')")
    page.evaluate("document.styleSheets[0].insertRule('.foot a { padding: 0 !important; line-height: 1 !important }')")

    assert list(barriers(page)) == ["image-alt"]
    assert len(small_targets(page)) == page.locator(".foot a").count() > 0


@SIZES
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_does_not_scroll_sideways(opened, language, size):
    page = opened("/components/", language=language, size=size)

    assert sideways(page) == 0


@SIZES
def test_layout_mirrors_between_the_directions(opened, size):
    page = opened("/components/", size=size)

    before = page.evaluate(MEASURE, BOXES)
    page.evaluate(TURN)
    after = page.evaluate(MEASURE, BOXES)

    wrong = [
        (one["name"], one["x"], other["x"])
        for one, other in zip(before, after, strict=True)
        if abs(size[0] - one["x"] - one["width"] - other["x"]) > 2 or abs(one["width"] - other["width"]) > 2
    ]
    assert len(before) > 100
    assert wrong == []


def test_layout_that_does_not_mirror_would_be_found(opened):
    """The failing control: one physical margin."""
    page = opened("/components/")
    page.evaluate("document.styleSheets[0].insertRule('.card { margin-left: 20px !important }')")

    before = page.evaluate(MEASURE, ".card")
    page.evaluate(TURN)
    after = page.evaluate(MEASURE, ".card")

    assert any(
        abs(DESKTOP[0] - one["x"] - one["width"] - other["x"]) > 2 for one, other in zip(before, after, strict=True)
    )


@SIZES
@pytest.mark.parametrize("language", LANGUAGES)
def test_targets_are_large_enough_for_a_thumb(opened, language, size):
    page = opened("/components/", language=language, size=size)

    assert small_targets(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_primary_targets_are_48_pixels_high(opened, language):
    page = opened("/components/", language=language, size=PHONE)

    low = page.evaluate(
        """() => [...document.querySelectorAll('.btn, .opt, .ctl, .top a, .top button, .chips a, .count a, summary')]
        .filter(e => e.offsetWidth && e.getBoundingClientRect().height < 47.5)
        .map(e => e.outerHTML.slice(0, 80) + ' ' + e.getBoundingClientRect().height)"""
    )

    assert low == []


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_error_summary_takes_the_focus_and_leads_to_the_field(opened, has_script):
    page = opened("/privacy/", has_script=has_script)

    page.get_by_role("button", name="Send").click()

    # A click returns once the answer has begun; what it brings is waited for.
    expect(page).to_have_title("Error: A form · Small Business Portal")
    expect(page.locator(".errs:focus")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_name:focus")).to_have_count(1)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_language_changes_and_the_page_stays(opened, has_script):
    page = opened("/privacy/?step=2", has_script=has_script)

    page.get_by_role("button", name="اردو").click()

    expect(page.locator("html")).to_have_attribute("lang", "ur")
    assert page.url.endswith("/privacy/?step=2")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_first_tab_stop_leads_past_the_header(opened):
    page = opened("/privacy/")

    page.keyboard.press("Tab")

    skip = page.locator(".skip")
    assert skip.evaluate("e => e === document.activeElement")
    assert skip.bounding_box()["width"] > 100
    page.keyboard.press("Enter")
    expect(page.locator("main:focus")).to_have_count(1)


def test_print_button_needs_script_and_is_not_shown_without(opened):
    shown = [
        opened("/components/", has_script=has_script).get_by_role("button", name="Print this page").count()
        for has_script in (True, False)
    ]

    assert shown == [1, 0]


def test_first_view_is_light(opened, address):
    """At most 15 KB in 4 requests, compressed as the server in front does; headless leaves out the icon."""
    page = opened("/privacy/")
    bodies = [ICON.read_bytes()]
    page.on("response", lambda response: bodies.append(response.body()))

    page.goto(f"{address}/privacy/?again=1")
    page.wait_for_load_state("networkidle")

    weight = sum(len(gzip.compress(body)) for body in bodies)
    assert (len(bodies) <= 4, weight <= 15 * 1024) == (True, True)


def test_numbers_stand_as_typed_in_an_urdu_page(opened):
    """A code keeps its order and does not break, though everything around it runs from the right."""
    page = opened("/components/", language="ur", size=PHONE)

    boxes = page.evaluate(
        """() => [...document.querySelectorAll('[lang=ur] bdi')].filter(e => e.offsetWidth)
        .map(e => [getComputedStyle(e).direction, e.getClientRects().length])"""
    )

    assert {tuple(box) for box in boxes} == {("ltr", 1)}


def test_barrier_in_the_next_content_of_a_page_would_be_found(opened):
    """Without scripts a page is looked at in a copy, which takes one page's content after the other."""
    copy = opened("/privacy/")
    whole = copy.content()

    found = []
    for words in ("", '<img src="/static/icon.svg">', ""):
        copy.set_content(whole.replace("</main>", f"{words}</main>"))
        found.append(list(barriers(copy)))

    assert found == [[], ["image-alt"], []]
