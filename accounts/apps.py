from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.apps import DefaultConfig

APP_FIELDS = {
    "user": _("user"),
    "confirmed": _("confirmed"),
    "created_at": _("set up"),
    "last_used_at": _("last used"),
}


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and offices of the programme")


class SecondFactorConfig(DefaultConfig):
    """The library of authenticator apps, under words for people in Django admin."""

    verbose_name = _("Second factors")

    def ready(self):
        super().ready()
        device = self.get_model("TOTPDevice")
        # The library names these in English alone. Migrations go by what it wrote itself.
        device._meta.verbose_name = _("authenticator app")
        device._meta.verbose_name_plural = _("authenticator apps")
        for name, words in APP_FIELDS.items():
            device._meta.get_field(name).verbose_name = words


class StaffAdminConfig(AdminConfig):
    """Django admin behind the same second factor as every staff page."""

    default_site = "accounts.admin_site.StaffAdminSite"
