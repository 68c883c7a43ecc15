"""Changing the language asks for no CSRF token.

Whoever tricks somebody into another language gains nothing. And public pages, which have no other form that changes
anything, are then the same for everybody: no cookie, and sent once until they change.
"""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

urlpatterns = [path("setlang/", csrf_exempt(set_language), name="set_language")]
