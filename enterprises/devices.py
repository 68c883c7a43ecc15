"""Whose own device it is: the tries of somebody who signed in here before do not count among those of strangers.

A stranger who knows a CNIC can use up what strangers may try at it. The owner comes in all the same: from a device
that a code by text has opened before, or from any other address. The cookie opens nothing, and names nobody.
"""

from datetime import timedelta

from django.conf import settings

from accounts import throttles
from enterprises.actions.codes import KNOWN, subject_of

COOKIE, SALT = "device", "enterprises.devices"
KEPT = timedelta(days=180)
PEOPLE, LETTERS = 8, 16  # a family shares a phone


def source_of(request, cnic):
    """Where tries at this CNIC come from, to count them: its own device, or the visitor's address."""
    return KNOWN if mark_of(cnic) in marks_in(request) else throttles.address_of(request)


def remember(request, response, cnic):
    """From now on this is a device of whoever has this CNIC, too."""
    mark = mark_of(cnic)
    others = [other for other in marks_in(request) if other != mark]
    response.set_signed_cookie(
        COOKIE,
        ".".join([mark, *others][:PEOPLE]),
        salt=SALT,
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def marks_in(request):
    kept = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KEPT)
    return kept.split(".") if kept else []


def mark_of(cnic):
    return subject_of(cnic)[:LETTERS]
