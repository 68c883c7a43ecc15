"""The form with which a card number is added to somebody who had none."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kit.fields import CnicField, VersionField


class CardNumberForm(forms.Form):
    not_kept = ("is_card_seen",)

    version = VersionField()
    cnic = CnicField(label=_("CNIC number"), help_text=_("13 digits, with or without dashes."))
    is_card_seen = forms.BooleanField(
        label=_("I have the card in my hand"),
        help_text=_("Without it the number counts as claimed, until somebody has seen the card."),
        required=False,
    )

    @cached_property
    def helper(self):
        helper = FormHelper()
        add = Submit("add", _("Add the card number"), css_class="onward")
        helper.layout = Layout(*self.fields, ButtonHolder(add))
        return helper
