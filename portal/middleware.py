from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from kit.again import takes_get
from kit.onward import came_from
from portal.context import first_page
from portal.doors import door_of


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
        return response

    def process_view(self, request, view, args, kwargs):
        door = door_of(request.resolver_match)
        if door is None:
            raise PermissionDenied(f"No door is listed for {request.resolver_match.view_name}.")
        if door.is_public:
            return None
        user = request.user
        if not user.is_authenticated:
            return sent_to(door.entrance(came_from(request)), request, view)
        if user.is_colleague and not user.is_verified():
            return sent_to("accounts:second-factor", request, view)
        if not door.admits(user):
            raise PermissionDenied
        return None


def sent_to(entrance, request, view):
    """To sign in, and then on to the page that was asked for; from a form without a page, to the one it stood on."""
    has_page = request.method != "POST" or takes_get(view)
    onward = request.get_full_path() if has_page else came_from(request)
    return redirect(f"{resolve_url(entrance)}?{urlencode({'next': onward})}" if onward else resolve_url(entrance))
