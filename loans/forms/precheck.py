from crispy_forms.bootstrap import PrependedText
from crispy_forms.layout import Row
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.fields import RupeesField, WholeNumberField
from loans.forms.applications import OfferField
from loans.forms.parts import helper_of
from loans.models.products import MOST_MONTHS, MOST_RUPEES


class CheckForm(forms.Form):
    """What somebody would ask for. Nothing of it is kept."""

    ref = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    offer = OfferField(label=gettext_lazy("What the loan is for"))
    amount = RupeesField(label=gettext_lazy("Amount"), max_value=MOST_RUPEES)
    months = WholeNumberField(label=gettext_lazy("Months to repay"), min_value=1, max_value=MOST_MONTHS)
    income = RupeesField(
        label=gettext_lazy("What the business leaves a month"),
        min_value=0,
        max_value=MOST_RUPEES,
        required=False,
        help_text=gettext_lazy("Sales of a month, minus all costs. Leave it empty where you do not know."),
    )

    def __init__(self, *args, offers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["offer"].queryset = offers

    @cached_property
    def helper(self):
        return helper_of(
            "ref",
            "offer",
            Row(PrependedText("amount", _("Rs")), "months"),
            PrependedText("income", _("Rs")),
            button=_("Check"),
            method="get",
        )
