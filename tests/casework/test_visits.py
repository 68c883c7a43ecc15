"""Visits from paper (C15): the form that is printed asks what the screen asks, and ten of them are typed at once."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.roles import Role
from casework.actions import contacts
from casework.forms import ContactForm, VisitsForm
from casework.forms.visits import NAMES, NEEDED, ROWS, WHO
from casework.models import Case, Contact
from casework.pages import visits as pages
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory, ClosedFactory, smeda_office
from tests.factories.enterprises import OwnershipFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
A_DAY = dt.timedelta(days=1)
SHORT = "%d/%m/%Y"


@pytest.fixture
def advisor():
    return colleague(Role.ADVISOR, office=smeda_office())


def client_of(advisor, days=9):
    """A case that was opened so many days ago."""
    office = advisor.appointments.get().office
    reference = f"MUL-{5000 + Case.objects.count()}"
    return CalledFactory(
        office=office, advisor=advisor, opened_at=timezone.now() - days * A_DAY, enterprise__reference=reference
    )


def row(number, case, **changes):
    said = {
        "who": case.enterprise.reference,
        "on": (TODAY() - A_DAY).strftime(SHORT),
        "agreed": f"Visit {number}.",
        "next_on": (TODAY() + 7 * A_DAY).strftime(SHORT),
        "minutes": "40",
        "travel_minutes": "60",
        "present": ["client", "relative"],
        "is_substantive": "on",
        "is_specific": "on",
    } | changes
    return {f"{name}_{number}": value for name, value in said.items()}


def send(client, **rows):
    return client.post(reverse("casework:visit-list"), {"request_key": str(uuid.uuid4())} | rows)


# On paper


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_paper_asks_what_the_screen_asks(language):
    """Whatever is added to the form on the screen stands on paper too, or this fails."""
    with override(language):
        asked = {name: str(field.label) for name, field in ContactForm().fields.items()}
        printed = {field["name"]: field["label"] for field in pages.fields_of_paper()}

    # The way of meeting is a visit; the version, and whether a day was asked about, are the page's own.
    assert printed == {name: label for name, label in asked.items() if name not in {"version", "channel", "kept_day"}}


def test_the_bulk_form_asks_the_same_and_whose_visit_it_is():
    assert {WHO, *(field["name"] for field in pages.fields_of_paper())} == set(NAMES)
    assert set(VisitsForm.base_fields) == {f"{name}_{number}" for name in NAMES for number in ROWS}


def test_it_is_printed_in_both_languages_with_the_clients_name(signed_in, advisor):
    case = client_of(advisor)
    client = signed_in(advisor)

    filled = client.get(reverse("casework:visit-form-of-case", args=[case.pk])).content.decode()
    empty = client.get(reverse("casework:visit-form")).content.decode()

    assert [case.person.name in page for page in (filled, empty)] == [True, False]
    assert [page.count('class="card paper"') for page in (filled, empty)] == [2, 2]
    assert 'lang="ur" dir="rtl"' in filled


# Ten at once


def test_ten_visits_are_saved_at_once_each_with_its_day(signed_in, advisor):
    cases = [client_of(advisor) for _one in range(10)]
    rows = {}
    for number, case in zip(ROWS, cases, strict=True):
        rows |= row(number, case, who=case.person.cnic if number % 2 else case.enterprise.reference)
    client = signed_in(advisor)

    response = send(client, **rows)

    saved = Contact.objects.order_by("pk")
    assert (response["Location"], saved.count()) == (reverse("casework:visit-list"), 10)
    assert [contact.case for contact in saved] == cases
    assert {(contact.on, contact.minutes_in_all, contact.is_reportable) for contact in saved} == {
        (TODAY() - A_DAY, 100, True)
    }
    page = client.get(response["Location"])
    assert [str(message) for message in page.context["messages"]] == ["10 visits are saved."]


def test_a_row_that_stays_empty_is_no_visit(signed_in, advisor):
    send(signed_in(advisor), **row(3, client_of(advisor)), minutes_4="30")

    assert Contact.objects.count() == 1


@pytest.mark.parametrize("lacking", NEEDED)
def test_what_is_missing_in_a_row_is_said_there_and_nothing_is_saved(signed_in, advisor, lacking):
    rows = row(1, client_of(advisor)) | row(2, client_of(advisor), **{lacking: ""})

    errors = send(signed_in(advisor), **rows).context["form"].errors

    assert (set(errors), Contact.objects.count()) == ({f"{lacking}_2"}, 0)


def test_nothing_at_all_is_said_at_the_first_row(signed_in, advisor):
    assert set(send(signed_in(advisor)).context["form"].errors) == {"who_1"}


def wrong_rows(advisor):
    """(row, field that is marked) of every kind that only the records can tell."""
    stranger = CalledFactory()
    office = advisor.appointments.get().office
    closed = ClosedFactory(office=office, advisor=advisor, enterprise__reference="MUL-7777")
    twice = client_of(advisor)
    other = client_of(advisor)
    OwnershipFactory(enterprise=other.enterprise, person=twice.person, is_contact=False)
    return [
        (row(1, client_of(advisor)), None),
        (row(2, stranger, who="NOW-0000"), "who_2"),
        (row(3, client_of(advisor, days=0)), "on_3"),
        (row(4, client_of(advisor), present=["client"]), "present_4"),
        (row(5, closed, on=TODAY().strftime(SHORT)), "who_5"),
        (row(6, twice, who=twice.person.cnic), "who_6"),
    ]


def test_everything_that_is_wrong_is_marked_in_its_row_and_nothing_is_saved(signed_in, advisor):
    """One look at the stack mends it; and no half of it is saved, so that nothing is typed twice."""
    found = wrong_rows(advisor)
    rows = {name: value for one, _marked in found for name, value in one.items()}

    form = send(signed_in(advisor), **rows).context["form"]

    assert set(form.errors) - {"__all__"} == {marked for _row, marked in found if marked}
    assert form.errors["__all__"] == ["None of them is saved yet. Look at the rows that are marked."]
    assert Contact.objects.count() == 0
    assert form["agreed_1"].value() == "Visit 1."


def test_two_stacks_lock_the_same_clients_in_one_order(advisor, monkeypatch):
    first, second = client_of(advisor), client_of(advisor)
    logged = []
    monkeypatch.setattr(contacts, "log", lambda *, case, **said: logged.append(case))

    for stack in ([first, second], [second, first]):
        rows = {number: {"who": case.enterprise.reference} for number, case in enumerate(stack, start=1)}
        contacts.log_visits(rows=rows, by=advisor)

    assert logged == [first, second, first, second]


def test_what_is_out_of_sight_is_not_named(advisor):
    case = CalledFactory()
    stranger = colleague(Role.ADVISOR, office=smeda_office("lahore"))

    with pytest.raises(ValidationError) as refused:
        contacts.client_named(case.enterprise.reference, by=stranger)

    assert set(refused.value.error_dict) == {"who"}


def test_sent_twice_they_are_saved_once(signed_in, advisor):
    rows = row(1, client_of(advisor)) | {"request_key": str(uuid.uuid4())}
    client = signed_in(advisor)

    answers = [client.post(reverse("casework:visit-list"), rows)["Location"] for _time in range(2)]

    assert (len(set(answers)), Contact.objects.count()) == (1, 1)


def test_a_reader_types_none(signed_in):
    assert signed_in(colleague(Role.AUDITOR)).get(reverse("casework:visit-list")).status_code == 403
