import datetime as dt

from crispy_forms.bootstrap import Accordion, AccordionGroup
from crispy_forms.layout import Row, Submit
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.forms.parts import ComingDayField, helper_of
from casework.models import StepKind
from kit import words
from kit.fields import TextField, VersionField
from places.calendar import OFFICE, Calendar

ROWS = range(1, 7)


class StepKindField(forms.ModelChoiceField):
    """One of the steps that plans are made of; its value is the step's code."""

    def __init__(self, **kwargs):
        super().__init__(
            StepKind.objects.offered(),
            to_field_name="code",
            empty_label=gettext_lazy("Choose a step"),
            error_messages={
                "required": gettext_lazy("Choose a step."),
                "invalid_choice": gettext_lazy("Choose a step from the list."),
            },
            **kwargs,
        )


def by_when(label):
    return ComingDayField(label=label, required=False)


def in_own_words(label):
    return TextField(label=label, max_length=120, required=False)


class PlanForm(forms.Form):
    """Up to six steps at a time; a step without a day gets its usual time."""

    version = VersionField()
    step_1 = StepKindField(label=gettext_lazy("Step 1"))
    due_1 = by_when(gettext_lazy("Step 1, by"))
    words_1 = in_own_words(gettext_lazy("Step 1, in your own words"))
    step_2 = StepKindField(label=gettext_lazy("Step 2"), required=False)
    due_2 = by_when(gettext_lazy("Step 2, by"))
    words_2 = in_own_words(gettext_lazy("Step 2, in your own words"))
    step_3 = StepKindField(label=gettext_lazy("Step 3"), required=False)
    due_3 = by_when(gettext_lazy("Step 3, by"))
    words_3 = in_own_words(gettext_lazy("Step 3, in your own words"))
    step_4 = StepKindField(label=gettext_lazy("Step 4"), required=False)
    due_4 = by_when(gettext_lazy("Step 4, by"))
    words_4 = in_own_words(gettext_lazy("Step 4, in your own words"))
    step_5 = StepKindField(label=gettext_lazy("Step 5"), required=False)
    due_5 = by_when(gettext_lazy("Step 5, by"))
    words_5 = in_own_words(gettext_lazy("Step 5, in your own words"))
    step_6 = StepKindField(label=gettext_lazy("Step 6"), required=False)
    due_6 = by_when(gettext_lazy("Step 6, by"))
    words_6 = in_own_words(gettext_lazy("Step 6, in your own words"))

    @cached_property
    def helper(self):
        first, *more = ROWS
        folded = [self.fold(number, row) for number, row in enumerate(more, start=2)]
        helper = helper_of("version", *self.lines_of(first), *folded, Submit("save", gettext_lazy("Agree this plan")))
        helper.form_id = "agree"  # buttons beside the form belong to it
        return helper

    def names_of(self, row):
        return f"step_{row}", f"due_{row}", f"words_{row}"

    def lines_of(self, row):
        step, due, words = self.names_of(row)
        return Row(step, due), words

    def fold(self, number, row):
        """A further step is folded away until somebody opens it, writes in it, or is to put something right there."""
        is_begun = any(self[name].value() for name in self.names_of(number))
        heading = _("Add step {number}").format(number=number)
        return Accordion(AccordionGroup(heading, *self.lines_of(row), active=is_begun))

    @property
    def taken(self):
        """The codes of the steps that stand in the form."""
        return {self[f"step_{row}"].value() for row in ROWS} - {None, ""}

    @property
    def free_row(self):
        """The first row in which nothing stands, if any."""
        rows = (row for row in ROWS if not any(self[name].value() for name in self.names_of(row)))
        return next(rows, None)

    def take(self, code):
        """Put a step that is suggested into the first free row, once; nothing else that stands there changes."""
        if self.free_row and code not in self.taken:
            self.data = self.data.copy()
            self.data[f"step_{self.free_row}"] = code

    def clean(self):
        cleaned = super().clean()
        chosen = set()
        for row in ROWS:
            kind = cleaned.get(f"step_{row}")
            is_begun = cleaned.get(f"due_{row}") or cleaned.get(f"words_{row}")
            if kind is None and is_begun and f"step_{row}" not in self.errors:
                self.add_error(f"step_{row}", _("Choose the step that you wrote of."))
            if kind in chosen:
                self.add_error(f"step_{row}", _("This step is in the plan above already."))
            if kind is not None:
                chosen.add(kind)
        return cleaned

    def steps(self):
        """What was agreed, each with its day: the usual one where none was typed, never on a closed day."""
        calendar, today = Calendar.load(OFFICE), timezone.localdate()
        agreed = []
        for row in ROWS:
            kind = self.cleaned_data[f"step_{row}"]
            if kind is not None:
                usual = calendar.first_at_or_after(today + dt.timedelta(days=kind.days))
                day, words_of_step = self.cleaned_data[f"due_{row}"], self.cleaned_data[f"words_{row}"]
                agreed.append({"kind": kind, "due_on": day or usual, "words": words_of_step})
        return agreed

    def beside(self, case):
        """The steps that were chosen and those that the plan has now, each with its day."""
        now = [(step.kind, step.due_on) for step in case.steps.open().for_list()]
        yours = [(step["kind"], step["due_on"]) for step in self.steps()]
        yield _("Steps of the plan"), lines_of(yours), lines_of(now)


class DropForm(forms.Form):
    version = VersionField()
    because = TextField(
        label=gettext_lazy("Why nobody needs it any more, in a sentence that the client may read"), max_length=200
    )

    @cached_property
    def helper(self):
        return helper_of("version", "because", Submit("save", gettext_lazy("Drop this step")))


class ReDateForm(forms.Form):
    version = VersionField()
    due_on = ComingDayField(label=gettext_lazy("New day"))
    because = TextField(label=gettext_lazy("Why, in a sentence that the client may read"), max_length=200)

    @cached_property
    def helper(self):
        return helper_of("version", "due_on", "because", Submit("save", gettext_lazy("Change the day")))


class TemplateForm(forms.Form):
    """A button beside what was shown: nothing to type. The page says what it does now in place of what was sent."""

    digest = forms.CharField(max_length=64)
    moves = forms.BooleanField(required=False)


def lines_of(steps):
    """One line a step: Step 1: Get your NTN, by 1 Dec 2026."""
    return "\n".join(
        _("Step {number}: {step}, by {day}").format(
            number=number, step=kind.label, day=words.plain(words.day_plain(day))
        )
        for number, (kind, day) in enumerate(steps, start=1)
    )
