from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, helper_of
from casework.models import CallBack
from kit.fields import TextField, VersionField

YES, NO = "yes", "no"


def question(label, **more):
    return forms.ChoiceField(
        label=label,
        choices=[(value, capfirst(said)) for value, said in CallBack.Answer.choices],
        widget=forms.RadioSelect,
        required=False,
        error_messages=CHOOSE,
        **more,
    )


class CallBackForm(forms.Form):
    """Whether the client was reached, and what they say; nothing of it is asked where they were not."""

    # Needed or not as the answers before them are: none of them is called optional.
    one_of = ("took_place", "is_as_agreed", "is_content")

    version = VersionField()
    reached = forms.ChoiceField(
        label=gettext_lazy("Did you reach the client?"),
        choices=[(YES, gettext_lazy("Yes")), (NO, gettext_lazy("No, not this time"))],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    took_place = question(
        gettext_lazy("Did the talk take place?"), help_text=gettext_lazy("This and what follows: if you reached them.")
    )
    is_as_agreed = question(
        gettext_lazy("Was it agreed as it stands there?"), help_text=gettext_lazy("Not if it did not take place.")
    )
    is_content = question(gettext_lazy("Is the client content with our help?"))
    words = TextField(
        label=gettext_lazy("What the client said"),
        help_text=gettext_lazy("Managers alone read it."),
        max_length=300,
        required=False,
    )

    def clean(self):
        said = super().clean()
        if said.get("reached") == YES:
            asked = ["took_place", "is_content"]
            if said.get("took_place") != NO:
                asked.insert(1, "is_as_agreed")
            for name in asked:
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, CHOOSE["required"])
        elif said.get("reached") == NO and any(said.get(name) for name in (*self.one_of, "words")):
            said_so = _("You noted what the client says. Were they reached? If not, clear what follows.")
            self.add_error("reached", said_so)
        return said

    def beside(self, back):
        """What was noted here, beside what a colleague noted first."""
        reached = dict(self.fields["reached"].choices)
        theirs = reached[YES] if back.took_place else reached[NO] if back.tried_on else None
        yield self.fields["reached"].label, reached[self.cleaned_data["reached"]], theirs
        for name in ("took_place", "is_as_agreed", "is_content"):
            said = dict(self.fields[name].choices)
            yield self.fields[name].label, said.get(self.cleaned_data[name], ""), said.get(getattr(back, name), "")
        yield self.fields["words"].label, self.cleaned_data["words"], back.words

    @property
    def is_reached(self):
        return self.cleaned_data["reached"] == YES

    def facts(self):
        """What the action takes: all that was said, or nothing but the version where nobody was reached."""
        if not self.is_reached:
            return {"version": self.cleaned_data["version"]}
        return {name: value for name, value in self.cleaned_data.items() if name != "reached"}

    @cached_property
    def helper(self):
        return helper_of(
            "version",
            "reached",
            "took_place",
            "is_as_agreed",
            "is_content",
            "words",
            Submit("save", gettext_lazy("Save")),
        )


class DecideForm(forms.Form):
    """What came of it that the client says it did not take place."""

    version = VersionField()
    decision = TextField(
        label=gettext_lazy("What do you decide?"),
        help_text=gettext_lazy(
            "The contact goes on counting until somebody takes it out. Write whom you spoke with, and what follows."
        ),
        max_length=300,
    )

    @cached_property
    def helper(self):
        return helper_of("version", "decision", Submit("save", gettext_lazy("Save")))
