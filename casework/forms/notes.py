from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, helper_of
from kit.fields import LongTextField


class NoteForm(forms.Form):
    READERS = [
        ("internal", gettext_lazy("SMEDA's staff only")),
        ("shared", gettext_lazy("The client too, on their own page")),
    ]

    text = LongTextField(label=gettext_lazy("Note"))
    readers = forms.ChoiceField(
        label=gettext_lazy("Who may read it"),
        choices=READERS,
        widget=forms.RadioSelect,
        initial="internal",
        error_messages=CHOOSE,
    )

    @cached_property
    def helper(self):
        return helper_of("text", "readers", Submit("save", gettext_lazy("Save the note")))
