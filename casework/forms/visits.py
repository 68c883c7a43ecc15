"""Ten visits that were written on paper, typed one after the other."""

from crispy_forms.bootstrap import Accordion, AccordionGroup
from crispy_forms.layout import Fieldset, Row, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.forms.contacts import MinutesField
from casework.forms.parts import CHOOSE, ComingDayField, ask_about_day, helper_of, keep_asked, why_shut
from casework.models import Present
from kit.fields import DayField, LongTextField, TextField

ROWS = range(1, 11)
# Of each row, as on the paper form; the first says whose visit it is.
WHO = "who"


def fields_of_row():
    """The fields of one visit: those of the contact form, all of them free, for an empty row is no visit.

    In the order in which they stand on paper and on the screen alike.
    """
    return {
        WHO: TextField(label=gettext_lazy("Reference or CNIC"), max_length=40, required=False),
        "on": DayField(label=gettext_lazy("Day of the contact"), required=False),
        "next_on": ComingDayField(label=gettext_lazy("Next contact on"), required=False),
        "agreed": LongTextField(label=gettext_lazy("What you agreed"), max_length=1000, required=False),
        "minutes": MinutesField(label=gettext_lazy("Minutes it took"), min_value=1, initial=30),
        "prep_minutes": MinutesField(label=gettext_lazy("Minutes to prepare"), initial=0),
        "travel_minutes": MinutesField(label=gettext_lazy("Minutes on the way"), initial=0),
        "present": forms.MultipleChoiceField(
            label=gettext_lazy("Who was there"),
            choices=Present.choices,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            error_messages=CHOOSE,
        ),
        "is_substantive": forms.BooleanField(label=gettext_lazy("It moved something on"), required=False),
        "is_specific": forms.BooleanField(label=gettext_lazy("It was about this client alone"), required=False),
    }


NAMES = tuple(fields_of_row())
NEEDED = (WHO, "on", "next_on", "agreed")
# Of each row, hidden: the shut day, and the second visit of one day, about which its writer was asked.
KEPT = ("kept_day", "kept_twice")


class VisitsForm(forms.Form):
    """Rows `who_1`, `on_1`, ... to ten. A row counts once anything of what a visit needs is typed in it."""

    # Needed in each row that is filled in, so that their labels do not say that they may stay empty.
    one_of = tuple(f"{name}_{row}" for row in ROWS for name in NEEDED)

    def rows(self):
        """The rows that were filled in: (number, what was said)."""
        said = self.cleaned_data
        for row in ROWS:
            if any(said.get(f"{name}_{row}") for name in NEEDED):
                is_second = said.get(f"kept_twice_{row}") == self.visit_of(row)
                yield row, {name: said.get(f"{name}_{row}") for name in NAMES} | {"is_second": is_second}

    def visit_of(self, row):
        """Whose visit of which day it is, as typed."""
        return f"{self.cleaned_data.get(f'{WHO}_{row}')} {self.cleaned_data.get(f'on_{row}')}"

    @property
    def named_as(self):
        """Which of the ten is meant, where the labels of all are the same."""
        return {
            f"{name}_{row}": _("Visit {number}, {field}").format(number=row, field=self.fields[f"{name}_{row}"].label)
            for row in ROWS
            for name in NAMES
        }

    def clean(self):
        cleaned = super().clean()
        empty = {name: field.error_messages["required"] for name, field in fields_of_row().items()}
        for row in ROWS:
            names = [f"{name}_{row}" for name in NEEDED]
            is_begun = any(cleaned.get(name) or name in self.errors for name in names)
            for name in names if is_begun else ():
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, empty[name.rpartition("_")[0]])
            ask_about_day(self, f"next_on_{row}", kept=f"kept_day_{row}", why_not=why_shut)
        if not self.errors and not any(True for _row in self.rows()):
            self.add_error("who_1", _("Type the reference of the first visit, or its CNIC."))
        return cleaned

    def refuse(self, row, refusal):
        """Put what was refused of a row beside its fields."""
        # Before its fields lose what was typed to their errors.
        visit = self.visit_of(row)
        for name, errors in refusal.error_dict.items() if hasattr(refusal, "error_dict") else [(WHO, refusal)]:
            self.add_error(f"{name if name in NAMES else WHO}_{row}", errors)
            if any(error.code == "sure" for error in errors):
                keep_asked(self, f"kept_twice_{row}", visit)

    @cached_property
    def helper(self):
        return helper_of(*map(self.shown, ROWS), Submit("save", gettext_lazy("Save the visits")))

    def shown(self, row):
        """One row as on paper; what mostly stays empty is folded away."""
        at = {name: f"{name}_{row}" for name in NAMES}
        more = AccordionGroup(
            gettext_lazy("How long, who was there"),
            Row(at["minutes"], at["prep_minutes"], at["travel_minutes"]),
            at["present"],
            at["is_substantive"],
            at["is_specific"],
            active=False,
        )
        return Fieldset(
            _("Visit {number}").format(number=row),
            Row(at[WHO], at["on"], at["next_on"]),
            at["agreed"],
            Accordion(more),
            *(f"{name}_{row}" for name in KEPT),
        )


for _number in ROWS:
    for _name, _field in fields_of_row().items():
        VisitsForm.base_fields[f"{_name}_{_number}"] = _field
    for _name in KEPT:
        VisitsForm.base_fields[f"{_name}_{_number}"] = forms.CharField(required=False, widget=forms.HiddenInput)
