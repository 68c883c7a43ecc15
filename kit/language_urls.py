"""Changing the language asks for no CSRF token; only what was typed comes along with one.

Whoever tricks somebody into another language gains nothing. And public pages, which have no other form that changes
anything, are then the same for everybody: no cookie, and sent once until they change.
"""

from django.middleware.csrf import CsrfViewMiddleware
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from kit import again


@csrf_exempt
def change(request):
    if is_from_our_form(request):
        again.take_along(request)
    return set_language(request)


def is_from_our_form(request):
    """Most pages that change the language have no form, and send no token: nothing of theirs is looked at."""
    has_token = "csrfmiddlewaretoken" in request.POST
    return has_token and CsrfViewMiddleware(set_language).process_view(request, set_language, (), {}) is None


urlpatterns = [path("setlang/", change, name="set_language")]
