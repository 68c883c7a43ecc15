"""Card numbers: the form that adds one to somebody who had none, and whose a number is that is on file."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kit.fields import CnicField, VersionField

SAME_PERSON, RIVAL = "same", "rival"
WHOSE_CARD = [
    (SAME_PERSON, _("It is the person on file: register a further business")),
    (RIVAL, _("No, this is somebody else: register them without the number, and an advisor settles whose card it is")),
]
RIGHT_NUMBER = _("The number is right: register without it, and SMEDA's advisor looks at the card")


class CardNumberForm(forms.Form):
    """The number of somebody who had none on file, or (`is_wrong`) whose number there is not that of the card."""

    not_kept = ("is_card_seen", "is_rival")

    version = VersionField()
    cnic = CnicField(label=_("CNIC number"), help_text=_("13 digits, with or without dashes."))
    is_card_seen = forms.BooleanField(
        label=_("I have the card in my hand"),
        help_text=_("Without it the number counts as claimed, until somebody has seen the card."),
        required=False,
    )

    is_rival = forms.BooleanField(
        label=_("It is their card: let an advisor settle whose number it is"),
        help_text=_("Until then the number stays where it is, and its holder is told that somebody came with it."),
        required=False,
    )

    def __init__(self, *args, is_wrong=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_wrong = is_wrong
        if is_wrong:
            self.fields["is_card_seen"].help_text = ""

    @cached_property
    def helper(self):
        helper = FormHelper()
        label = _("Correct the card number") if self.is_wrong else _("Add the card number")
        add = Submit("add", label, css_class="onward")
        is_taken = self.data.get("is_rival") or self.has_error("cnic", "taken")
        shown = [name for name in self.fields if is_taken or name != "is_rival"]
        helper.layout = Layout(*shown, ButtonHolder(add))
        return helper
