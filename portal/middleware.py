from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from kit.again import is_only_sent, takes_get
from kit.onward import came_from
from portal.context import first_page
from portal.doors import door_of

# A colleague was the last to sign in at this browser: once that has lapsed it leads to their door again.
STAFF_DOOR = "staff-door"
KEPT = 60 * 60 * 24 * 180


class DoorMiddleware:
    """Deny by default: ask the table in `portal/doors.py` before any view runs.

    A visitor is sent to sign in, a colleague without the second factor to give it; a wrong role is refused (403).
    Pages that somebody signed in has seen are never kept by browsers or proxies.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.first_page = lambda: first_page(request.user)  # asked by the error pages, which know nothing of roles
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        if request.user.is_authenticated and request.user.is_colleague != was_staff(request):
            keep_door(response, is_staff=request.user.is_colleague)
        return response

    def process_view(self, request, view, args, kwargs):
        door = door_of(request.resolver_match)
        if door is None:
            raise PermissionDenied(f"No door is listed for {request.resolver_match.view_name}.")
        if door.is_public:
            return to_its_page(request, view)
        user = request.user
        if not user.is_authenticated:
            return sent_to(door.entrance(came_from(request), was_staff=was_staff(request)), request, view)
        if user.is_colleague and not user.is_verified():
            return sent_to("accounts:second-factor", request, view)
        if not door.admits(user):
            raise PermissionDenied
        return to_its_page(request, view)


def to_its_page(request, view):
    """An address that only takes what a form sends has no page: whoever opens it is led to the page it belongs to."""
    if request.method not in {"GET", "HEAD"} or not is_only_sent(view):
        return None
    page_of = getattr(view, "page_of", None)
    page = page_of(request.user, *request.resolver_match.kwargs.values()) if page_of else ""
    return redirect(page or above(request.path))


def above(path):
    """The nearest page over this address."""
    while path != "/":
        path = f"{path.rstrip('/').rpartition('/')[0]}/"
        try:
            view = resolve(path).func
        except Resolver404:
            continue
        if not is_only_sent(view):
            break
    return path


def was_staff(request):
    return bool(request.COOKIES.get(STAFF_DOOR))


def keep_door(response, *, is_staff):
    """Remember at which door whoever sits here comes in; of whom, it does not say."""
    if is_staff:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(STAFF_DOOR, "1", max_age=KEPT, secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(STAFF_DOOR, samesite="Lax")


def sent_to(entrance, request, view):
    """To sign in, and then on to the page that was asked for; from a form without a page, to the one it stood on."""
    has_page = request.method != "POST" or takes_get(view)
    onward = request.get_full_path() if has_page else came_from(request)
    return redirect(f"{resolve_url(entrance)}?{urlencode({'next': onward})}" if onward else resolve_url(entrance))
