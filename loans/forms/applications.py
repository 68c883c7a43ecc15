"""What an officer types of an application: taking it up, the visit, a no."""

from crispy_forms.bootstrap import InlineRadios, PrependedText
from crispy_forms.layout import Row
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.fields import (
    CnicField,
    RupeesField,
    TextField,
    VersionField,
    WholeNumberField,
)
from loans.forms.parts import CHOOSE, YES_NO, ReasonField, helper_of
from loans.models import Application, Offer


class OfferField(forms.ModelChoiceField):
    """A kind of loan, each with its amounts and the months over which it is repaid. None is chosen beforehand."""

    def __init__(self, **kwargs):
        super().__init__(Offer.objects.none(), empty_label=gettext_lazy("Choose one"), error_messages=CHOOSE, **kwargs)

    def label_from_instance(self, offer):
        return _("%(loan)s (%(fund)s): Rs %(least)s to %(most)s, %(months)s") % {
            "loan": offer.product.label,
            "fund": offer.scheme.label,
            "least": f"{offer.product.min_amount:,}",
            "most": f"{offer.most:,}",
            "months": offer.months_in_words,
        }


class TakeUpForm(forms.Form):
    """Everything else is known: it comes from the record, the case and the approved business plan."""

    version = VersionField()
    offer = OfferField(label=gettext_lazy("Kind of loan"))
    amount = RupeesField(label=gettext_lazy("Amount"))
    months = WholeNumberField(label=gettext_lazy("Months to repay"), min_value=1, max_value=120)

    def __init__(self, *args, offers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["offer"].queryset = offers.for_choice()

    @cached_property
    def helper(self):
        return helper_of(
            "version", "offer", Row(PrependedText("amount", _("Rs")), "months"), button=_("Take up the application")
        )


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
