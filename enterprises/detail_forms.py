"""What is asked after the registration, page by page: forms whose fields are those of the record."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Row, Submit
from django import forms
from django.conf import settings
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from enterprises.business_questions import FROM_THE_LIST, SinceQuestion, first_day, help_field, offer_help, what_field
from enterprises.forms import UNDECIDED, radios
from enterprises.models import Enterprise, Person, Sector
from journal.differences import fields_beside
from kit import words
from kit.fields import (
    BirthYearField,
    BusinessNameField,
    RupeesField,
    VersionField,
    WholeNumberField,
)


class DetailsForm(forms.Form):
    """One page of what is asked later, about the record `of`. Everything may stay empty.

    `subject` says whose fields they are; `MADE` names fields of the record that several of the form's say together.
    """

    subject = "person"
    MADE: dict[str, tuple[str, ...]] = {}

    version = VersionField()

    def __init__(self, *args, of=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.of = of
        if of is not None:
            self.initial = {name: getattr(of, name) for name in (*self.told(), "version")} | self.initial

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout(*self.rows(), ButtonHolder(Submit("save", _("Save"), css_class="onward")))
        return helper

    def rows(self):
        return list(self.fields)

    @classmethod
    def told(cls):
        """The names of the record's fields that this page asks for."""
        parts = {part: name for name, parts in cls.MADE.items() for part in parts}
        names = [*(cls.field_order or ()), *cls.base_fields]
        return list(dict.fromkeys(parts.get(name, name) for name in names if name != "version"))


def choice(choices, **kwargs):
    """One of several, or nothing said."""
    return radios([*choices, ("", _("Not said"))], required=False, **kwargs)


class AboutYouForm(DetailsForm):
    birth_year = BirthYearField(label=_("Year of birth"), required=False)
    language = radios(settings.LANGUAGES, label=_("In which language may we write to you?"))
    channel = choice(Person.Channel.choices, label=_("How do we reach you best?"))
    reading = choice(Person.Reading.choices, label=_("How do you read?"))
    education = choice(Person.Education.choices, label=_("How far did you go to school?"))
    disability = choice(
        Person.Disability.choices,
        label=_("Do you have a disability?"),
        help_text=_("So that we come to you, or find you a class that suits. You need not say."),
    )


class SinceForm(SinceQuestion, DetailsForm):
    """Since when a business runs, as one field of its record."""

    subject = "enterprise"
    MADE = {"started_on": ("started_month", "started_year")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if since := self.initial.pop("started_on", None):
            self.initial |= {"started_month": str(since.month), "started_year": since.year}

    def clean(self):
        cleaned = super().clean()
        year, month = cleaned.pop("started_year", None), cleaned.pop("started_month", "")
        if not self.errors:
            cleaned["started_on"] = first_day(year, month) if year else None
        return cleaned

    def beside(self, record):
        """Month and year are one thing of the record's, and stand beside it as one."""
        yield from fields_beside(self, record)
        yours, theirs = self.cleaned_data["started_on"], record.started_on
        label = capfirst(record._meta.get_field("started_on").verbose_name)
        yield (
            label,
            words.plain(words.since(yours)) if yours else "",
            words.plain(words.since(theirs)) if theirs else "",
        )


class BusinessForm(SinceForm):
    """What the business is and does. The kind of work, once said, gives way to another one alone."""

    name = BusinessNameField(label=_("Name of the business"), max_length=120, required=False)
    sector = forms.ChoiceField(label=_("What kind of work is it?"), error_messages=FROM_THE_LIST, required=False)
    what = what_field()
    help_wanted = help_field()
    premises = choice(Enterprise.Premises.choices, label=_("Where do you work?"))
    area = choice(Enterprise.Area.choices, label=_("What kind of place is it?"))
    legal_form = choice(Enterprise.LegalForm.choices, label=_("Whose business is it?"))
    field_order = ["version", "name", "sector", "what", "started_month", "started_year"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_idea = self.of is not None and self.of.stage == Enterprise.Stage.IDEA
        lines = Sector.objects.all() if self.is_idea else Sector.objects.exclude(code=UNDECIDED)
        self.fields["sector"].choices = [("", _("Not said yet")), *lines.for_choices()]
        if self.initial.get("sector"):
            self.initial["sector"] = self.initial["sector"].code
        offer_help(self, "help_wanted", is_idea=self.is_idea)
        if self.is_idea:
            del self.fields["started_month"], self.fields["started_year"]

    def rows(self):
        since = [] if self.is_idea else [Row("started_month", "started_year")]
        before, after = ["version", "name", "sector", "what"], ["help_wanted", "premises", "area", "legal_form"]
        return [*before, *since, *after]

    def clean_sector(self):
        code = self.cleaned_data["sector"]
        return Sector.objects.get(code=code) if code else getattr(self.of, "sector", None)


def is_absurd(sales, per):
    """More of a month than anybody can mean: a sum of a year, say, written down for a day."""
    return Enterprise(sales=sales, sales_per=per).sales_a_month > Enterprise.MOST_A_MONTH


class SizeForm(DetailsForm):
    subject = "enterprise"

    sales = RupeesField(
        label=_("How much do you sell?"),
        help_text=_("All that customers pay you, before costs. A guess is fine."),
        max_value=Enterprise.MOST_A_MONTH,
        required=False,
    )
    sales_per = choice(Enterprise.Per.choices, label=_("That is for"))
    workers = WholeNumberField(
        label=_("How many people work there?"),
        help_text=_("With you and your family."),
        max_value=10_000,
        required=False,
    )
    women = WholeNumberField(label=_("How many of them are women?"), max_value=10_000, required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("sales") is not None and not cleaned.get("sales_per") and "sales_per" not in self.errors:
            self.add_error("sales_per", _("Say whether this is for a day, a week, a month or a year."))
        if cleaned.get("sales") is None:
            cleaned["sales_per"] = ""
        elif cleaned.get("sales_per") and is_absurd(cleaned["sales"], cleaned["sales_per"]):
            self.add_error("sales", _("That is too much for a small business. Look at the sum again."))
        workers, women = cleaned.get("workers"), cleaned.get("women")
        if women is not None and (workers is None or women > workers) and "workers" not in self.errors:
            self.add_error("women", _("There cannot be more women than people who work there."))
        return cleaned
