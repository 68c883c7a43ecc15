from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework import destinations
from casework.actions.introductions import Where
from casework.forms.parts import CHOOSE, MoveForm, helper_of
from casework.models import Contact, Introduction
from kit import words
from kit.fields import TextField, VersionField

# What is on file by name, and how it is said that it is none of those.
OTHERS = {
    Introduction.To.COURSE: gettext_lazy("another course"),
    Introduction.To.REGISTRATION: gettext_lazy("another registration or licence"),
}


class IntroductionForm(forms.Form):
    """Where a client is sent besides the lender."""

    version = VersionField()
    to = forms.ChoiceField(label=gettext_lazy("Where to?"), error_messages=CHOOSE)
    where = TextField(
        label=gettext_lazy("Which one?"),
        help_text=gettext_lazy("Needed where the list above does not name it: which one, or whom to ask for."),
        max_length=120,
        required=False,
    )
    why = TextField(label=gettext_lazy("What for?"), max_length=300)

    # What the list names needs no words.
    one_of = ("where",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.named = {
            f"{to}-{found.code}": Where(to, *found[1:], found.code)
            for to in OTHERS
            for found in destinations.on_offer(to)
        }
        self.fields["to"].choices = [("", _("Choose one")), *map(self.group_of, Introduction.To)]

    def group_of(self, to):
        """The list of what is on file, and last another one; or the one line of where nothing is."""
        title = capfirst(to.label)
        if to not in OTHERS:
            return to.value, title
        listed = [
            (value, destinations.in_words(one.name, one.name_ur)) for value, one in self.named.items() if one.to == to
        ]
        return title, [*listed, (to.value, OTHERS[to])]

    def clean(self):
        """Where to, in place of the two fields that say it."""
        said = super().clean()
        to, where = said.pop("to", ""), said.pop("where", "")
        if to in self.named and where:
            self.add_error("where", _("The list above names it. Write what else is to be said under “What for?”."))
        elif to in self.named:
            said["where"] = self.named[to]
        elif where:
            said["where"] = Where(to, where)
        elif "where" not in self.errors:
            self.add_error("where", _("Say which one, or whom to ask for."))
        return said

    @cached_property
    def helper(self):
        return helper_of("version", "to", "where", "why", Submit("save", gettext_lazy("Save")))


class OfferForm(MoveForm):
    """Yes or no: is what stands in the history what the client was sent for?"""

    event = forms.IntegerField(widget=forms.HiddenInput)
    is_answer = forms.TypedChoiceField(choices=[("yes", ""), ("no", "")], coerce="yes".__eq__, error_messages=CHOOSE)


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
