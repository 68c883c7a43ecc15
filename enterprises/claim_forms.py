"""Forms about two people with one card: whose it is, and giving a number back."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises.forms import radios
from enterprises.models import Claim
from kit.fields import LongTextField, VersionField

LONGEST_REASON = 300


class ClaimForm(forms.Form):
    """What the advisor saw on the card. `waits`: the registration does so, too. `is_second`: a colleague has looked."""

    # Needed with one of the answers, so that its label does not say that it may stay empty.
    one_of = ("reason",)

    version = VersionField()
    outcome = radios([(seen, seen.label) for seen in Claim.SEEN], label=_("What did you see on the card?"))
    reason = LongTextField(
        label=_("Why the number goes over"),
        help_text=_("Only where the card belongs to the person who registered now: what you saw, and where."),
        max_length=LONGEST_REASON,
        required=False,
    )

    def __init__(self, *args, waits=True, is_second=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.waits = waits
        if is_second:
            self.fields["reason"].label = _("What you saw yourself")
            self.fields["reason"].help_text = _("If you add something to what your colleague wrote.")

    @cached_property
    def helper(self):
        helper = FormHelper()
        settle = Submit("settle", _("Settle and register") if self.waits else _("Settle whose card it is"))
        helper.layout = Layout(*self.fields, ButtonHolder(settle))
        return helper


class GiveBackForm(forms.Form):
    """The number goes back to whoever held it."""

    version = VersionField()
    reason = LongTextField(label=_("Why was it a mistake?"), max_length=LONGEST_REASON)

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout(*self.fields, ButtonHolder(Submit("undo", _("Give the number back"), css_class="alt")))
        return helper
