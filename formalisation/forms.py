import re

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from formalisation.models import RegistrationKind
from kit.fields import DayField, TextField
from kit.text import ascii_digits


class RegistrationForm(forms.Form):
    kind = forms.ModelChoiceField(
        label=_("Which registration"), queryset=RegistrationKind.objects.filter(is_open=True), empty_label=_("Choose")
    )
    number = TextField(
        label=_("Number on the paper"), help_text=_("As it is printed, with or without dashes."), max_length=40
    )
    obtained_on = DayField(label=_("Date on the paper"))
    is_new = forms.TypedChoiceField(
        label=_("Was it obtained with our help?"),
        choices=[("yes", _("Yes, it is new")), ("no", _("No, they had it before"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        empty_value=None,
    )

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("kind", "number", "obtained_on", "is_new", Submit("obtain", _("I saw the paper: save")))
        return helper

    def clean_number(self):
        number = re.sub(r"[\s-]", "", ascii_digits(self.cleaned_data["number"])).upper()
        if not number:
            raise ValidationError(_("Write the number that is on the paper."))
        return number

    def clean_obtained_on(self):
        day = self.cleaned_data["obtained_on"]
        if day > timezone.localdate():
            raise ValidationError(_("The date on the paper cannot lie in the future."))
        return day

    def clean(self):
        cleaned = super().clean()
        kind, number = cleaned.get("kind"), cleaned.get("number")
        if kind and number and kind.number_format and not re.fullmatch(kind.number_format, number):
            self.add_error(
                "number", _("The number looks like this: %(hint)s") % {"hint": kind.in_language("number_hint")}
            )
        return cleaned
