"""What officers, committee members and cashiers type, as clean values. What is typed is kept by the actions."""

from crispy_forms.bootstrap import FormActions, InlineRadios, PrependedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row, Submit
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.kin import Relation
from enterprises.models import Sex
from kit.fields import (
    CnicField,
    DayField,
    NameField,
    PhoneField,
    RupeesField,
    TextField,
    TypedField,
    VersionField,
    WholeNumberField,
)
from loans import slips
from loans.models import Application, Guarantor, Product, RefusalReason

FAMILY = Guarantor.Relation.FAMILY.value
CHOOSE = {
    "required": gettext_lazy("Choose one of these."),
    "invalid_choice": gettext_lazy("Choose one of these."),
}
YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]


def helper_of(*layout, button, css_class="onward"):
    """A form's helper with this layout and one button."""
    helper = FormHelper()
    helper.layout = Layout(*layout, FormActions(Submit("save", button, css_class=css_class)))
    return helper


class SlipField(TypedField):
    """Book and number of a paper slip: 118/0802."""

    attrs = {"inputmode": "text", "dir": "ltr", "autocomplete": "off"}
    default_error_messages = {"required": gettext_lazy("Enter the number on the slip, such as 118/0802.")}

    def read(self, text):
        return slips.parse(text)

    def prepare_value(self, value):
        return str(value) if isinstance(value, slips.Slip) else value


class ProductField(forms.ModelChoiceField):
    """A kind of loan, each with its amounts and the months over which it is repaid. None is chosen beforehand."""

    def __init__(self, **kwargs):
        super().__init__(
            Product.objects.none(), empty_label=gettext_lazy("Choose one"), error_messages=CHOOSE, **kwargs
        )

    def label_from_instance(self, product):
        return _("%(loan)s: Rs %(least)s to %(most)s, %(months)s") % {
            "loan": product.label,
            "least": f"{product.min_amount:,}",
            "most": f"{product.max_amount:,}",
            "months": product.months_in_words,
        }


class TakeUpForm(forms.Form):
    """Everything else is known: it comes from the record, the case and the approved business plan."""

    version = VersionField()
    product = ProductField(label=gettext_lazy("Kind of loan"))
    amount = RupeesField(label=gettext_lazy("Amount"))
    months = WholeNumberField(label=gettext_lazy("Months to repay"), min_value=1, max_value=120)

    def __init__(self, *args, products, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products

    @cached_property
    def helper(self):
        return helper_of(
            "version", "product", Row(PrependedText("amount", _("Rs")), "months"), button=_("Take up the application")
        )


class MoveForm(forms.Form):
    """A button that makes a move: nothing to type, only what was shown."""

    version = VersionField()

    def __init__(self, *args, button, **kwargs):
        super().__init__(*args, **kwargs)
        self.button = button

    @cached_property
    def helper(self):
        return helper_of("version", button=self.button)


class VisitForm(forms.Form):
    """`person` is whom the officer meets; of a card that an officer has seen, or that nobody gave, nothing is asked."""

    not_kept = ("household_agrees", "is_card_seen")

    version = VersionField()
    visit_place = forms.ChoiceField(
        label=gettext_lazy("Where did you meet?"),
        choices=Application.Place.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    whom_met = TextField(
        label=gettext_lazy("Whom did you meet?"),
        help_text=gettext_lazy("For instance: her husband and two neighbours."),
    )
    household_agrees = forms.ChoiceField(
        label=gettext_lazy("Does the household know of the loan and agree?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    is_card_seen = forms.BooleanField(
        label=gettext_lazy("I saw the applicant's identity card"),
        required=False,
        help_text=gettext_lazy("Name and number are those on file. Without it the money is not given."),
    )
    # With which number the card was compared.
    card = CnicField(required=False, widget=forms.HiddenInput, on_file=True)

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["card"].initial = person.cnic
        if person.cnic_standing != person.Standing.CLAIMED:
            del self.fields["is_card_seen"], self.fields["card"]

    def clean_household_agrees(self):
        return self.cleaned_data["household_agrees"] == "yes"

    @cached_property
    def helper(self):
        card = [name for name in ("is_card_seen", "card") if name in self.fields]
        agrees = InlineRadios("household_agrees")
        return helper_of("version", "visit_place", "whom_met", agrees, *card, button=_("Save the visit"))


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
            button=_("Add this guarantor"),
            css_class="quiet",
        )

    def facts(self):
        """What the action keeps; that they agreed is why it is called at all."""
        kept = {name: value for name, value in self.cleaned_data.items() if name != "has_agreed"}
        relation, _dash, kinship = kept["relation"].partition("-")
        return kept | {"relation": relation} | ({"kinship": kinship} if kinship else {})


class ReasonField(forms.ModelChoiceField):
    """Why not: one of the lender's coded reasons."""

    def __init__(self, **kwargs):
        offered = RefusalReason.objects.offered()
        super().__init__(offered, label=gettext_lazy("Reason"), empty_label="–", error_messages=CHOOSE, **kwargs)


class RefuseForm(forms.Form):
    version = VersionField()
    refusal = ReasonField(help_text=gettext_lazy("The applicant reads it with what to do, and when to ask again."))
    refusal_text = TextField(
        label=gettext_lazy("Explanation for the applicant"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Needed for “Another reason”."),
    )

    @cached_property
    def helper(self):
        return helper_of("version", "refusal", "refusal_text", button=_("Do not approve"))


class DeclineForm(RefuseForm):
    """The same of a referral: the advisor tells the client."""

    @cached_property
    def helper(self):
        button = _("Send back to the advisor")
        return helper_of("version", "refusal", "refusal_text", button=button, css_class="quiet")


class VoteForm(forms.Form):
    version = VersionField()
    approves = forms.ChoiceField(
        label=gettext_lazy("Your vote"),
        choices=[("yes", gettext_lazy("Approve")), ("no", gettext_lazy("Do not approve"))],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    amount = RupeesField(
        label=gettext_lazy("If you approve: amount"),
        help_text=gettext_lazy("What was asked for, or less. The lowest amount of all votes counts."),
    )
    refusal = ReasonField()
    refusal_text = RefuseForm.base_fields["refusal_text"]
    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["refusal"].label = _("If you do not approve: reason")
        # Which of the two is needed hangs on the vote; a form that was not sent yet names both.
        if self.is_bound:
            self.fields["amount"].required = self.data.get(self.add_prefix("approves")) == "yes"
            self.fields["refusal"].required = self.data.get(self.add_prefix("approves")) == "no"

    def clean_approves(self):
        return self.cleaned_data["approves"] == "yes"

    @cached_property
    def helper(self):
        return helper_of(
            "version",
            InlineRadios("approves"),
            PrependedText("amount", _("Rs")),
            "refusal",
            "refusal_text",
            button=_("Cast your vote"),
        )


class DisburseForm(forms.Form):
    version = VersionField()
    instrument = TextField(label=gettext_lazy("Number of the cheque or transfer"), max_length=40)

    @cached_property
    def helper(self):
        return helper_of("version", "instrument", button=_("The money is given"))


class ReceiptForm(forms.Form):
    """What the cashier reads off money and slip. What is due stands beside: nobody posts it by pressing alone."""

    amount = RupeesField(label=gettext_lazy("Amount received"))
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
            PrependedText("amount", _("Rs")), "slip", "received_on", "correction", button=_("Save the receipt")
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


class FindForm(forms.Form):
    """One box for a CNIC, a phone or a loan number."""

    q = TextField(required=False, max_length=40, widget=forms.TextInput(attrs={"maxlength": 40}))
