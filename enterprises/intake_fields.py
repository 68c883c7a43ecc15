"""Fields of one row of a list: what people and spreadsheets write for a day, and districts that are looked up once."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kit.fields import FIRST_YEAR, DayField, TypedField
from kit.text import ascii_digits
from places.forms import DistrictField
from places.models import District

FIRST_DAY = dt.date(1899, 12, 30)  # from which Excel counts days
SERIALS = range(3654, 73_051)  # 1910 to 2099


class YearField(TypedField):
    """A year, a day, or the number that Excel keeps for a day; its value is the day, 1 January for a year alone."""

    default_error_messages = {
        "invalid": _("Write the year with four digits, such as 1988, or the day, such as 24/11/1988."),
        "future": _("This day has not come yet. Look at the year again."),
        "far": _("Look at the year again."),
    }

    def read(self, text: str) -> dt.date:
        typed = ascii_digits(text)
        if typed.isdecimal() and len(typed) == len("1988"):
            day = dt.date(max(int(typed), 1), 1, 1)
        elif typed.isdecimal() and len(typed) == len("32275") and int(typed) in SERIALS:
            day = FIRST_DAY + dt.timedelta(days=int(typed))
        else:
            day = self.day_in(typed)
        if day > timezone.localdate():
            raise self.refusal("future")
        if day.year < FIRST_YEAR:
            raise self.refusal("far")
        return day

    def day_in(self, typed: str) -> dt.date:
        try:
            return DayField(required=True).clean(typed)
        except ValidationError as error:
            raise self.refusal("invalid") from error


class KnownDistrictField(DistrictField):
    """One of the districts that were looked up once for all rows."""

    known: Mapping[str, District]

    def to_python(self, value: Any) -> District | None:
        if value in self.empty_values:
            return None
        if value not in self.known:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return self.known[value]
