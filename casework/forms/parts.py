"""What the forms of casework are made of."""

import datetime as dt

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.fields import DayField, TextField, VersionField
from kit.text import apart
from places.calendar import OFFICE, REST_DAYS, SUNDAY
from places.models import Holiday

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


class MeetingDayForm(forms.Form):
    """On a day on which offices are shut somebody may want to meet, or not have looked: it is asked once.

    Whoever sends the same day once more has answered.
    """

    kept_day = forms.CharField(required=False, widget=forms.HiddenInput)
    DAY = "day"

    def clean(self):
        cleaned = super().clean()
        ask_about_day(self, self.DAY, kept="kept_day", why_not=self.why_not)
        return cleaned

    def why_not(self, day):
        """What speaks against the day, in a sentence; or nothing."""
        return why_shut(day)


def ask_about_day(form, name, *, kept, why_not):
    """Ask once whether somebody means the day in the field `name`, where something speaks against it.

    The hidden field `kept` keeps which day it was.
    """
    day, answered = form.cleaned_data.get(name), form.cleaned_data.pop(kept, "")
    if day and answered != day.isoformat() and (against := why_not(day)):
        keep_asked(form, kept, day.isoformat())
        said = _("{why} Keep it? Then press the button once more, or choose another day.").format(why=against)
        form.add_error(name, ValidationError(said, code="sure"))


def keep_asked(form, name, value):
    """What was asked about goes along with the page, so that the same once more is the answer."""
    form.data = form.data.copy()
    form.data[form.add_prefix(name)] = value


def why_shut(day):
    """A sentence that says on which day of rest or holiday this falls; "" on a day on which offices are open."""
    if day.weekday() in REST_DAYS[OFFICE]:
        return _("That is a Sunday.") if day.weekday() == SUNDAY else _("That is a Saturday.")
    holiday = Holiday.objects.closing(OFFICE).filter(on=day).first()
    return _("That is a holiday, {name}.").format(name=apart(holiday.label)) if holiday else ""


def helper_of(*layout):
    """A form's helper with this layout; the last of it is the button."""
    helper = FormHelper()
    helper.layout = Layout(*layout)
    return helper


class MoveForm(forms.Form):
    """A button that makes a move: nothing to type, only what was shown."""

    version = VersionField()


class BecauseForm(forms.Form):
    """Why something is taken out."""

    because = TextField(
        label=gettext_lazy("Why, in one line"),
        help_text=gettext_lazy("Colleagues read it, never the client."),
        max_length=200,
        error_messages={"required": gettext_lazy("Say in a few words why.")},
    )

    @cached_property
    def helper(self):
        return helper_of("because", Submit("save", gettext_lazy("Take it out")))


class ButtonForm(forms.Form):
    """A button alone, of a record that nobody edits."""
