"""What became of the business, in six questions; the same ones whoever types the answers."""

from collections.abc import Mapping
from types import MappingProxyType

from crispy_forms.layout import Fieldset, Row, Submit
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, helper_of
from casework.models import Band, Channel, FollowUp, Measure, Point
from enterprises.models import Document
from journal.differences import in_words
from kit import words
from kit.fields import DayField, RupeesField, TextField, VersionField, WholeNumberField

What, Grade = Measure.What, Measure.Grade
MOST_PEOPLE = 10_000
NOT_SAID = ("", gettext_lazy("Not said"))
YES_NO = [NOT_SAID, ("1", gettext_lazy("Yes")), ("0", gettext_lazy("No"))]


def people(label, **kwargs):
    return WholeNumberField(label=label, max_value=MOST_PEOPLE, required=False, **kwargs)


def band(label, **kwargs):
    """A choice of a band; nobody types the number itself."""
    choices = [NOT_SAID, *((str(value), said) for value, said in Band.choices)]
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=int, empty_value=None, required=False, error_messages=CHOOSE, **kwargs
    )


class FiguresForm(forms.Form):
    """The six questions; each may stay empty."""

    WHAT = (
        What.WOMEN, What.WOMEN_PAID, What.MEN, What.MEN_PAID, What.SALES, What.PROFIT, What.INCOME, What.BANK,
    )  # fmt: skip

    women = people(
        gettext_lazy("How many women work in the business?"), help_text=gettext_lazy("Owner and family too.")
    )
    women_paid = people(gettext_lazy("How many of these women are paid?"))
    men = people(gettext_lazy("How many men work in the business?"), help_text=gettext_lazy("Owner and family too."))
    men_paid = people(gettext_lazy("How many of these men are paid?"))
    sales = RupeesField(
        label=gettext_lazy("How much did it sell in the last month?"),
        help_text=gettext_lazy("All that customers pay you, before costs. A guess is fine."),
        min_value=0,
        max_value=2_000_000_000,
        required=False,
    )
    profit = band(gettext_lazy("How much of it was left after all costs?"))
    income = band(
        gettext_lazy("What does the whole household live on in a month?"),
        help_text=gettext_lazy("All that everybody in the house earns."),
    )
    bank = forms.TypedChoiceField(
        label=gettext_lazy("Is there a bank account or wallet in the owner's own name?"),
        choices=YES_NO,
        coerce=int,
        empty_value=None,
        required=False,
        error_messages=CHOOSE,
    )

    def __init__(self, *args, last: Mapping[str, str] = MappingProxyType({}), **kwargs):
        """`last` is what was written down last of each thing: it stands beside the question, and answers none."""
        super().__init__(*args, **kwargs)
        for what, value in last.items():
            said = _("Last written down: {value}.").format(value=value)
            self.fields[what].help_text = " ".join(filter(None, [str(self.fields[what].help_text), said]))

    def clean(self):
        cleaned = super().clean()
        for all_of_them, paid in (("women", "women_paid"), ("men", "men_paid")):
            number = cleaned.get(paid)
            if number is not None and all_of_them not in self.errors and number > (cleaned.get(all_of_them) or 0):
                self.add_error(paid, gettext_lazy("There cannot be more who are paid than who work there."))
        return cleaned

    @property
    def values(self):
        """What was said, by what is measured."""
        return {what.value: self.cleaned_data.get(what.value) for what in self.WHAT}

    @staticmethod
    def questions():
        return (
            Row("women", "women_paid"),
            Row("men", "men_paid"),
            "sales",
            "profit",
            "income",
            "bank",
        )


class FollowUpForm(FiguresForm):
    """The client's own answer."""

    version = VersionField()
    anyway = forms.ChoiceField(
        label=gettext_lazy("Would the business be where it is without SMEDA and Akhuwat?"),
        choices=FollowUp.Anyway.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    @cached_property
    def helper(self):
        return helper_of("version", *self.questions(), "anyway", Submit("save", gettext_lazy("Send the answers")))

    def facts(self):
        """What the action takes."""
        said = self.cleaned_data
        return {"values": self.values, "anyway": said["anyway"], "version": said["version"]}


class ToldFollowUpForm(FollowUpForm):
    """The same, as the client told it to a colleague."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How they told you"),
        choices=[(one.value, one.label) for one in (Channel.PHONE, Channel.OFFICE, Channel.VISIT)],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    @cached_property
    def helper(self):
        return helper_of(
            "version", "channel", *self.questions(), "anyway", Submit("save", gettext_lazy("Save the answers"))
        )

    def facts(self):
        return super().facts() | {"channel": self.cleaned_data["channel"]}


class PaperField(forms.ModelChoiceField):
    """A paper of the case, by what it is and when it was handed in."""

    def label_from_instance(self, paper):
        day = words.plain(words.day_plain(paper.uploaded_at))
        return f"{paper.kind.label} · {day}"


class RemoveMeasureForm(forms.Form):
    """Why a figure is taken out; colleagues read it."""

    because = TextField(label=gettext_lazy("Why is it wrong?"), max_length=200)

    @cached_property
    def helper(self):
        return helper_of("because", Submit("save", gettext_lazy("Take it out")))


class MeasureForm(FiguresForm):
    """What a colleague heard or saw between the questions, or of the beginning."""

    GRADES = (Grade.SAID, Grade.SEEN, Grade.DOCUMENTED)

    # Which figures stood there when the page was shown.
    seen = forms.RegexField(r"^[0-9.]*$", max_length=2_000, required=False, widget=forms.HiddenInput)

    point = forms.ChoiceField(
        label=gettext_lazy("Of when"), choices=Point.choices, initial=Point.OTHER, error_messages=CHOOSE
    )
    on = DayField(label=gettext_lazy("As of which day"), initial=timezone.localdate)
    grade = forms.ChoiceField(
        label=gettext_lazy("How you know"),
        choices=[(grade.value, grade.label) for grade in GRADES],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    paper = PaperField(
        label=gettext_lazy("Which paper says so"),
        queryset=Document.objects.none(),
        required=False,
        empty_label=gettext_lazy("No paper"),
        help_text=gettext_lazy("For what is documented. The client reads it and says whether it is right."),
        error_messages=CHOOSE,
    )

    def __init__(self, *args, papers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["paper"].queryset = papers

    @cached_property
    def helper(self):
        return helper_of(
            "seen",
            Fieldset(gettext_lazy("What was measured"), *self.questions()),
            Row("point", "on"),
            "grade",
            "paper",
            Submit("save", gettext_lazy("Save the results")),
        )

    def facts(self):
        facts = {name: self.cleaned_data[name] for name in ("point", "on", "grade", "paper")}
        seen = {int(number) for number in self.cleaned_data["seen"].split(".") if number}
        return {"values": self.values, "seen": seen} | facts

    def beside(self, measure: Measure):
        """What was typed, and what stands there now."""
        there = {one.what: one for one in measure.case.measures.counted().filter(point=measure.point)}
        for what in self.WHAT:
            yours = self.cleaned_data.get(what.value)
            if yours is not None:
                field, one = self[what.value], there.get(what.value)
                theirs = f"{in_words(field, one.value)} · {one.get_grade_display()}" if one else ""
                yield (
                    what.label,
                    f"{in_words(field, yours)} · {in_words(self['grade'], self.cleaned_data['grade'])}",
                    theirs,
                )
