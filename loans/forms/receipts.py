"""What the cashier types at the counter."""

from crispy_forms.bootstrap import PrependedText
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.fields import (
    DayField,
    RupeesField,
    TextField,
    TypedField,
    WholeNumberField,
)
from loans import slips
from loans.forms.parts import helper_of


class SlipField(TypedField):
    """Book and number of a paper slip: 118/0802."""

    attrs = {"inputmode": "text", "dir": "ltr", "autocomplete": "off"}
    default_error_messages = {"required": gettext_lazy("Enter the number on the slip, such as 118/0802.")}

    def read(self, text):
        return slips.parse(text)

    def prepare_value(self, value):
        return str(value) if isinstance(value, slips.Slip) else value


class ReceiptForm(forms.Form):
    """What the cashier reads off money and slip. What is due stands beside: nobody posts it by pressing alone."""

    amount = RupeesField(label=gettext_lazy("Amount received"), widget=forms.TextInput(attrs={"autofocus": True}))
    slip = SlipField(
        label=gettext_lazy("Number on the slip"), help_text=gettext_lazy("Book and number, such as 118/0802.")
    )
    received_on = DayField(label=gettext_lazy("Day the money was given"))
    correction = WholeNumberField(widget=forms.HiddenInput, required=False, max_value=99)

    def __init__(self, *args, due, is_ahead, balance, last_slip, **kwargs):
        super().__init__(*args, **kwargs)
        said = {"due": f"{due:,}", "balance": f"{balance:,}"}
        if is_ahead:
            said_plainly = _("Next instalment: Rs %(due)s, not due yet. Left to pay in all: Rs %(balance)s.")
        else:
            said_plainly = _("Due now: Rs %(due)s. Left to pay in all: Rs %(balance)s.")
        self.fields["amount"].help_text = said_plainly % said
        if last_slip:
            self.fields["slip"].help_text = _("Book and number. Your last one was %(slip)s.") % {"slip": last_slip}
        self.fields["received_on"].initial = timezone.localdate

    @cached_property
    def helper(self):
        return helper_of(
            PrependedText("amount", _("Rs")), "slip", "received_on", "correction", button=_("Go on"), method="get"
        )

    def facts(self):
        """What the action posts."""
        typed = self.cleaned_data
        return {
            "amount": typed["amount"],
            "received_on": typed["received_on"],
            "book": typed["slip"].book,
            "number": typed["slip"].number,
            "correction": typed["correction"] or 0,
        }


class ReverseForm(forms.Form):
    reason = TextField(
        label=gettext_lazy("Why is this receipt wrong?"),
        help_text=gettext_lazy("For instance: posted for the wrong borrower."),
    )

    @cached_property
    def helper(self):
        return helper_of("reason", button=_("Reverse this receipt"))
