"""A browser is given the CSRF cookie once; a new secret goes out at once."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from kit.middleware import CookieSentOnce

pytestmark = pytest.mark.django_db

FORM = "/register/"


def test_cookie_comes_once_and_its_form_is_taken():
    browser = Client(enforce_csrf_checks=True)

    first, second = browser.get(FORM), browser.get(FORM)

    assert ["csrftoken" in page.cookies for page in (first, second)] == [True, False]
    token = str(second.context["csrf_token"])
    taken = browser.post(FORM, {"csrfmiddlewaretoken": token, "opening": "no such"})
    refused = browser.post(FORM, {"csrfmiddlewaretoken": token[::-1], "opening": "no such"})
    assert (taken.status_code, refused.status_code) == (200, 403)


@pytest.mark.parametrize(("held", "is_sent"), [("of-before", True), ("this-one", False), (None, True)])
def test_only_the_secret_that_the_browser_holds_stays_here(held, is_sent):
    """After signing in there is a new one; the browser must get it."""

    def page(request):
        response = HttpResponse()
        response.set_cookie("csrftoken", "this-one")
        return response

    request = RequestFactory().get(FORM)
    request.COOKIES |= {"csrftoken": held} if held else {}

    assert ("csrftoken" in CookieSentOnce(page)(request).cookies) == is_sent
