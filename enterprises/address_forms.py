"""Addresses: five short questions, of which the district alone must be answered."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Fieldset, Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises.actions.addresses import Whereabouts
from enterprises.models import Statement
from kit.fields import TextField, VersionField
from places.forms import TownOrDistrictField


class BusinessAddressForm(forms.Form):
    """Where the business is; its district is known. `is_staff` also asks how the colleague knows."""

    version = VersionField()
    place = TextField(
        label=_("Mohalla, street or village"), help_text=_("House or shop number too, if it has one."), required=False
    )
    landmark = TextField(
        label=_("A landmark near it"), help_text=_("A mosque, a school, a bridge: how would you explain the way?"),
        required=False,
    )  # fmt: skip
    tehsil = TextField(label=_("Tehsil or taluka"), max_length=80, required=False)
    tehsil_unknown = forms.BooleanField(label=_("I do not know the tehsil"), required=False)
    union_council = TextField(label=_("Union council"), max_length=80, required=False)
    union_council_unknown = forms.BooleanField(label=_("I do not know the union council"), required=False)
    source = forms.ChoiceField(
        label=_("How do you know?"),
        choices=[(Statement.Source.ASSISTED, _("They told me")), (Statement.Source.CARD, _("I saw it on the card"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")},
    )

    def __init__(self, *args, is_staff, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_staff:
            del self.fields["source"]

    @cached_property
    def helper(self):
        helper = FormHelper()
        about = Fieldset(_("If you know them"), "tehsil", "tehsil_unknown", "union_council", "union_council_unknown")
        named = {*about.fields, "version", "source"}
        asked = [name for name in self.fields if name not in named]
        source = ["source"] if "source" in self.fields else []
        save = ButtonHolder(Submit("save", _("Save the address"), css_class="onward"))
        helper.layout = Layout("version", *asked, about, *source, save)
        return helper

    def clean(self):
        cleaned = super().clean()
        for name in ("tehsil", "union_council"):
            if cleaned.get(name) and cleaned.get(f"{name}_unknown"):
                self.add_error(name, _("Either write the name, or tick that you do not know it."))
        return cleaned

    def whereabouts(self, **others):
        names = set(Whereabouts.__dataclass_fields__) & set(self.cleaned_data)
        return Whereabouts(**{name: self.cleaned_data[name] for name in names} | others)

    def source_said(self):
        return self.cleaned_data.get("source") or Statement.Source.SELF


class PresentAddressForm(BusinessAddressForm):
    district = TownOrDistrictField(label=_("District or town"))
    field_order = ["version", "district"]


class PermanentAddressForm(PresentAddressForm):
    same = forms.BooleanField(label=_("It is the same as the present address"), required=False)
    field_order = ["version", "same", "district"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("same"):
            self.errors.pop("district", None)
        return cleaned
