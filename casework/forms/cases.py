from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, helper_of
from casework.models import Case, Closure
from casework.states import CaseState
from journal.differences import in_words
from kit.fields import TextField, VersionField


class CloseForm(forms.Form):
    version = VersionField()
    outcome = forms.ChoiceField(
        label=gettext_lazy("How did it end?"),
        # That it was joined with another case is no colleague's to say: merging does.
        choices=[chosen for chosen in Case.Outcome.choices if chosen[0] != Case.Outcome.MERGED],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    note = TextField(label=gettext_lazy("In a few words, for whoever opens it again"), max_length=300, required=False)

    def beside(self, case):
        """Where a colleague closed it meanwhile: what they said of it, beside what was chosen and typed here."""
        yield from beside_ending(self, Closure.objects.standing_of(case).first(), "outcome", "note")

    @cached_property
    def helper(self):
        return helper_of("version", "outcome", "note", Submit("close", gettext_lazy("Close the case")))


class ReopenForm(forms.Form):
    version = VersionField()
    reason = TextField(
        label=gettext_lazy("Why is it opened again?"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say in a few words why.")},
    )

    def beside(self, case):
        """Where a colleague opened it meanwhile: why they did."""
        opened = case.closures.order_by("closed_at", "id").last() if case.state != CaseState.CLOSED else None
        yield from beside_ending(self, opened, "reason")

    @cached_property
    def helper(self):
        return helper_of("version", "reason", Submit("open", gettext_lazy("Open the case again")))


def beside_ending(form, ending, *names):
    """(label, what was typed, what a colleague wrote of the same ending; None where nobody did)."""
    for name in names:
        field = form[name]
        theirs = None if ending is None else in_words(field, getattr(ending, name))
        yield field.label, in_words(field, form.cleaned_data[name]), theirs


class CaseFilterForm(forms.Form):
    """The filters of the case list. What cannot be read filters nothing."""

    q = TextField(
        label=gettext_lazy("Reference, CNIC, mobile number or name"),
        max_length=120,
        widget=forms.SearchInput(attrs={"maxlength": 120}),
        required=False,
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[
            ("", gettext_lazy("All")),
            ("open", gettext_lazy("Open")),
            ("silent", gettext_lazy("Nobody may call")),
            *CaseState.choices,
        ],
        required=False,
    )
    whose = forms.ChoiceField(
        label=gettext_lazy("Whose"),
        choices=[("", gettext_lazy("Everybody's in my districts")), ("mine", gettext_lazy("Mine"))],
        required=False,
    )
    due = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[
            ("", gettext_lazy("At any time")),
            ("late", gettext_lazy("Call or visit past its day")),
            ("new", gettext_lazy("Came in the last seven days")),
            ("wish", gettext_lazy("Wish for another advisor, not met for 10 working days")),
            ("left", gettext_lazy("Still with somebody who left")),
        ],
        required=False,
    )

    def __init__(self, *args, team, **kwargs):
        """`team`: the colleagues whose cases may be asked for, each with how they are called."""
        super().__init__(*args, **kwargs)
        self.fields["whose"].choices += [(str(pk), name) for pk, name in team]

    @cached_property
    def helper(self):
        helper = helper_of("q", "state", "whose", "due", Submit("", gettext_lazy("Show")))
        helper.form_method = "get"
        helper.form_class = "filter"
        return helper
