from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from accounts.models import Office
from casework.forms.parts import helper_of
from kit.fields import TextField, VersionField


class ReferralForm(forms.Form):
    not_kept = ("is_told",)

    version = VersionField()
    to_office = forms.ModelChoiceField(
        label=gettext_lazy("Which branch"),
        queryset=Office.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a branch."),
            "invalid_choice": gettext_lazy("Choose a branch from the list."),
        },
    )

    is_told = forms.BooleanField(
        label=gettext_lazy("I read this to the client, and they want to go on"),
        error_messages={
            "required": gettext_lazy("Read it to the client first: their family will be met before the loan."),
        },
    )

    why_anyway = TextField(
        label=gettext_lazy("Why do you send it all the same?"),
        help_text=gettext_lazy("The branch reads it. By what is known it would refuse."),
        max_length=300,
        error_messages={"required": gettext_lazy("Write why, or settle it first.")},
    )

    def __init__(self, *args, branches, asks_reason=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_office"].queryset = branches
        if not asks_reason:
            del self.fields["why_anyway"]

    @cached_property
    def helper(self):
        reason = ["why_anyway"] if "why_anyway" in self.fields else []
        button = Submit("refer", gettext_lazy("Refer to this branch"))
        return helper_of("version", "to_office", *reason, "is_told", button)
