from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FormalisationConfig(AppConfig):
    name = "formalisation"
    verbose_name = _("Formalisation")
