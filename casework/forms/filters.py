from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from casework.forms.parts import helper_of
from kit.fields import TextField, VersionField


class SavedFilterForm(forms.Form):
    """A name for what is chosen in the list of cases; the choice stands in the address."""

    name = TextField(
        label=gettext_lazy("What do you call it?"),
        help_text=gettext_lazy("Such as: mine, late. Only you see it."),
        max_length=40,
        error_messages={"required": gettext_lazy("Give it a name.")},
    )
    opens_empty = True  # another choice is kept under another name

    @cached_property
    def helper(self):
        return helper_of("name", Submit("save", gettext_lazy("Keep this filter")))


class RenameForm(SavedFilterForm):
    version = VersionField()

    @cached_property
    def helper(self):
        return helper_of("version", "name", Submit("save", gettext_lazy("Save the name")))
