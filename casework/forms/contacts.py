from crispy_forms.bootstrap import Accordion, AccordionGroup, InlineRadios
from crispy_forms.layout import Fieldset, Row, Submit
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, ComingDayField, MeetingDayForm, helper_of
from casework.models import Channel, Present
from enterprises.models import Consent
from kit.fields import DayField, LongTextField, VersionField, WholeNumberField


class MinutesField(WholeNumberField):
    """Up to ten hours; left empty, what is usual."""

    def __init__(self, **kwargs):
        super().__init__(max_value=600, required=False, **kwargs)

    def clean(self, value):
        minutes = super().clean(value)
        return self.initial if minutes is None else minutes


def fold(form):
    """What of a contact is asked beside the three fields, and the button.

    Folded only while nothing stands there: what a refused form brings back is seen before it is sent again.
    """
    said = Fieldset(gettext_lazy("For the reports: tick what is true"), "is_substantive", "is_specific")
    minutes = Row("minutes", "prep_minutes", "travel_minutes")
    group = AccordionGroup(
        gettext_lazy("When, how long, who was there"), "on", minutes, "present", said, active=form.is_bound
    )
    return Accordion(group), Submit("save", gettext_lazy("Save the contact"))


class ContactForm(MeetingDayForm):
    DAY = "next_on"
    # One talk of many: ticks of an earlier one that was given up must not stand in the next one.
    opens_empty = True

    version = VersionField()
    channel = forms.ChoiceField(
        label=gettext_lazy("How you spoke"),
        choices=Channel.choices,
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
        error_messages=CHOOSE,
    )
    agreed = LongTextField(
        label=gettext_lazy("What you agreed"),
        max_length=1000,
        help_text=gettext_lazy("Two or three sentences, as the client would say it. They read it on their page."),
    )
    next_on = ComingDayField(
        label=gettext_lazy("Next contact on"), help_text=gettext_lazy("So that the client knows when you call again.")
    )
    on = DayField(label=gettext_lazy("Day of the contact"), required=False)
    minutes = MinutesField(label=gettext_lazy("Minutes it took"), min_value=1, initial=10)
    prep_minutes = MinutesField(label=gettext_lazy("Minutes to prepare"), initial=0)
    travel_minutes = MinutesField(label=gettext_lazy("Minutes on the way"), initial=0)
    present = forms.MultipleChoiceField(
        label=gettext_lazy("Who was there"),
        choices=Present.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages=CHOOSE,
    )
    # Both start empty: what nobody said does not count.
    is_substantive = forms.BooleanField(label=gettext_lazy("It moved something on"), required=False)
    is_specific = forms.BooleanField(label=gettext_lazy("It was about this client alone"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate

    @cached_property
    def helper(self):
        return helper_of("version", "kept_day", InlineRadios("channel"), "agreed", "next_on", *fold(self))

    def clean_on(self):
        return self.cleaned_data["on"] or timezone.localdate()


class LastWordForm(ContactForm):
    """Of a closed case: what still waited to be told is told, and no further contact is agreed."""

    next_on = None

    @cached_property
    def helper(self):
        return helper_of("version", "kept_day", InlineRadios("channel"), "agreed", *fold(self))


class UnaskedContactForm(ContactForm):
    """Where nobody may call, but about a loan: the client came or called, and may give the permission with that."""

    # Needed with the permission, so that its label does not say that it may stay empty.
    one_of = ("next_on",)

    is_unasked = forms.BooleanField(
        label=gettext_lazy("They came, called or wrote by themselves"),
        error_messages={"required": gettext_lazy("Tick this. If we called them, nobody should have.")},
    )
    lets_contact = forms.BooleanField(label=Consent.Kind.CONTACT.label, required=False)

    def __init__(self, *args, may_have_called=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["is_unasked"].required = not may_have_called
        self.fields["next_on"].required = False
        self.fields["next_on"].help_text = gettext_lazy("Needed if they give the permission. Otherwise leave it empty.")

    @cached_property
    def helper(self):
        return helper_of(
            "version",
            "kept_day",
            "is_unasked",
            InlineRadios("channel"),
            "agreed",
            Fieldset(gettext_lazy("Read aloud, and tick it if they agree now"), "lets_contact"),
            "next_on",
            *fold(self),
        )

    def clean(self):
        cleaned = super().clean()
        next_on, lets_contact = cleaned.get("next_on"), cleaned.get("lets_contact")
        if "next_on" in self.errors:
            return cleaned
        if lets_contact and not next_on:
            self.add_error("next_on", self.fields["next_on"].error_messages["required"])
        elif next_on and not lets_contact:
            self.add_error(
                "next_on", _("Nobody may call on that day. Leave it empty, or tick that they give the permission.")
            )
        return cleaned
