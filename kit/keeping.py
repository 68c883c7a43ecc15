"""Public pages that are the same for everybody, kept for a minute."""

from collections.abc import Callable, Collection
from functools import wraps

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

MINUTE = "minute"
OK = 200


def kept_for_a_minute(*, personal: Collection[str] = ()) -> Callable[[Callable], Callable]:
    """What the view answered a visitor is answered to the next one, in the same language, of this process.

    Never for somebody signed in or with a message to read, nor for whoever holds one of the `personal` cookies, which
    the view reads. Of these two kinds the first is kept nowhere on the way either, the second by their own browser
    alone, which asks each time whether it has changed. Never where the address asks for something, and never an error.
    The view writes no token and reads no other cookie.
    """
    secret = {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name}

    def keeping(view: Callable) -> Callable:
        @wraps(view)
        def kept(request: HttpRequest) -> HttpResponse:
            if secret & set(request.COOKIES):
                response = view(request)
                add_never_cache_headers(response)
            elif set(personal) & set(request.COOKIES):
                response = view(request)
                patch_cache_control(response, private=True, no_cache=True)
            elif request.META.get("QUERY_STRING"):
                response = view(request)
            else:
                response = everybodys(view, request)
            patch_vary_headers(response, ["Cookie"])
            return response

        return kept

    return keeping


def everybodys(view: Callable, request: HttpRequest) -> HttpResponse:
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
