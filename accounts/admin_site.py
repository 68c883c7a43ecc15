from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _


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
