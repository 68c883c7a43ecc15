from crispy_forms.bootstrap import InlineRadios, PrependedText
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.fields import (
    RupeesField,
    VersionField,
)
from loans.forms.applications import RefuseForm
from loans.forms.parts import CHOOSE, ReasonField, helper_of
from loans.models import Conflict


class ConflictForm(forms.Form):
    version = VersionField()
    why = forms.ChoiceField(
        label=gettext_lazy("Why must you not decide?"),
        choices=Conflict.Why.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    @cached_property
    def helper(self):
        return helper_of("version", "why", button=_("I do not decide on it"))


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
