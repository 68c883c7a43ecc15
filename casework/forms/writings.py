from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from casework.forms.parts import helper_of
from casework.models import Writing
from kit.fields import LongTextField, VersionField


class WritingForm(forms.Form):
    """What a client writes."""

    text = LongTextField(
        label=gettext_lazy("What do you want to say or ask?"),
        help_text=gettext_lazy("In any language, up to 1,000 letters."),
        max_length=Writing.LONGEST,
        error_messages={"required": gettext_lazy("Write what you want to say.")},
    )

    @cached_property
    def helper(self):
        return helper_of("text", Submit("save", gettext_lazy("Send")))


class SeenForm(forms.Form):
    """A button of a thread: up to which text the page showed it."""

    seen = VersionField()


class ReplyForm(SeenForm):
    """What a colleague writes to the client."""

    text = LongTextField(
        label=gettext_lazy("Your text to the client"),
        help_text=gettext_lazy("It stands on their page. Their phone is told only that something is there."),
        max_length=Writing.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write what you want to say.")},
    )

    @cached_property
    def helper(self):
        return helper_of("seen", "text", Submit("save", gettext_lazy("Send to the client")))
