"""Forms about people who could be on file already: looking them up, saying whether it is they, telling two apart."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Row, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from enterprises.forms import radios
from enterprises.likeness import Facts
from kit.fields import CalendarYearField, CnicField, PhoneField, TextField, VersionField
from kit.text import apart


def while_typing(helper):
    """Let a form's helper fetch, while somebody types, the list of those who look alike; without JavaScript nothing."""
    helper.attrs |= {
        "hx-post": reverse("enterprises:person-find"),
        "hx-trigger": "input changed delay:400ms",
        "hx-target": "#look-alikes",
        "hx-sync": "this:replace",
    }
    return helper


def likeness_of(form):
    """What the valid form of a registration says that others on file could be known by."""
    said = form.cleaned_data
    facts = {name: value for name, value in form.facts().items() if name not in {"phone_owner", "language"}}
    return Facts(**facts, cnic=said["cnic"], districts=frozenset({said["district"].pk}))


def card_of(form):
    """What a registration says of the card and its bearer, though the rest of it may not be valid yet."""
    said = form.cleaned_data
    return Facts(**{name: said.get(name, "") for name in ("name", "sex", "parent_name", "phone")}, cnic=number_in(form))


def number_in(form):
    """The card number that was typed, also where it is refused: somebody else has it."""
    try:
        return form["cnic"].field.clean(form["cnic"].data)
    except ValidationError:
        return ""


class LookUpForm(forms.Form):
    """What a colleague knows of somebody who may be on file. Nothing is stored, and what is half typed does no harm."""

    name = TextField(label=_("Full name"), max_length=120, error_messages={"required": _("Write the name.")})
    parent_name = TextField(label=_("Father's or husband's name"), max_length=120, required=False)
    birth_year = CalendarYearField(label=_("Year of birth"), min_value=1900, required=False)
    phone = PhoneField(label=_("Mobile number"), required=False)
    cnic = CnicField(label=_("CNIC number"), required=False, on_file=True)
    # Asked on the pages that register somebody, not where somebody is only looked up.
    sex = forms.CharField(max_length=12, required=False)
    parent_relation = forms.CharField(max_length=10, required=False)

    def facts(self):
        """What can be read so far."""
        known = {name: value for name in self.fields if (value := self.cleaned_data.get(name))}
        return Facts(**{"name": ""} | known)

    def compared(self):
        """What was compared with those on file, as the page calls it."""
        return [field.label for name, field in self.fields.items() if field.label and self.cleaned_data.get(name)]

    @cached_property
    def helper(self):
        helper = while_typing(FormHelper())
        helper.layout = Layout(
            "name", "parent_name", Row("birth_year", "phone"), "cnic", ButtonHolder(Submit("look", _("Look")))
        )
        return helper


# To a partner's clerk, who learns no more of whoever is on file.
SOMEBODY_ALIKE = _("Somebody like this is on file. Register them only if they say that they never registered.")


class AskedWithin:
    """A question, `person`, that is asked on the page of another form too, beside what was typed there."""

    def ask_within(self, form):
        """Put it there; return whether it is answered."""
        form.fields["person"] = self.fields["person"]
        for error in self.errors.get("person", []):
            form.add_error("person", error)
        return self.is_valid()


class NeverRegisteredForm(AskedWithin, forms.Form):
    """Asked of a partner's clerk before somebody is registered who looks like people on file, who stay unnamed."""

    person = forms.BooleanField(
        label=_("They say that they never registered"), error_messages={"required": SOMEBODY_ALIKE}
    )

    def clean_person(self):
        """It is nobody on file."""


class SamePersonForm(AskedWithin, forms.Form):
    """Asked before somebody new is registered who looks like people on file. `person` is one of them, or None."""

    NEW = "new"

    person = radios((), label=_("Is it one of these people?"))

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        same = _("It is the same person: go on with this record")
        choices = [(pk, format_lazy("{} · {}", apart(person.name), same)) for pk, person in self.people.items()]
        self.fields["person"].choices = [*choices, (self.NEW, _("Somebody else: register"))]
        self.fields["person"].error_messages["required"] = _("Say whether it is one of these people or somebody else.")

    def clean_person(self):
        return self.people.get(self.cleaned_data["person"])


class SameBusinessForm(forms.Form):
    """Asked of whoever registers and has a business with us already."""

    SAME, ANOTHER = "same", "another"

    which = radios(
        [
            (SAME, _("Yes, it is with you already: do not register it again")),
            (ANOTHER, _("No, it is another business: register it too")),
        ],
        label=_("Is it the business that you were about to register?"),
    )

    def __init__(self, *args, several=False, **kwargs):
        super().__init__(*args, **kwargs)
        if several:
            self.fields["which"].label = _("Is one of these the business that you were about to register?")
            self.fields["which"].choices = [
                (self.SAME, _("Yes, one of these: do not register it again")),
                (self.ANOTHER, _("No, none of these: register it too")),
            ]

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("which", ButtonHolder(Submit("go", _("Continue"), css_class="onward")))
        return helper


class TellApartForm(forms.Form):
    version = VersionField()
