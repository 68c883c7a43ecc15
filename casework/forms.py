"""What advisors type, as clean values. What is typed is kept by the actions."""

import datetime as dt

from crispy_forms.bootstrap import Accordion, AccordionGroup, InlineRadios, PrependedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row, Submit
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Office
from casework import limits
from casework.models import Case, Channel, StepKind, Topic
from casework.states import CaseState
from enterprises.models import Consent
from kit import words
from kit.fields import (
    DayField,
    LongTextField,
    NameField,
    PhoneField,
    RupeesField,
    TextField,
    VersionField,
    WholeNumberField,
)
from places.calendar import OFFICE, Calendar
from places.forms import DistrictField

A_YEAR = dt.timedelta(days=366)
ROWS = range(1, 5)
CHOOSE = {
    "required": gettext_lazy("Choose one of these."),
    "invalid_choice": gettext_lazy("Choose one of these."),
}


class ComingDayField(DayField):
    """A day from today on, within a year."""

    default_error_messages = {
        "past": gettext_lazy("This day is over. Enter today or a later day."),
        "far_off": gettext_lazy("Enter a day within a year."),
    }

    def clean(self, value):
        day = super().clean(value)
        today = timezone.localdate()
        if day is not None and day < today:
            raise self.refusal("past")
        if day is not None and day > today + A_YEAR:
            raise self.refusal("far_off")
        return day


def helper_of(*layout):
    """A form's helper with this layout; the last of it is the button."""
    helper = FormHelper()
    helper.layout = Layout(*layout)
    return helper


class MoveForm(forms.Form):
    """A button that makes a move: nothing to type, only what was shown."""

    version = VersionField()


class ContactForm(forms.Form):
    version = VersionField()
    channel = forms.ChoiceField(
        label=gettext_lazy("How you spoke"),
        choices=Channel.choices,
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
        error_messages=CHOOSE,
    )
    agreed = LongTextField(
        label=gettext_lazy("What you agreed"),
        max_length=1000,
        help_text=gettext_lazy("Two or three sentences that the client would say in the same way."),
    )
    next_on = ComingDayField(
        label=gettext_lazy("Next contact on"), help_text=gettext_lazy("So that the client knows when you call again.")
    )
    minutes = WholeNumberField(
        label=gettext_lazy("Minutes it took"), min_value=1, max_value=600, required=False, initial=10
    )

    @cached_property
    def helper(self):
        return helper_of(
            "version",
            InlineRadios("channel"),
            "agreed",
            "next_on",
            Accordion(AccordionGroup(gettext_lazy("How long it took"), "minutes", active=False)),
            Submit("save", gettext_lazy("Save the contact")),
        )

    def clean_minutes(self):
        return self.cleaned_data["minutes"] or self.fields["minutes"].initial


class UnaskedContactForm(ContactForm):
    """Where nobody may call, but about a loan: the client came or called, and may give the permission with that."""

    # Needed with the permission, so that its label does not say that it may stay empty.
    one_of = ("next_on",)

    is_unasked = forms.BooleanField(
        label=gettext_lazy("They came, called or wrote by themselves"),
        error_messages={"required": gettext_lazy("Tick this. If we called them, nobody should have.")},
    )
    lets_contact = forms.BooleanField(label=Consent.Kind.CONTACT.label, required=False)

    def __init__(self, *args, may_have_called=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["is_unasked"].required = not may_have_called
        self.fields["next_on"].required = False
        self.fields["next_on"].help_text = gettext_lazy("Needed if they give the permission. Otherwise leave it empty.")

    @cached_property
    def helper(self):
        return helper_of(
            "version",
            "is_unasked",
            InlineRadios("channel"),
            "agreed",
            Fieldset(gettext_lazy("Read aloud, and tick it if they agree now"), "lets_contact"),
            "next_on",
            Accordion(AccordionGroup(gettext_lazy("How long it took"), "minutes", active=False)),
            Submit("save", gettext_lazy("Save the contact")),
        )

    def clean(self):
        cleaned = super().clean()
        next_on, lets_contact = cleaned.get("next_on"), cleaned.get("lets_contact")
        if "next_on" in self.errors:
            return cleaned
        if lets_contact and not next_on:
            self.add_error("next_on", self.fields["next_on"].error_messages["required"])
        elif next_on and not lets_contact:
            self.add_error(
                "next_on", _("Nobody may call on that day. Leave it empty, or tick that they give the permission.")
            )
        return cleaned


class NoteForm(forms.Form):
    READERS = [
        ("internal", gettext_lazy("SMEDA's staff only")),
        ("shared", gettext_lazy("The client too, on their own page")),
    ]

    text = LongTextField(label=gettext_lazy("Note"))
    readers = forms.ChoiceField(
        label=gettext_lazy("Who may read it"),
        choices=READERS,
        widget=forms.RadioSelect,
        initial="internal",
        error_messages=CHOOSE,
    )

    @cached_property
    def helper(self):
        return helper_of("text", "readers", Submit("save", gettext_lazy("Save the note")))


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


class BusinessPlanForm(forms.Form):
    """One page: what for, what comes in and goes out in a month, own money, the loan and how long."""

    # In the order of the page, so that the first error that is named is the first one there.
    version = VersionField(required=False)
    sales = RupeesField(label=gettext_lazy("Sales in a month"), min_value=0, max_value=100_000_000)
    costs = RupeesField(
        label=gettext_lazy("Costs in a month"),
        min_value=0,
        max_value=100_000_000,
        help_text=gettext_lazy("Material, rent, electricity, wages, transport."),
    )
    purpose = TextField(
        label=gettext_lazy("What the money is for"),
        help_text=gettext_lazy("For instance: a second sewing machine and cloth for a month."),
    )
    own_share = RupeesField(label=gettext_lazy("Own money for this"), min_value=0, max_value=100_000_000)
    loan_wanted = RupeesField(label=gettext_lazy("Loan wanted"), max_value=10_000_000)
    months = WholeNumberField(label=gettext_lazy("Months to pay it back"), min_value=1, max_value=60)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if most := limits.most_lent():
            wanted = self.fields["loan_wanted"]
            wanted.max_value = most
            wanted.help_text = _("No loan on offer is larger than Rs %(most)s.") % {"most": f"{most:,}"}

    @cached_property
    def helper(self):
        sales, costs, own_share, loan_wanted = (
            PrependedText(name, _("Rs")) for name in ("sales", "costs", "own_share", "loan_wanted")
        )
        return helper_of(
            "version",
            Fieldset(gettext_lazy("The business in a month"), Row(sales, costs)),
            Fieldset(gettext_lazy("What is wanted"), "purpose", Row(own_share, loan_wanted), "months"),
            Submit("save", gettext_lazy("Save the plan")),
        )


class BusinessPlanChangeForm(BusinessPlanForm):
    """The same page once more, with the version that it was filled from."""

    version = VersionField()


class ReturnForm(forms.Form):
    version = VersionField()
    remark = LongTextField(
        label=gettext_lazy("What is missing"),
        max_length=300,
        help_text=gettext_lazy("The author reads this, nobody outside SMEDA."),
    )

    @cached_property
    def helper(self):
        return helper_of("version", "remark", Submit("return", gettext_lazy("Send back")))


class ReferralForm(forms.Form):
    version = VersionField()
    to_office = forms.ModelChoiceField(
        label=gettext_lazy("Which branch"),
        queryset=Office.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a branch."),
            "invalid_choice": gettext_lazy("Choose a branch from the list."),
        },
    )

    def __init__(self, *args, branches, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_office"].queryset = branches

    @cached_property
    def helper(self):
        return helper_of("version", "to_office", Submit("refer", gettext_lazy("Refer to this branch")))


class CloseForm(forms.Form):
    version = VersionField()
    outcome = forms.ChoiceField(
        label=gettext_lazy("How did it end?"),
        # That it was joined with another case is no colleague's to say: merging does.
        choices=[chosen for chosen in Case.Outcome.choices if chosen[0] != Case.Outcome.MERGED],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    @cached_property
    def helper(self):
        return helper_of("version", "outcome", Submit("close", gettext_lazy("Close the case")))


class EnquiryForm(forms.Form):
    """Twenty seconds of typing: what about, where from, what was answered."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How they came"),
        choices=[("", gettext_lazy("Choose one")), *Channel.choices],
        error_messages=CHOOSE,
    )
    topic = forms.ModelChoiceField(
        label=gettext_lazy("About"),
        queryset=Topic.objects.all(),
        to_field_name="code",
        empty_label=gettext_lazy("Choose a topic"),
        error_messages={
            "required": gettext_lazy("Choose a topic."),
            "invalid_choice": gettext_lazy("Choose a topic from the list."),
        },
    )
    # The list alone, and it begins with the office's own: a second box for towns would cost a row at every enquiry.
    district = DistrictField(label=gettext_lazy("District"))
    answer = TextField(label=gettext_lazy("Answer given"), max_length=300)
    name = NameField(label=gettext_lazy("Name"), max_length=120, required=False)
    phone = PhoneField(label=gettext_lazy("Mobile number"), required=False)

    @cached_property
    def helper(self):
        return helper_of(
            Row("channel", "topic", "district"),
            "answer",
            Accordion(
                AccordionGroup(gettext_lazy("Name and number, if they gave them"), Row("name", "phone"), active=False)
            ),
            Submit("save", gettext_lazy("Save the enquiry")),
        )


class CallerForm(forms.Form):
    """Whoever calls again: what they asked before."""

    caller = PhoneField(
        label=gettext_lazy("Earlier enquiries from a mobile number"),
        widget=forms.TelInput(attrs={"maxlength": 40}),
        required=False,
    )

    @cached_property
    def helper(self):
        helper = helper_of("caller", Submit("", gettext_lazy("Find")))
        helper.form_method = "get"
        helper.form_class = "filter"
        return helper


class CaseFilterForm(forms.Form):
    """The filters of the case list. What cannot be read filters nothing."""

    q = TextField(
        label=gettext_lazy("Reference, CNIC, mobile number or name"),
        max_length=120,
        widget=forms.TextInput(attrs={"maxlength": 120}),
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

    @cached_property
    def helper(self):
        helper = helper_of("q", "state", "whose", Submit("", gettext_lazy("Show")))
        helper.form_method = "get"
        helper.form_class = "filter"
        return helper
