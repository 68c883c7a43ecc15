from crispy_forms.layout import Fieldset, Submit
from django import forms
from django.db.models import Case, When
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, helper_of
from casework.models import MOST_DAYS, Authority, Barrier
from kit.fields import LongTextField, TextField, VersionField, WholeNumberField
from kit.text import apart

# So many of what is known stand in sight; the rest is folded away.
IN_SIGHT = 10
CHOOSE_ONE = gettext_lazy("Choose one")
LACKING = {
    "authority": gettext_lazy("Choose which authority it is."),
    "what": gettext_lazy("Say what stands in the way."),
}


class BarrierForm(forms.Form):
    """What stands in the client's way: one that is known in the district, or a new one."""

    # One that is known, or both others: so none of their labels says that it may stay empty.
    one_of = ("known", "authority", "what")

    known = forms.ModelChoiceField(
        label=gettext_lazy("What colleagues met in this district"),
        queryset=Barrier.objects.none(),
        required=False,
        blank=True,
        widget=forms.RadioSelect,
        empty_label=gettext_lazy("None of these: I write it down"),
        error_messages=CHOOSE,
    )
    authority = forms.ModelChoiceField(
        label=gettext_lazy("Authority"),
        queryset=Authority.objects.none(),
        required=False,
        empty_label=CHOOSE_ONE,
        error_messages=CHOOSE,
    )
    what = TextField(
        label=gettext_lazy("What stands in the way"),
        help_text=gettext_lazy("In a few words, without anybody's name."),
        max_length=160,
        required=False,
    )
    days_lost = WholeNumberField(
        label=gettext_lazy("How many days it cost so far"),
        help_text=gettext_lazy("A guess is fine."),
        max_value=MOST_DAYS,
    )

    def __init__(self, *args, known, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["authority"].queryset = Authority.objects.filter(is_open=True)
        self.fields["known"].queryset = known
        self.fields["known"].label_from_instance = lambda barrier: f"{barrier.authority.label}: {apart(barrier.what)}"
        self.has_known = known.exists()
        none, *found = self.fields["known"].choices
        if rest := found[IN_SIGHT:]:
            more = _("Show all: {number} more").format(number=len(rest))
            self.fields["known"].choices = [none, *found[:IN_SIGHT], (more, rest)]
            self.fields["known"].is_folded = True

    @cached_property
    def helper(self):
        known = ["known"] if self.has_known else []
        title = gettext_lazy("Another obstacle") if known else gettext_lazy("The obstacle")
        return helper_of(
            *known,
            Fieldset(title, "authority", "what"),
            "days_lost",
            Submit("save", gettext_lazy("Write it down")),
        )

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("known") and "known" not in self.errors:
            for name, lacking in LACKING.items():
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, lacking)
        return cleaned

    def facts(self):
        """What the action takes."""
        said = self.cleaned_data
        return {"barrier": said["known"]} | {name: said[name] for name in ("authority", "what", "days_lost")}


class SeeToForm(forms.Form):
    version = VersionField()
    what = TextField(
        label=gettext_lazy("What stands in the way"),
        help_text=gettext_lazy("In a few words, without anybody's name."),
        max_length=160,
    )
    owner = TextField(
        label=gettext_lazy("Who sees to it"),
        help_text=gettext_lazy("An office or a post; the committee reads it."),
        max_length=120,
        required=False,
    )
    answer = LongTextField(label=gettext_lazy("What came of it"), max_length=500, required=False)

    @cached_property
    def helper(self):
        return helper_of("version", "what", "owner", "answer", Submit("save", gettext_lazy("Save")))


class JoinForm(forms.Form):
    version = VersionField()
    into = forms.ModelChoiceField(
        label=gettext_lazy("The same as"),
        queryset=Barrier.objects.none(),
        empty_label=CHOOSE_ONE,
        error_messages=CHOOSE,
    )

    def __init__(self, *args, barrier, alike, **kwargs):
        """Those that read nearly the same stand first."""
        super().__init__(*args, **kwargs)
        others = Barrier.objects.living().for_list().filter(authority=barrier.authority).exclude(pk=barrier.pk)
        places = [When(pk=one.pk, then=place) for place, one in enumerate(alike)]
        near = [Case(*places, default=len(places))] if places else []
        self.fields["into"].queryset = others.order_by(*near, "district__name", "what")
        self.fields["into"].label_from_instance = lambda other: f"{other.district.label}: {apart(other.what)}"

    @cached_property
    def helper(self):
        return helper_of("version", "into", Submit("join", gettext_lazy("Join the two")))
