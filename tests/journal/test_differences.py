import datetime as dt

import pytest
from django import forms
from django.utils import timezone

import journal.differences
from casework.forms import PlanForm
from casework.models import StepKind
from enterprises.access_forms import PhoneFactsForm
from enterprises.models import Person
from journal.differences import differences
from kit import words
from kit.fields import DayField, PhoneField, TextField
from tests.factories.casework import PlannedFactory, StepFactory, StepKindFactory


class WritingForm(forms.Form):
    """Fields of a person, and three that the record has not."""

    name = TextField(label="Your name")
    phone = PhoneField(label="mobile number")
    helps = forms.MultipleChoiceField(choices=[("loan", "A loan"), ("course", "A course")], required=False)
    told_on = DayField(required=False)
    is_sure = forms.BooleanField(required=False)


def shown(form, record):
    assert form.is_valid(), form.errors
    return [(row["label"], row["yours"], row["theirs"]) for row in differences(form, record)]


def test_labels_of_the_form_words_for_choices_and_only_what_differs():
    assert_in_the_words_of_the_form()


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: labels and choices by their inner names")
@pytest.mark.parametrize(
    ("guard", "off"),
    [("capfirst", lambda _label: "name"), ("chosen", lambda _choices, value: value)],
)
def test_labels_of_the_form_words_for_choices_and_only_what_differs_control(monkeypatch, guard, off):
    monkeypatch.setattr(journal.differences, guard, off)

    assert_in_the_words_of_the_form()


def assert_in_the_words_of_the_form():
    typed = {"name": "Nasreen", "phone": "03000001234", "helps": ["loan", "course"], "told_on": "1-12-2026"}
    person = Person(name="Nasreen", phone="+923000005678")

    assert shown(WritingForm(typed | {"is_sure": "on"}), person) == [
        ("Mobile number", "0300-0001234", "0300-0005678"),
        ("Helps", "A loan, A course", None),
        ("Told on", "01/12/2026", None),
        ("Is sure", "Yes", None),
    ]


def test_what_nobody_typed_is_not_shown():
    person = Person(name="Nasreen Bibi", phone="+923000001234")

    assert shown(WritingForm({"name": "Nasreen", "phone": "03000001234"}), person) == [
        ("Your name", "Nasreen", "Nasreen Bibi")
    ]


def test_yes_no_and_hours_are_read_from_the_record_as_the_form_names_them():
    typed = {"version": 1, "phone_owner": "self", "phone_reader": "self", "loans_may_be_named": "no"}
    person = Person(safe_from=dt.time(9), safe_until=dt.time(17), loans_may_be_named=True)

    rows = shown(PhoneFactsForm.of(person, typed), person)

    # What stands there and is no answer that anybody may choose.
    assert rows[0] == ("Who reads the messages?", "The person reads messages alone", "Not asked yet")
    assert rows[1] == ("May a message name a loan?", "No", "Yes")
    assert [row[1:] for row in rows[2:]] == [("", "9 am"), ("", "5 pm")]


def test_a_field_made_for_the_record_begins_with_what_stands_there():
    class MarkForm(forms.Form):
        def __init__(self, *args):
            super().__init__(*args)
            self.fields["mark-7"] = forms.ChoiceField(
                label="Nasreen", choices=[("present", "There"), ("absent", "Not there")], initial="present"
            )

    assert shown(MarkForm({"mark-7": "absent"}), Person()) == [("Nasreen", "Not there", "There")]


@pytest.mark.django_db
def test_the_steps_of_a_plan_are_shown_beside_those_that_it_has_now():
    case = PlannedFactory()
    first, second = StepKindFactory(), StepKindFactory()
    StepFactory(case=case, kind=first, due_on=dt.date(2026, 12, 1))
    day = timezone.localdate() + dt.timedelta(days=30)
    said = words.plain(words.day_plain(day))
    form = PlanForm({"version": 0, "step_1": second.code, "due_1": f"{day:%d-%m-%Y}"})

    assert shown(form, case) == [
        ("Steps of the plan", f"Step 1: {second.label}, by {said}", f"Step 1: {first.label}, by 1 Dec 2026")
    ]


@pytest.mark.django_db
def test_a_record_chosen_from_a_list_is_named_as_in_the_list():
    kind = StepKindFactory()

    class KindForm(forms.Form):
        kind = forms.ModelChoiceField(StepKind.objects.all(), label="Step")

    assert shown(KindForm({"kind": kind.pk}), StepFactory())[0][1] == str(kind)
