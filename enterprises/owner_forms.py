"""Forms about the owners of a business: finding one on file, writing down that they own it, and that they left."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kit.fields import LongTextField, TextField


class FindOwnerForm(forms.Form):
    text = TextField(
        label=_("Card number, mobile number, reference or name"),
        help_text=_("Whoever is on file in your districts. Nothing is typed anew."),
        max_length=120,
    )

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("text", ButtonHolder(Submit("find", _("Find"))))
        return helper


class AddOwnerForm(forms.Form):
    not_kept = ("is_agreed",)

    is_agreed = forms.BooleanField(
        label=_("The owner on file and this person both told me so"),
        error_messages={"required": _("Ask both first: a new owner sees everything about the business.")},
    )

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("is_agreed", ButtonHolder(Submit("add", _("Add this owner"), css_class="onward")))
        return helper


class EndOwnerForm(forms.Form):
    reason = LongTextField(label=_("Why are they no longer an owner?"), max_length=300)

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("reason", ButtonHolder(Submit("end", _("Take this owner off"), css_class="alt")))
        return helper
