from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and offices of the programme")


class StaffAdminConfig(AdminConfig):
    """Django admin behind the same second factor as every staff page."""

    default_site = "accounts.admin_site.StaffAdminSite"
