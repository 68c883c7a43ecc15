from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, helper_of
from casework.models import Contact, Introduction
from kit import words
from kit.fields import TextField, VersionField


class IntroductionForm(forms.Form):
    """Where a client is sent besides the lender."""

    version = VersionField()
    to = forms.ChoiceField(
        label=gettext_lazy("Where to?"),
        choices=Introduction.To.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    where = TextField(
        label=gettext_lazy("Which one?"),
        help_text=gettext_lazy("The course, the registration, the office or whom to ask for."),
        max_length=120,
    )
    why = TextField(label=gettext_lazy("What for?"), max_length=300)

    @cached_property
    def helper(self):
        return helper_of("version", "to", "where", "why", Submit("save", gettext_lazy("Save")))


NO_TALK = "none"


class TalkIterator(forms.models.ModelChoiceIterator):
    """The talks, and last that it was none of them: said, and never meant by leaving the field alone."""

    def __iter__(self):
        yield from super().__iter__()
        yield NO_TALK, gettext_lazy("In none: nothing came of it")


class ContactField(forms.ModelChoiceField):
    iterator = TalkIterator

    def to_python(self, value):
        return None if value == NO_TALK else super().to_python(value)

    def label_from_instance(self, contact):
        return f"{words.plain(words.day_short(contact.on))}: {contact.agreed[:80]}"


class OutcomeForm(forms.Form):
    """What came of it: the talk in which the client told it, or in words why nobody can say."""

    version = VersionField()
    contact = ContactField(
        label=gettext_lazy("In which talk did the client tell you?"),
        queryset=Contact.objects.none(),
        required=False,
        empty_label=gettext_lazy("Choose one"),
        error_messages=CHOOSE,
    )
    reason = TextField(
        label=gettext_lazy("What came of it?"),
        help_text=gettext_lazy("Needed where no talk is chosen: say why nothing came of it."),
        max_length=300,
        required=False,
    )

    # The talk, or why there was none.
    one_of = ("contact", "reason")

    def __init__(self, *args, talks, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = talks

    def clean(self):
        said = super().clean()
        if "contact" not in self.errors and not said.get("contact"):
            if not self["contact"].data:
                self.add_error("contact", CHOOSE["required"])
            elif not said.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("Say why nothing came of it."))
        return said

    @cached_property
    def helper(self):
        return helper_of("version", "contact", "reason", Submit("save", gettext_lazy("Save what came of it")))
