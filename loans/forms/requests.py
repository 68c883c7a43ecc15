"""What the lender still needs, and what is answered."""

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.models import DocumentKind
from kit.fields import LongTextField, TextField, VersionField
from loans.forms.parts import CHOOSE, helper_of
from loans.models import Request


class AskForm(forms.Form):
    """A paper is chosen from the list; anything else is said in words."""

    version = VersionField()
    kind = forms.ChoiceField(
        label=gettext_lazy("What is needed?"),
        choices=Request.Kind.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    paper = forms.ModelChoiceField(
        label=gettext_lazy("Which paper?"),
        queryset=DocumentKind.objects.none(),
        to_field_name="code",
        required=False,
        empty_label="–",
        error_messages=CHOOSE,
    )
    words = TextField(
        label=gettext_lazy("In your words"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("What exactly, and why. Whoever is asked reads it."),
    )
    of = forms.ChoiceField(
        label=gettext_lazy("Whom do you ask?"),
        choices=Request.Of.choices,
        initial=Request.Of.APPLICANT,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["paper"].queryset = DocumentKind.objects.offered().filter(is_shared=True)

    @cached_property
    def helper(self):
        return helper_of("version", "kind", "paper", "words", "of", button=_("Ask for it"))


class AnswerForm(forms.Form):
    version = VersionField()
    answer = LongTextField(
        label=gettext_lazy("Your answer"),
        max_length=600,
        error_messages={"required": gettext_lazy("Write the answer.")},
    )

    @cached_property
    def helper(self):
        return helper_of("version", "answer", button=_("Send the answer"))


class NotNeededForm(forms.Form):
    version = VersionField()
    reason = TextField(
        label=gettext_lazy("Why is it not needed any more?"),
        max_length=300,
        error_messages={"required": gettext_lazy("Write why it is not needed any more.")},
    )

    @cached_property
    def helper(self):
        return helper_of("version", "reason", button=_("It is not needed any more"), css_class="quiet")
