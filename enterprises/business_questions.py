"""Questions about a business that are asked at the registration and later, so that they read the same."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enterprises.models import Help
from kit.fields import CalendarYearField, TextField
from kit.words import MONTHS

FIRST_YEAR = 1950
FROM_THE_LIST = {"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")}
# Whoever runs a business does not want to start one, and an idea has no accounts yet.
OF_IDEAS, OF_BUSINESSES = {Help.START}, {Help.ACCOUNTS}
NOT_YET = _("This day has not come yet. Look at the year again.")


def what_field():
    return TextField(
        label=_("What do you make or sell?"),
        help_text=_("For example: school uniforms"),
        max_length=200,
        required=False,
    )


def help_field():
    return forms.MultipleChoiceField(
        label=_("What do you want help with?"),
        help_text=_("Tick all that you like, or none."),
        choices=Help.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages=FROM_THE_LIST | {"invalid_list": FROM_THE_LIST["invalid_choice"]},
        required=False,
    )


def offer_help(form: forms.Form, name: str, *, is_idea: bool) -> None:
    """Offer what makes sense for this opening. What was ticked before stays ticked, and any help may be sent."""
    ticked, beside = form[name].value() or [], OF_BUSINESSES if is_idea else OF_IDEAS
    offered = [(help_, label) for help_, label in Help.choices if help_ in ticked or help_ not in beside]
    form.fields[name].widget.choices = offered


def first_day(year: int, month: str) -> dt.date:
    """People remember the year: the first month stands where none is given."""
    return dt.date(year, int(month or 1), 1)


class SinceQuestion(forms.Form):
    """Since when a business runs: a year that has come, and its month if somebody remembers it."""

    started_month = forms.ChoiceField(
        label=pgettext_lazy("when the business began", "Since which month"),
        error_messages=FROM_THE_LIST,
        required=False,
    )
    started_year = CalendarYearField(
        label=pgettext_lazy("when the business began", "Since which year"),
        min_value=FIRST_YEAR,
        required=False,
        error_messages={"invalid": _("Write the year with four digits, such as 2019.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "started_month" in self.fields:
            months = [(str(number), name) for number, name in enumerate(MONTHS, start=1)]
            self.fields["started_month"].choices = [("", "–"), *months]

    def clean(self):
        cleaned = super().clean()
        year, month = cleaned.get("started_year"), cleaned.get("started_month")
        if year and first_day(year, month) > timezone.localdate():
            self.add_error("started_year", NOT_YET)
        if month and not year and "started_year" not in self.errors:
            self.add_error("started_year", _("Write the year too, or leave both empty."))
        return cleaned

    def clean_started_year(self):
        year = self.cleaned_data["started_year"]
        if year is not None and year > timezone.localdate().year:
            raise ValidationError(NOT_YET, code="future")
        return year
