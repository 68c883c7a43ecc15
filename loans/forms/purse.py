from crispy_forms.bootstrap import PrependedText
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.fields import DayField, RupeesField, TextField
from loans.forms.parts import CHOOSE, helper_of
from loans.models import PurseEntry

# Rupees: far above any fund.
MOST = 10**12


class MoneyForm(forms.Form):
    """What stands on the funder's letter or the bank's slip."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happened?"),
        choices=[
            (PurseEntry.Kind.RECEIVED, gettext_lazy("Money came from the funder")),
            (PurseEntry.Kind.RETURNED, gettext_lazy("Money went back to the funder")),
        ],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    amount = RupeesField(label=gettext_lazy("Amount"), max_value=MOST)
    on = DayField(label=gettext_lazy("Day on the paper"))
    paper = TextField(
        label=gettext_lazy("Number of the letter or the bank's slip"), max_length=PurseEntry.paper.field.max_length
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate

    @cached_property
    def helper(self):
        return helper_of("kind", PrependedText("amount", _("Rs")), "on", "paper", button=_("Write it down"))
