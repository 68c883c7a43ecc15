from crispy_forms.bootstrap import InlineRadios
from crispy_forms.layout import Row
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.kin import Relation
from enterprises.models import Sex
from kit.fields import (
    CnicField,
    CodeField,
    NameField,
    PhoneField,
    TextField,
    VersionField,
)
from loans.forms.parts import CHOOSE, helper_of
from loans.models import Guarantor

FAMILY = Guarantor.Relation.FAMILY.value


class SignedForm(forms.Form):
    """They signed on paper before a witness."""

    witness = TextField(
        label=gettext_lazy("Who witnessed the signature?"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write who witnessed the signature.")},
    )

    @cached_property
    def helper(self):
        return helper_of("witness", button=_("They signed on paper"), css_class="quiet")


class SaidForm(forms.Form):
    """The digits that the guarantor read out from their own phone."""

    code = CodeField(label=gettext_lazy("The code that they read out"))

    @cached_property
    def helper(self):
        return helper_of("code", button=_("They say yes"))


class TakeBackForm(forms.Form):
    reason = TextField(
        label=gettext_lazy("What did they say?"),
        max_length=300,
        error_messages={"required": gettext_lazy("Write what they said.")},
    )

    @cached_property
    def helper(self):
        return helper_of("reason", button=_("They do not vouch any more"), css_class="quiet")


class GuarantorForm(forms.Form):
    """`is_somebody_else` is asked where the action found a relative of the same name."""

    not_kept = ("has_agreed", "is_somebody_else")

    version = VersionField()
    cnic = CnicField(
        label=gettext_lazy("CNIC of the guarantor"),
        error_messages={"required": gettext_lazy("Enter the 13 digits on the guarantor's card.")},
    )
    name = NameField(label=gettext_lazy("Name as on the card"), max_length=120)
    sex = forms.ChoiceField(
        label=gettext_lazy("The guarantor is"), choices=Sex.choices, widget=forms.RadioSelect, error_messages=CHOOSE
    )
    phone = PhoneField(label=gettext_lazy("Mobile number"))
    relation = forms.ChoiceField(
        label=gettext_lazy("How is this person related to the applicant?"),
        choices=[
            ("", gettext_lazy("Choose one")),
            (gettext_lazy("Not of the family"), [one for one in Guarantor.Relation.choices if one[0] != FAMILY]),
            (gettext_lazy("Family"), [(f"{FAMILY}-{value}", label) for value, label in Relation.choices]),
        ],
        error_messages=CHOOSE,
    )
    has_agreed = forms.BooleanField(
        label=gettext_lazy("I explained what a guarantor signs, and they agreed"),
        error_messages={"required": gettext_lazy("A guarantor must know what they sign, and agree.")},
    )

    consent = forms.ChoiceField(
        label=gettext_lazy("How do they say yes?"),
        choices=[one for one in Guarantor.Consent.choices if one[0] != Guarantor.Consent.BEFORE],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    witness = TextField(
        label=gettext_lazy("Who witnessed the signature?"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Only for a signature on paper: where several people share a phone, for instance."),
    )
    is_somebody_else = forms.BooleanField(label=gettext_lazy("Somebody else of the same name"), required=False)

    @cached_property
    def helper(self):
        return helper_of(
            "version",
            Row("cnic", "phone"),
            "name",
            *(["is_somebody_else"] if "is_somebody_else" in self.data or "is_somebody_else" in self.errors else []),
            InlineRadios("sex"),
            "relation",
            "has_agreed",
            "consent",
            "witness",
            button=_("Add this guarantor"),
            css_class="quiet",
        )

    def facts(self):
        """What the action keeps; that they agreed is why it is called at all."""
        kept = {name: value for name, value in self.cleaned_data.items() if name != "has_agreed"}
        relation, _dash, kinship = kept["relation"].partition("-")
        return kept | {"relation": relation} | ({"kinship": kinship} if kinship else {})
