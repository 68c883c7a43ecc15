"""Permissions: those of a registration, each a question of its own on its last page, and those of an owner later."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises.forms import StepForm
from enterprises.models import Consent
from kit.fields import TextField


class PermissionForm(StepForm):
    """The last page before sending. Each permission is a question of its own; one is needed to be served at all."""

    ONLY_RUNNING = ("share",)

    contact = forms.BooleanField(
        label=Consent.Kind.CONTACT.label,
        error_messages={"required": _("Tick this box to register: without it we could not call you.")},
    )
    share = forms.BooleanField(label=Consent.Kind.SHARE.label, required=False)
    # What was ticked when this page was opened: it may have been sent from another device since.
    seen = TextField(widget=forms.HiddenInput(attrs={"id": False}), max_length=20, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, "seen": self.ticked_in(self.initial)}

    def ticked_in(self, said):
        return " ".join(name for name in ("contact", "share") if name in self.fields and said.get(name))

    def clean(self):
        """A permission that was given, or not given, on another device is not replaced unseen."""
        cleaned = super().clean()
        given = self.initial["seen"]
        if cleaned.get("seen") != given and "seen" in self.data and self.ticked_in(cleaned) != given:
            self.data = self.data.copy()
            self.data["seen"] = given
            raise ValidationError(
                _("You gave other answers on another device. Look at the ticks, and send it once more."), code="seen"
            )
        return cleaned

    def answers(self):
        return {name: value for name, value in super().answers().items() if name != "seen"}

    @cached_property
    def helper(self):
        helper = FormHelper()
        send = Submit("send", _("Send my registration"), css_class="onward")
        helper.layout = Layout(*self.fields, ButtonHolder(send))
        helper.is_summed_up_above = True
        return helper


class ConsentForm(forms.Form):
    """One button for one permission."""

    kind = forms.ChoiceField(choices=Consent.Kind.choices)
    verb = forms.ChoiceField(choices=[("give", "give"), ("withdraw", "withdraw"), ("refuse", "refuse")])
