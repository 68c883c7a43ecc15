from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from accounts.models import Language, User
from accounts.names import named
from casework.forms.parts import CHOOSE, helper_of
from kit.fields import TextField, VersionField


class HandOverForm(forms.Form):
    """Who takes the case; `posts` are those of the colleagues to whom the manager may give it."""

    version = VersionField()
    to = forms.ModelChoiceField(
        label=gettext_lazy("Who takes the case?"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose one"),
        error_messages=CHOOSE,
    )
    reason = TextField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("Needed where their week is full. It stands as a note for colleagues."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args, posts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = User.objects.filter(pk__in=posts.values("user"))
        self.fields["to"].choices = [("", self.fields["to"].empty_label), *named(posts)]

    @cached_property
    def helper(self):
        return helper_of("version", "to", "reason", Submit("save", gettext_lazy("Hand over the case")))


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
