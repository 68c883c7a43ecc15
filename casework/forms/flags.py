from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.names import named
from casework.forms.parts import CHOOSE, ComingDayField, helper_of
from casework.models import Flag
from kit.fields import TextField, VersionField


class FlagForm(forms.Form):
    """What to mind; `owners` are the colleagues who may see to it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=Flag.Kind.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    text = TextField(
        label=gettext_lazy("What to mind"),
        help_text=gettext_lazy("Colleagues alone read it, never the client."),
        max_length=300,
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who sees to it?"),
        queryset=User.objects.none(),
        empty_label=None,
        error_messages=CHOOSE,
    )
    due_on = ComingDayField(label=gettext_lazy("By when?"))

    def __init__(self, *args, posts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.filter(pk__in=posts.values("user"))
        self.fields["owner"].choices = named(posts)

    @cached_property
    def helper(self):
        return helper_of("kind", "text", "owner", "due_on", Submit("save", gettext_lazy("Raise the flag")))


class ClearForm(forms.Form):
    version = VersionField()
    clearing = TextField(
        label=gettext_lazy("Why is it settled?"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say in a few words why.")},
    )

    @cached_property
    def helper(self):
        return helper_of("version", "clearing", Submit("save", gettext_lazy("Settle the flag")))
