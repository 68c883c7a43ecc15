"""The money was given back, or the lender gives up hope."""

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.fields import TextField
from loans.forms.parts import helper_of


class GiveBackForm(forms.Form):
    reason = TextField(label=gettext_lazy("Why does the money come back?"), max_length=120)
    paper = TextField(
        label=gettext_lazy("Paper that says so"),
        max_length=60,
        help_text=gettext_lazy("For instance: number of the bank slip, or of the signed sheet."),
    )

    @cached_property
    def helper(self):
        return helper_of("reason", "paper", button=_("The money is back: cancel the loan"))


class WriteOffForm(forms.Form):
    reason = TextField(label=gettext_lazy("Why is there no hope?"), help_text=gettext_lazy("Colleagues read it."))

    @cached_property
    def helper(self):
        return helper_of("reason", button=_("Write the rest off"))
