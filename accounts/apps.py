from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.apps import DefaultConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and offices of the programme")


class SecondFactorConfig(DefaultConfig):
    """The library of authenticator apps, under words for people in Django admin."""

    verbose_name = _("Second factors")


class StaffAdminConfig(AdminConfig):
    """Django admin behind the same second factor as every staff page."""

    default_site = "accounts.admin_site.StaffAdminSite"
