"""Public pages that are the same for everybody, kept for a minute."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

MINUTE = "minute"
OK = 200


def kept_for_a_minute(view: Callable) -> Callable:
    """What the view answered a visitor is answered to the next one, in the same language, of this process.

    Never for somebody signed in or with a message to read, nor where the address asks for something; and never an
    error. The view writes no token and reads no other cookie.
    """

    @wraps(view)
    def kept(request: HttpRequest) -> HttpResponse:
        if not is_for_everybody(request):
            return view(request)
        key = f"{get_language()}:{request.path}"
        content = caches[MINUTE].get(key)
        if content is not None:
            return HttpResponse(content)
        response = view(request)
        if hasattr(response, "render"):
            response.render()
        if response.status_code == OK and not response.cookies:
            caches[MINUTE].set(key, response.content)
        return response

    return kept


def is_for_everybody(request: HttpRequest) -> bool:
    personal = {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name}
    return not (request.META.get("QUERY_STRING") or personal & set(request.COOKIES))
