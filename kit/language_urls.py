"""Changing the language asks for no CSRF token.

Whoever tricks somebody into another language gains nothing. And public pages, which have no other form that changes
anything, are then the same for everybody: no cookie, and sent once until they change.
"""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from kit import again


@csrf_exempt
def change(request):
    again.take_along(request)
    return set_language(request)


urlpatterns = [path("setlang/", change, name="set_language")]
