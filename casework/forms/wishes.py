from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from accounts.models import Language
from casework.forms.parts import CHOOSE, helper_of
from kit.fields import VersionField


class WishForm(forms.Form):
    """With whom the client would rather talk."""

    version = VersionField()
    woman = forms.BooleanField(label=gettext_lazy("With a woman"), required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("In this language"),
        choices=[("", gettext_lazy("Any")), *Language.choices],
        required=False,
        error_messages=CHOOSE,
    )

    @cached_property
    def helper(self):
        return helper_of("version", "woman", "language", Submit("save", gettext_lazy("Save the wish")))
