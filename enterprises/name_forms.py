"""The form with which a name on file is put right."""

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises.forms import radios
from enterprises.models import Person, Sex
from kit.fields import LongTextField, NameField, VersionField


class NameForm(forms.Form):
    not_kept = ("is_card_seen",)

    version = VersionField()
    name = NameField(label=_("Full name"), help_text=_("As it is on the CNIC"), max_length=120)
    parent_relation = radios(Person.Relation.choices, label=_("Name beside it on the card"), required=False)
    parent_name = NameField(label=_("Father's or husband's name"), max_length=120, required=False)
    sex = radios(Sex.choices, label=_("Sex"))
    reason = LongTextField(label=_("What was wrong?"), max_length=300)
    is_card_seen = forms.BooleanField(
        label=_("I have the card in my hand"),
        help_text=_(
            "Without it the name counts as written down for them, and they are asked whether it is right. "
            "The sex is changed with it alone."
        ),
        required=False,
    )

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout(
            "version",
            "name",
            InlineRadios("parent_relation"),
            "parent_name",
            InlineRadios("sex"),
            "reason",
            "is_card_seen",
            ButtonHolder(Submit("correct", _("Correct it"), css_class="onward")),
        )
        return helper

    def clean(self):
        """A name and whose it is go together: one without the other is asked for."""
        cleaned = super().clean()
        if cleaned.get("parent_name") and not cleaned.get("parent_relation") and "parent_relation" not in self.errors:
            self.add_error("parent_relation", _("Say whether this is the father or the husband."))
        if "parent_name" in cleaned and not cleaned["parent_name"]:
            cleaned["parent_relation"] = ""
        return cleaned
