import re

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from formalisation.models import RegistrationKind


class RegistrationKindForm(forms.ModelForm):
    def clean_number_format(self):
        """A format that cannot be read would break the page of every advisor who records this kind."""
        written = self.cleaned_data["number_format"]
        try:
            re.compile(written)
        except re.error as error:
            raise ValidationError(_("This format cannot be read: %(why)s") % {"why": error}) from error
        return written


@admin.register(RegistrationKind)
class RegistrationKindAdmin(admin.ModelAdmin):
    form = RegistrationKindForm
    list_display = ["name", "name_ur", "authority", "is_open", "is_verified"]
    search_fields = ["name", "name_ur", "code"]
