from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, ComingDayField, helper_of
from casework.models import Attempt, Channel, Pause
from kit.fields import TextField, VersionField

# By these somebody can try in vain: whoever comes to an event or writes is reached.
TRIED = (Channel.PHONE, Channel.VISIT)


class AttemptForm(forms.Form):
    version = VersionField()
    channel = forms.ChoiceField(
        label=gettext_lazy("How you tried"),
        choices=[(channel.value, channel.label) for channel in TRIED],
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
        error_messages=CHOOSE,
    )
    result = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        choices=Attempt.Result.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    @cached_property
    def helper(self):
        return helper_of("version", "channel", "result", Submit("save", gettext_lazy("Save the attempt")))


class PauseForm(forms.Form):
    version = VersionField()
    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"), choices=Pause.Reason.choices, widget=forms.RadioSelect, error_messages=CHOOSE
    )
    until_on = ComingDayField(label=gettext_lazy("Call again on"))
    note = TextField(
        label=gettext_lazy("In your words"),
        help_text=gettext_lazy("Needed for another reason. Colleagues alone read it."),
        max_length=200,
        required=False,
    )

    @cached_property
    def helper(self):
        return helper_of("version", "reason", "until_on", "note", Submit("save", gettext_lazy("Pause the calls")))
