import logging

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.db import DataError
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from kit.errors import handler400
from kit.faults import describe

logger = logging.getLogger(__name__)


class StaffAdminSite(AdminSite):
    """Django admin: reference data and support, for administrators with their second factor."""

    site_header = _("Administration of the portal")
    site_title = _("Administration")
    index_title = _("Reference data and accounts")

    def has_permission(self, request):
        user = request.user
        return bool(user.is_active and user.is_authenticated and user.is_staff and user.is_verified())

    def login(self, request, extra_context=None):
        """Administrators enter through the staff's own sign-in, which asks for the second factor too."""
        return redirect_to_login(request.GET.get("next", resolve_url("admin:index")), resolve_url("accounts:sign-in"))

    def admin_view(self, view, cacheable=False):
        """As Django's; an address that says letters where it needs a number, or anything unreadable, is answered 400.

        Django reads such values late: the widget that looks one up, as it is drawn. So the page is drawn here.
        """
        guarded = super().admin_view(view, cacheable)

        def readable(request, *args, **kwargs):
            try:
                response = guarded(request, *args, **kwargs)
                return response.render() if request.GET and hasattr(response, "render") else response
            except (ValueError, OverflowError, DataError) as error:
                if request.method != "GET" or not request.GET:
                    raise
                logger.warning("unreadable address", extra=describe(error))
                return handler400(request)

        return readable
