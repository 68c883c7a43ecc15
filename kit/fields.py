"""Form fields for what people type: digits of any script, with the signs and spaces that they write between them.

Every field cleans its text (`kit.text.clean`), bounds its length and answers any input with a value or a sentence that
says what to do. None sets `maxlength`: a browser that silently cuts a pasted text loses what somebody wrote. Only what
is searched for, and so sent in the address, has it: a server refuses a long address before the portal can answer.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar
from unicodedata import category

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import keep_lazy_text
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kit import cnic, phones
from kit.text import ARABIC_TO_URDU, UnreadableError, ascii_digits, clean, without_surrogates

LARGEST = 2**31 - 1  # of PostgreSQL's integer
FIRST_YEAR, LAST_YEAR = 1900, 2100
GROUPED = re.compile(r"\A[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}\Z")  # 4,000 and 1,00,000 alike
FRACTION = re.compile(r"\A[0-9,]*[.٫][0-9]*\Z")
SEPARATORS = re.compile(r"\s*[,٬،]\s*|\s+")
RUPEE_WORDS = re.compile(r"\A(?:rs\.?|pkr|₨|روپے|روپیہ)\s*|\s*(?:/[-=]?|rs\.?|pkr|₨|روپے|روپیہ)\Z", re.IGNORECASE)
DAY_FIRST = re.compile(r"\A([0-9]{1,2})[-/. ]+([0-9]{1,2})[-/. ]+([0-9]{4})\Z")
DAY_FIRST_UNBROKEN = re.compile(r"\A([0-9]{2})([0-9]{2})([0-9]{4})\Z")
DAY_NAMED = re.compile(r"\A([0-9]{1,2})[-/., ،]*([^\W\d_]+)[-/., ،]*([0-9]{4})\Z")
MONTHS = (
    ("january", "jan", "جنوری"), ("february", "feb", "فروری"), ("march", "mar", "مارچ"), ("april", "apr", "اپریل"),
    ("may", "مئی", "مئ"), ("june", "jun", "جون"), ("july", "jul", "جولائی"), ("august", "aug", "اگست"),
    ("september", "sep", "ستمبر"), ("october", "oct", "اکتوبر"), ("november", "nov", "نومبر"),
    ("december", "dec", "دسمبر"),
)  # fmt: skip
MONTH_NUMBERS = {name: number for number, names in enumerate(MONTHS, start=1) for name in names}
# With slashes: the parts of 24-11-2026 would change places inside a sentence that runs from the right.
DAY_AS_TYPED = "%d/%m/%Y"
YEAR_FIRST = re.compile(r"\A([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})\Z")


class TypedField(forms.Field):
    """A field whose text `read` turns into a value, or refuses in words for people."""

    empty_value: Any = None
    longest = 100
    attrs: ClassVar[dict[str, str]] = {}
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Please fill this in."),
        "too_long": _("This is too long. Look at it again."),
        "unreadable": _("This cannot be read. Type it again."),
    }

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def to_python(self, value: object) -> Any:
        text = self.cleaned(value)
        if not text:
            return self.empty_value
        try:
            return self.read(text)
        except UnreadableError as error:
            raise ValidationError(str(error), code="invalid") from error

    def cleaned(self, value: object, *, multiline: bool = False) -> str:
        if value in self.empty_values:
            return ""
        try:
            text = str(value)
        except ValueError as error:  # an integer of more than 4,300 digits has no text
            raise self.refusal("unreadable") from error
        self.check_typed_length(text)
        return clean(text, multiline=multiline)

    def check_typed_length(self, text: str) -> None:
        """Refuse before cleaning what is far too long to be meant."""
        if len(text) > self.longest:
            raise self.refusal("too_long")

    def refusal(self, code: str, **params: object) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params or None)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show again what was typed, unless it could not be sent back at all."""
        shown = super().bound_data(data, initial)
        return without_surrogates(shown) if isinstance(shown, str) else shown

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {} if widget.is_hidden else dict(self.attrs)


class TextField(TypedField):
    """One line of words. The direction follows what is typed, so Urdu and English both stand right."""

    empty_value = ""
    attrs: ClassVar[dict[str, str]] = {"dir": "auto"}
    multiline = False
    default_error_messages: ClassVar[dict[str, Any]] = {
        "max_length": ngettext_lazy(
            "Shorten this to %(most)d character. There are %(count)d here.",
            "Shorten this to %(most)d characters. There are %(count)d here.",
            "most",
        ),
    }

    def __init__(self, *, max_length: int = 200, **kwargs: Any) -> None:
        self.max_length = max_length
        super().__init__(**kwargs)

    def to_python(self, value: object) -> str:
        text = self.cleaned(value, multiline=self.multiline)
        if len(text) > self.max_length:
            raise self.refusal("max_length", most=self.max_length, count=len(text))
        return text

    def check_typed_length(self, text: str) -> None:
        if len(text) > 10 * self.max_length + 1000:
            raise self.refusal("max_length", most=self.max_length, count=len(text))


class NameField(TextField):
    """The name of a human being, in any script: letters, and what is written between them."""

    least = 2
    refused = re.compile(r"[\d<>]")
    default_error_messages: ClassVar[dict[str, Any]] = {
        "no_name": _("Write the name in letters, two at least, without digits and signs."),
    }

    def to_python(self, value: object) -> str:
        text = super().to_python(value)
        if text and not self.is_name(text):
            raise self.refusal("no_name")
        return text

    def is_name(self, text: str) -> bool:
        kinds = [category(char) for char in text]
        return sum(kind[0] == "L" for kind in kinds) >= self.least and not (self.refused.search(text) or "So" in kinds)


class BusinessNameField(NameField):
    """What a business is called: 786 Traders is a name, 786 is none."""

    least = 1
    refused = re.compile(r"[<>]")
    default_error_messages: ClassVar[dict[str, Any]] = {
        "no_name": _("Write the name with letters, as people say it, without pictures and the signs < and >."),
    }


class LongTextField(TextField):
    """Several lines of words."""

    widget = forms.Textarea(attrs={"rows": 4})
    multiline = True

    def __init__(self, *, max_length: int = 2000, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)


class CnicField(TypedField):
    """13 digits of an identity card. `on_file`: those of somebody who is with us already, whatever was taken then."""

    empty_value = ""
    attrs: ClassVar[dict[str, str]] = {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Enter all 13 digits of the CNIC."),
        "filler": _("No card has this number. Copy the 13 digits from the card."),
    }

    def __init__(self, *, on_file: bool = False, **kwargs: Any) -> None:
        self.on_file = on_file
        super().__init__(**kwargs)

    def read(self, text: str) -> str:
        if not self.on_file and cnic.is_filler(text):
            raise self.refusal("filler")
        return cnic.parse(text)

    def prepare_value(self, value: Any) -> Any:
        """Show a whole number as the card does; what cannot be read stays as it was typed."""
        return cnic.display(value) if isinstance(value, str) and re.fullmatch("[0-9]{13}", value) else value


class PhoneField(TypedField):
    """A mobile number of Pakistan."""

    empty_value = ""
    widget = forms.TelInput
    attrs: ClassVar[dict[str, str]] = {"inputmode": "tel", "dir": "ltr", "autocomplete": "tel"}
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Enter a mobile number of 11 digits that begins with 03.")
    }

    def read(self, text: str) -> str:
        return phones.parse(text)

    def prepare_value(self, value: Any) -> Any:
        return phones.display(value) if isinstance(value, str) and re.fullmatch(r"\+923[0-9]{9}", value) else value


class WholeNumberField(TypedField):
    """A whole number between two bounds."""

    attrs: ClassVar[dict[str, str]] = {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Enter a number."),
        "invalid": _("Write a whole number in digits, such as 12."),
        "fraction": _("Write a whole number, without a point."),
        "min_value": _("Enter %(least)s or more."),
        "max_value": _("Enter %(most)s or less."),
    }

    def __init__(self, *, min_value: int = 0, max_value: int = LARGEST, **kwargs: Any) -> None:
        self.min_value, self.max_value = min_value, max_value
        super().__init__(**kwargs)

    def read(self, text: str) -> int:
        typed = SEPARATORS.sub(",", ascii_digits(text))
        if FRACTION.match(typed):
            raise self.refusal("fraction")
        if not (typed.isdecimal() or GROUPED.match(typed)):
            raise self.refusal("invalid")
        digits = typed.replace(",", "").lstrip("0") or "0"
        # No longer text is turned into a number than the largest has digits.
        number = int(digits) if len(digits) <= len(str(self.max_value)) else self.max_value + 1
        if number > self.max_value:
            raise self.refusal("max_value", most=self.said(self.max_value))
        if number < self.min_value:
            raise self.refusal("min_value", least=self.said(self.min_value))
        return number

    def said(self, number: int) -> str:
        return f"{number:,}"


class CalendarYearField(WholeNumberField):
    """A year, which nobody writes in groups of digits."""

    def said(self, number: int) -> str:
        return str(number)


class RupeesField(WholeNumberField):
    """Whole rupees: 4000, 4,000, Rs 4,000/- and ۴۰۰۰ are the same amount."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Enter an amount in rupees."),
        "invalid": _("Write the amount in digits, such as 4,000."),
        "fraction": _("Write whole rupees, without paisa."),
        "min_value": _("Enter Rs %(least)s or more."),
        "max_value": _("Enter Rs %(most)s or less."),
    }

    def __init__(self, *, min_value: int = 1, max_value: int = LARGEST, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def read(self, text: str) -> int:
        return super().read(RUPEE_WORDS.sub("", text))


@keep_lazy_text
def with_today(sentence: Any) -> str:
    """The sentence with today as its example: neither past where a day is to come, nor to come where it was."""
    return str(sentence).format(day=timezone.localdate().strftime(DAY_AS_TYPED))


class DayField(TypedField):
    """A day, written day first as in Pakistan, with the month in digits or by name, or as computers write it."""

    attrs: ClassVar[dict[str, str]] = {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Enter a day."),
        "invalid": with_today(_("Write day, month and year in digits, such as {day}.")),
        "no_such_day": _("There is no such day. Look at the day and the month again."),
        "far": _("Look at the year again."),
    }

    def __init__(self, *, help_text: Any = "", **kwargs: Any) -> None:
        # Not everybody has a date picker, and none is used here: an example says how a day is written.
        such_as = with_today(_("Such as {day}."))
        super().__init__(help_text=format_lazy("{} {}", help_text, such_as) if help_text else such_as, **kwargs)

    def to_python(self, value: object) -> date | None:
        return value if isinstance(value, date) else super().to_python(value)

    def read(self, text: str) -> date:
        typed = ascii_digits(text)
        if found := DAY_FIRST.match(typed) or DAY_FIRST_UNBROKEN.match(typed):
            day, month, year = map(int, found.groups())
        elif found := YEAR_FIRST.match(typed):
            year, month, day = map(int, found.groups())
        elif (found := DAY_NAMED.match(typed)) and (month := month_named(found[2])):
            day, year = int(found[1]), int(found[3])
        else:
            raise self.refusal("invalid")
        try:
            read = date(year, month, day)
        except ValueError as error:
            raise self.refusal("no_such_day") from error
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise self.refusal("far")
        return read

    def prepare_value(self, value: Any) -> Any:
        return value.strftime(DAY_AS_TYPED) if isinstance(value, date) else value


def month_named(name: str) -> int:
    """The number of the month with this name in English or Urdu; 0 for no month."""
    return MONTH_NUMBERS.get(name.casefold().translate(ARABIC_TO_URDU), 0)


class BirthYearField(TypedField):
    """The year in which somebody was born."""

    attrs: ClassVar[dict[str, str]] = {"inputmode": "numeric", "dir": "ltr", "autocomplete": "bday-year"}
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Enter the year of birth."),
        "invalid": _("Write the year of birth with four digits, such as 1988."),
        "far": _("Look at the year of birth again."),
    }

    def __init__(self, *, today: Callable[[], date] = timezone.localdate, **kwargs: Any) -> None:
        self.today = today
        super().__init__(**kwargs)

    def read(self, text: str) -> int:
        typed = ascii_digits(text)
        if not re.fullmatch("[0-9]{4}", typed):
            raise self.refusal("invalid")
        if not FIRST_YEAR <= int(typed) <= self.today().year:
            raise self.refusal("far")
        return int(typed)


class CodeField(TypedField):
    """A one-time code, which phones offer to fill in by themselves."""

    empty_value = ""
    attrs: ClassVar[dict[str, str]] = {"inputmode": "numeric", "dir": "ltr", "autocomplete": "one-time-code"}
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Enter the code."),
        "invalid": ngettext_lazy(
            "Enter the %(length)d digit of the code.", "Enter all %(length)d digits of the code.", "length"
        ),
    }

    def __init__(self, *, length: int = 6, **kwargs: Any) -> None:
        self.length = length
        super().__init__(**kwargs)

    def read(self, text: str) -> str:
        typed = re.sub(r"[\s-]", "", ascii_digits(text))
        if not re.fullmatch(f"[0-9]{{{self.length}}}", typed):
            raise self.refusal("invalid", length=self.length)
        return typed


class VersionField(TypedField):
    """The version of the record that a form was filled from; hidden, and refused when somebody changes it."""

    widget = forms.HiddenInput
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("This page is not complete. Open it again."),
        "invalid": _("This page is not complete. Open it again."),
    }

    def read(self, text: str) -> int:
        if not re.fullmatch("[0-9]{1,10}", text) or int(text) > LARGEST:
            raise self.refusal("invalid")
        return int(text)
