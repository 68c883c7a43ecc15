import datetime as dt

from crispy_forms.layout import Row, Submit
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.forms.parts import ComingDayField, helper_of
from casework.models import StepKind
from kit import words
from kit.fields import VersionField
from places.calendar import OFFICE, Calendar

ROWS = range(1, 5)


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


class PlanForm(forms.Form):
    """Up to four steps at a time; a step without a day gets its usual time."""

    version = VersionField()
    step_1 = StepKindField(label=gettext_lazy("Step 1"))
    due_1 = by_when(gettext_lazy("Step 1, by"))
    step_2 = StepKindField(label=gettext_lazy("Step 2"), required=False)
    due_2 = by_when(gettext_lazy("Step 2, by"))
    step_3 = StepKindField(label=gettext_lazy("Step 3"), required=False)
    due_3 = by_when(gettext_lazy("Step 3, by"))
    step_4 = StepKindField(label=gettext_lazy("Step 4"), required=False)
    due_4 = by_when(gettext_lazy("Step 4, by"))

    @cached_property
    def helper(self):
        rows = [Row(f"step_{row}", f"due_{row}") for row in ROWS]
        return helper_of("version", *rows, Submit("save", gettext_lazy("Agree this plan")))

    def clean(self):
        cleaned = super().clean()
        chosen = set()
        for row in ROWS:
            kind = cleaned.get(f"step_{row}")
            if kind is None and cleaned.get(f"due_{row}") and f"step_{row}" not in self.errors:
                self.add_error(f"step_{row}", _("Choose the step that is due on this day."))
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
                agreed.append({"kind": kind, "due_on": self.cleaned_data[f"due_{row}"] or usual})
        return agreed

    def beside(self, case):
        """The steps that were chosen and those that the plan has now, each with its day."""
        now = [(step.kind, step.due_on) for step in case.steps.open().for_list()]
        yours = [(step["kind"], step["due_on"]) for step in self.steps()]
        yield _("Steps of the plan"), lines_of(yours), lines_of(now)


def lines_of(steps):
    """One line a step: Step 1: Get your NTN, by 1 Dec 2026."""
    return "\n".join(
        _("Step {number}: {step}, by {day}").format(
            number=number, step=kind.label, day=words.plain(words.day_plain(day))
        )
        for number, (kind, day) in enumerate(steps, start=1)
    )
