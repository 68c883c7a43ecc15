"""What the forms of casework are made of."""

import datetime as dt

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from kit.fields import DayField, VersionField

A_YEAR = dt.timedelta(days=366)

CHOOSE = {
    "required": gettext_lazy("Choose one of these."),
    "invalid_choice": gettext_lazy("Choose one of these."),
}


class ComingDayField(DayField):
    """A day from today on, within a year."""

    default_error_messages = {
        "past": gettext_lazy("This day is over. Enter today or a later day."),
        "far_off": gettext_lazy("Enter a day within a year."),
    }

    def clean(self, value):
        day = super().clean(value)
        today = timezone.localdate()
        if day is not None and day < today:
            raise self.refusal("past")
        if day is not None and day > today + A_YEAR:
            raise self.refusal("far_off")
        return day


def helper_of(*layout):
    """A form's helper with this layout; the last of it is the button."""
    helper = FormHelper()
    helper.layout = Layout(*layout)
    return helper


class MoveForm(forms.Form):
    """A button that makes a move: nothing to type, only what was shown."""

    version = VersionField()


class ButtonForm(forms.Form):
    """A button alone, of a record that nobody edits."""
