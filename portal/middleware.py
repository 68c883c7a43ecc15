from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

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
            entrance = "enterprises:sign-in" if door.for_entrepreneurs else "accounts:sign-in"
            return redirect(f"{resolve_url(entrance)}?{urlencode({'next': request.get_full_path()})}")
        if user.is_colleague and not user.is_verified():
            return redirect(f"{resolve_url('accounts:second-factor')}?{urlencode({'next': request.get_full_path()})}")
        if not door.admits(user):
            raise PermissionDenied
        return None
