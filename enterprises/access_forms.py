"""Forms of phones, new numbers, printed codes and PINs."""

import datetime as dt
import re

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Row, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises.business_questions import FROM_THE_LIST
from enterprises.forms import radios
from enterprises.models import PHONE_OWNERS, Person, PhoneChange
from kit import words
from kit.fields import CodeField, LongTextField, PhoneField, TextField, VersionField
from kit.text import ascii_digits
from messaging.quiet import EVENING, MORNING

HOURS = [dt.time(hour) for hour in range(MORNING.hour, EVENING.hour + 1)]
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
# Who reads a new number was not said with it, and is to be said here.
READERS = [choice for choice in Person.PhoneReader.choices if choice[0] != Person.PhoneReader.NOT_SAID]
CARD_SEEN = {"required": _("Look at the card first: without it nobody may come in as this person.")}


def helper_of(*rows, name, label, css_class="onward"):
    helper = FormHelper()
    helper.layout = Layout(*rows, ButtonHolder(Submit(name, label, css_class=css_class)))
    return helper


class AccessCodeField(CodeField):
    """A code from a text or a PIN (six digits), or one of a sheet (eight)."""

    default_error_messages = {
        "invalid": _("Enter the 6 digits of the message or of your PIN, or 8 digits of your sheet.")
    }

    def read(self, text):
        typed = re.sub(r"[\s-]", "", ascii_digits(text))
        if not re.fullmatch("[0-9]{6}|[0-9]{8}", typed):
            raise self.refusal("invalid")
        return typed


class SignInCodeForm(forms.Form):
    code = AccessCodeField(
        label=_("Your code"), help_text=_("6 digits from the message or of your PIN, or 8 digits of your sheet.")
    )

    @cached_property
    def helper(self):
        return helper_of("code", name="enter", label=_("Continue"))


class PhoneFactsForm(forms.Form):
    """Whose phone it is, who reads it, when it may ring, and whether loans may be named."""

    version = VersionField()
    phone_owner = radios(PHONE_OWNERS, label=_("Whose phone is it?"))
    phone_reader = radios(READERS, label=_("Who reads the messages?"))
    loans_may_be_named = radios(
        YES_NO,
        label=_("May a message name a loan?"),
        help_text=_("On a phone of somebody else no message ever does."),
    )
    safe_from = forms.ChoiceField(label=_("Messages may come from"), error_messages=FROM_THE_LIST, required=False)
    safe_until = forms.ChoiceField(label=_("Messages may come until"), error_messages=FROM_THE_LIST, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        hours = [(f"{hour:%H:%M}", words.plain(words.clock(hour))) for hour in HOURS]
        self.fields["safe_from"].choices = [("", _("Any hour of the day")), *hours[:-1]]
        self.fields["safe_until"].choices = [("", _("Any hour of the day")), *hours[1:]]

    @cached_property
    def helper(self):
        hours = Row("safe_from", "safe_until")
        return helper_of(
            "version", "phone_owner", "phone_reader", "loans_may_be_named", hours, name="save", label=_("Save")
        )

    @classmethod
    def of(cls, person, data=None):
        initial = {
            "version": person.version,
            "phone_owner": person.phone_owner,
            "phone_reader": person.phone_reader,
            # Not asked yet: asked, and nothing presumed.
            "loans_may_be_named": ("yes" if person.loans_may_be_named else "no") if person.is_phone_described else "",
            "safe_from": f"{person.safe_from:%H:%M}" if person.safe_from else "",
            "safe_until": f"{person.safe_until:%H:%M}" if person.safe_until else "",
        }
        return cls(data, initial=initial)

    def clean(self):
        cleaned = super().clean()
        begin, end = cleaned.get("safe_from"), cleaned.get("safe_until")
        if bool(begin) != bool(end) and not {"safe_from", "safe_until"} & set(self.errors):
            self.add_error("safe_until" if begin else "safe_from", _("Choose both hours, or neither."))
        elif begin and end and begin >= end:
            self.add_error("safe_until", _("Choose an hour after the first one."))
        return cleaned

    def facts(self):
        said = dict(self.cleaned_data)
        for name in ("safe_from", "safe_until"):
            said[name] = dt.time.fromisoformat(said[name]) if said[name] else None
        return said | {"loans_may_be_named": said["loans_may_be_named"] == "yes"}


class NumberForm(forms.Form):
    """A new number, as the person or their advisor writes it down."""

    phone = PhoneField(label=_("New mobile number"))
    owner = radios(PHONE_OWNERS, label=_("Whose phone is it?"))
    reason = radios(PhoneChange.Reason.choices, label=_("Why is it changed?"))

    @cached_property
    def helper(self):
        return helper_of("phone", "owner", "reason", name="ask", label=_("Save and continue"))


class ProofForm(forms.Form):
    """The code that the new number received."""

    code = CodeField(label=_("Code that the new number received"), help_text=_("6 digits. It is good for 10 minutes."))

    @cached_property
    def helper(self):
        return helper_of("code", name="prove", label=_("This is the code"))


class AttestForm(forms.Form):
    """The advisor saw the card and says that the number is this person's."""

    not_kept = ("card_seen",)

    version = VersionField()
    card_seen = forms.BooleanField(
        label=_("I have the card in my hand, and it is this person's."), error_messages=CARD_SEEN
    )
    unproved_because = TextField(
        label=_("No code? Write why"),
        help_text=_("For example: the new SIM works from tomorrow. Leave it empty where a code was entered."),
        required=False,
    )

    @cached_property
    def helper(self):
        return helper_of("version", "card_seen", "unproved_because", name="attest", label=_("Send to a second person"))


class DecisionForm(forms.Form):
    """A button: approve what was shown."""

    version = VersionField()


class RefusalForm(forms.Form):
    version = VersionField()
    refusal = LongTextField(label=_("Why is the number refused?"), max_length=300)

    @cached_property
    def helper(self):
        return helper_of("version", "refusal", name="refuse", label=_("Refuse the new number"), css_class="alt")


class CardForm(forms.Form):
    """Before anything is handed over: the advisor has the card in hand."""

    not_kept = ("card_seen",)

    card_seen = forms.BooleanField(
        label=_("I have the card in my hand, and it is this person's."), error_messages=CARD_SEEN
    )

    @cached_property
    def helper(self):
        return helper_of("card_seen", name="issue", label=_("Make a new sheet"))


class PinField(CodeField):
    default_error_messages = {"required": _("Enter the PIN."), "invalid": _("A PIN has 6 digits. Enter all of them.")}


class PinForm(CardForm):
    """The person types it, not the advisor."""

    pin = PinField(label=_("New PIN"))
    again = PinField(label=_("The same PIN once more"))

    field_order = ["card_seen", "pin", "again"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("pin", "again"):
            widget = forms.PasswordInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "new-password"})
            self.fields[name].widget = widget

    @cached_property
    def helper(self):
        return helper_of("card_seen", "pin", "again", name="set_pin", label=_("Keep this PIN"))

    def clean(self):
        cleaned = super().clean()
        pin, again = cleaned.get("pin"), cleaned.get("again")
        if pin and again and pin != again:
            self.add_error("again", _("The two are not the same. Type the PIN again."))
        return cleaned
