from crispy_forms.bootstrap import PrependedText
from crispy_forms.layout import Fieldset, Row, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework import limits
from casework.forms.parts import helper_of
from kit.fields import LongTextField, RupeesField, TextField, VersionField, WholeNumberField


class BusinessPlanForm(forms.Form):
    """One page: what for, what comes in and goes out in a month, own money, the loan and how long."""

    # In the order of the page, so that the first error that is named is the first one there.
    version = VersionField(required=False)
    sales = RupeesField(label=gettext_lazy("Sales in a month"), min_value=0, max_value=100_000_000)
    costs = RupeesField(
        label=gettext_lazy("Costs in a month"),
        min_value=0,
        max_value=100_000_000,
        help_text=gettext_lazy("Material, rent, electricity, wages, transport."),
    )
    purpose = TextField(
        label=gettext_lazy("What the money is for"),
        help_text=gettext_lazy("For instance: a second sewing machine and cloth for a month."),
    )
    own_share = RupeesField(label=gettext_lazy("Own money for this"), min_value=0, max_value=100_000_000)
    loan_wanted = RupeesField(label=gettext_lazy("Loan wanted"), max_value=10_000_000)
    months = WholeNumberField(label=gettext_lazy("Months to pay it back"), min_value=1, max_value=60)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if most := limits.most_lent():
            wanted = self.fields["loan_wanted"]
            wanted.max_value = most
            wanted.help_text = _("No loan on offer is larger than Rs %(most)s.") % {"most": f"{most:,}"}

    @cached_property
    def helper(self):
        sales, costs, own_share, loan_wanted = (
            PrependedText(name, _("Rs")) for name in ("sales", "costs", "own_share", "loan_wanted")
        )
        return helper_of(
            "version",
            Fieldset(gettext_lazy("The business in a month"), Row(sales, costs)),
            Fieldset(gettext_lazy("What is wanted"), "purpose", Row(own_share, loan_wanted), "months"),
            Submit("save", gettext_lazy("Save the plan")),
        )


class BusinessPlanChangeForm(BusinessPlanForm):
    """The same page once more, with the version that it was filled from."""

    version = VersionField()


class ReturnForm(forms.Form):
    version = VersionField()
    remark = LongTextField(
        label=gettext_lazy("What is missing"),
        max_length=300,
        help_text=gettext_lazy("The author reads this, nobody outside SMEDA."),
    )

    @cached_property
    def helper(self):
        return helper_of("version", "remark", Submit("return", gettext_lazy("Send back")))
