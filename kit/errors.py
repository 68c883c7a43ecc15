"""Error pages in every language of the portal, drawn without database, session or context processors.

Only where the fault is not ours do they ask who reads, and lead somebody signed in back to the own first page.

Each says what happened, what is safe, and what the person can do now; the other language's words stand below, because
whoever meets an error may not be the one who chose the language.
"""

import logging
import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

TITLES = {
    400: _("We could not read that"),
    403: _("This page is not open to you"),
    404: _("We cannot find this page"),
    409: _("This was changed before you sent it"),
    413: _("This is too large to send"),
    429: _("Please wait a little"),
    500: _("Something went wrong on our side"),
    503: _("We are closed for a short time"),
}
EXPIRED_FORM = _("Please send the form again")
FAULT = 500  # from here on the fault is ours, and nothing is asked of the database
BYTES_IN_MB = 1024 * 1024
SECONDS_IN_MINUTE = 60
# When even the templates cannot be drawn: both languages, no markup that could fail.
LAST_RESORT = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Something went wrong</title>"
    "<p>Something went wrong on our side. Please try again in a few minutes.</p>"
    "<p lang=ur dir=rtl>ہماری طرف سے کوئی خرابی ہوئی ہے۔ چند منٹ بعد دوبارہ کوشش کریں۔</p></html>"
)


def language_of(request):
    """The reader's language from cookie or browser, which needs neither session nor database."""
    if request is None:
        return settings.LANGUAGE_CODE
    return translation.get_language_from_request(request)


def stylesheet():
    """The style sheet's address, even while the manifest of static files is missing."""
    try:
        return static("portal.css")
    except ValueError:
        return f"{settings.STATIC_URL}portal.css"


def first_page_of(request, status):
    """Where a reader who is signed in begins, as the portal's middleware says; None where it cannot be asked."""
    ask = getattr(request, "first_page", None)
    if ask is None or status >= FAULT:
        return None
    try:
        return ask()
    except DatabaseError:
        return None


def page(status, *, language, title=None, template=None, first_page=None, **context):
    """The whole page as text: needs no request, so it can also be written to a file for the server in front."""
    template = template or f"errors/{status}.html"
    title = title or TITLES[status]
    context["helpline"] = settings.HELPLINE
    codes = [language, *(code for code, name in settings.LANGUAGES if code != language)]
    texts = []
    for code in codes:
        with translation.override(code):
            is_rtl = translation.get_language_bidi()
            body = render_to_string(template, context)
            texts.append({"code": code, "dir": "rtl" if is_rtl else "ltr", "title": str(title), "body": body})
    with translation.override(language):
        frame = {"texts": texts, "css": stylesheet(), "name": settings.NAME_OF_PORTAL, "helpline": settings.HELPLINE}
        frame["first_page"] = first_page
        return render_to_string("errors/frame.html", frame)


def answer(request, status, **context):
    language = language_of(request)
    response = HttpResponse(
        page(status, language=language, first_page=first_page_of(request, status), **context), status=status
    )
    response["Content-Language"] = language
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    add_never_cache_headers(response)
    return response


def handler400(request, exception=None):
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large(request, limit=getattr(exception, "limit", None))
    return answer(request, 400)


def handler403(request, exception=None):
    return answer(request, 403)


def handler404(request, exception=None):
    return answer(request, 404)


def handler500(request):
    """Whatever nobody caught, in a page or in the middleware around it; a database out of reach is a matter of time."""
    try:
        return unavailable(request) if is_out_of_reach(sys.exception()) else answer(request, 500)
    except Exception:
        logger.exception("the page for status 500 could not be drawn")
        return HttpResponse(LAST_RESORT, status=500)


def is_out_of_reach(fault):
    """Whether the fault says that the database cannot be reached just now."""
    return isinstance(fault, OperationalError | InterfaceError)


def csrf_failure(request, reason=""):
    """A form that was open too long, or a browser without cookies: not a wall, a thing to send again."""
    return answer(request, 403, title=EXPIRED_FORM, template="errors/expired_form.html")


def conflict(request, *, back=None):
    """Somebody changed the record, or sent this form with other content, in the meantime (409)."""
    return answer(request, 409, back=back or request.path)


def too_large(request, *, limit=None):
    """More bytes than we take in one go (413); `limit` in bytes."""
    limit = limit or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return answer(request, 413, megabytes=limit // BYTES_IN_MB)


def too_many(request, retry_after):
    """Too many tries from one number or address (429); `retry_after` in seconds."""
    response = answer(request, 429, minutes=-(-retry_after // SECONDS_IN_MINUTE))
    response["Retry-After"] = str(retry_after)
    return response


def unavailable(request, retry_after=120):
    """The records cannot be reached, or the portal is being renewed (503)."""
    response = answer(request, 503)
    response["Retry-After"] = str(retry_after)
    return response
