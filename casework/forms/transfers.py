from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, helper_of
from kit.fields import TextField, VersionField
from kit.text import apart

WHY = {"required": gettext_lazy("Say in a few words why.")}


class TransferForm(forms.Form):
    """Who is asked: a colleague by name, or an office. `posts` and `offices` are those that may be."""

    version = VersionField()
    to = forms.ChoiceField(label=gettext_lazy("Who is asked to take it?"), error_messages=CHOOSE)
    reason = TextField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("Whoever is asked reads it before they see the client: leave names out."),
        max_length=300,
        error_messages=WHY,
    )

    def __init__(self, *args, posts, offices, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = {f"office-{office.pk}": (office, None) for office in offices}
        self.asked |= {f"post-{post.pk}": (post.office, post.user) for post in posts}
        named = {}
        for post in posts:
            named.setdefault(post.office.label, []).append((f"post-{post.pk}", str(post.user)))
        free = [(f"office-{office.pk}", office.label) for office in offices]
        others = [(_("Another office, whoever takes cases there"), free)] if free else []
        self.fields["to"].choices = [("", _("Choose one")), *named.items(), *others]

    def clean_to(self):
        return self.asked[self.cleaned_data["to"]]

    @cached_property
    def helper(self):
        return helper_of("version", "to", "reason", Submit("save", gettext_lazy("Ask")))


class AnswersTransfer(forms.Form):
    """An answer stands beside the one that was faster: what it was, whose, and why."""

    def beside(self, transfer):
        button = self.helper.layout.fields[-1]
        typed = [self.cleaned_data[field.name] for field in self.visible_fields()]
        decided = f"{capfirst(transfer.get_state_display())}: {apart(str(transfer.decided_by))}"
        yield _("Answer"), with_reason(str(button.value), *typed), with_reason(decided, transfer.refusal)


def with_reason(said, *reasons):
    """What was said, and below it why, in words that may be of another direction."""
    return "\n".join([said, *(apart(reason) for reason in reasons if reason)])


class AcceptForm(AnswersTransfer):
    """A yes; why, is needed where it is said for a colleague whose week is full."""

    version = VersionField()
    reason = TextField(
        label=gettext_lazy("Why do they take one more?"),
        help_text=gettext_lazy("It stands as a note for colleagues."),
        max_length=300,
        required=False,
    )

    @cached_property
    def helper(self):
        helper = helper_of("version", "reason", Submit("save", gettext_lazy("Yes: take the case")))
        helper.is_summed_up_above = True
        return helper


class RefusalForm(AnswersTransfer):
    version = VersionField()
    refusal = TextField(
        label=gettext_lazy("Why do you not take it?"),
        max_length=300,
        error_messages=WHY,
    )

    @cached_property
    def helper(self):
        return helper_of("version", "refusal", Submit("save", gettext_lazy("Do not take it")))
