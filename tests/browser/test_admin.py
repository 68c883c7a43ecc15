"""Django admin's main pages as an administrator sees them: plain, but without barriers, small targets or complaints."""

import pytest
from django.conf import settings

from benchmarks.cases import colleague, signed_in
from loans.models import Loan
from places.models import Holiday
from tests import eyes
from tests.browser.walking import SIZES

pytestmark = pytest.mark.browser

COMBINATIONS = (("en", "phone"), ("ur", "desktop"), ("en", "desktop"), ("ur", "phone"))


@pytest.fixture
def administrator(shown_world, chromium):
    """A function: the administrator's page in one language at one size; it collects what the browser complains of."""
    with shown_world.inside():
        cookies = signed_in(colleague("admin"))
    contexts = []

    def at_desk(language, size):
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, base_url=shown_world.address)
        contexts.append(context)
        given = cookies | {settings.LANGUAGE_COOKIE_NAME: language}
        context.add_cookies(
            [{"name": name, "value": value, "url": shown_world.address} for name, value in given.items()]
        )
        page = context.new_page()
        page.language, page.complaints = language, []
        page.on("console", lambda said: said.type in {"error", "warning"} and page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield at_desk
    for context in contexts:
        context.close()


def wrong_with(page):
    complaints = page.complaints[:]  # axe-core brings styles of its own, which our policy stops too
    found = {
        "barriers": eyes.barriers(page, eyes.measured_in(page.language)),
        "small targets": eyes.small_targets(page),
        "wider than the window by": eyes.sideways(page),
        "the browser says": complaints,
    }
    return {what: value for what, value in found.items() if value}


def addresses(shown_world):
    """The first page, lists with actions and without, a form, and what may only be read."""
    with shown_world.inside():
        holiday, loan = Holiday.objects.earliest("pk"), Loan.objects.earliest("pk")
    return [
        "/admin/",
        "/admin/places/holiday/",
        f"/admin/places/holiday/{holiday.pk}/change/",
        "/admin/loans/loan/",
        f"/admin/loans/loan/{loan.pk}/change/",
    ]


@pytest.mark.parametrize(("language", "size"), COMBINATIONS)
def test_admin_has_no_barrier_and_no_complaint(shown_world, administrator, language, size):
    page, found = administrator(language, size), {}
    for address in addresses(shown_world):
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        if wrong := wrong_with(page):
            found[address] = wrong
        page.complaints.clear()

    assert found == {}


def test_barrier_in_admin_would_be_found(administrator):
    """The failing control: a button without a name and a style of its own, as Django's pages bring them."""
    page = administrator("en", "phone")
    page.goto("/admin/")

    page.evaluate("document.querySelector('#header').insertAdjacentHTML('beforeend', '<button style=\"height:9px\">')")

    assert list(wrong_with(page)) == ["barriers", "small targets", "the browser says"]
