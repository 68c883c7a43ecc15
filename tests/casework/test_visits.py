"""Visits from paper (C15): the form that is printed asks what the screen asks, and ten of them are typed at once."""

import datetime as dt
import html
import re
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.roles import Role
from casework.actions import contacts
from casework.forms import ContactForm, VisitsForm
from casework.forms.visits import KEPT, NAMES, NEEDED, ROWS, WHO
from casework.models import Case, Channel, Contact
from casework.pages import visits as pages
from kit.text import apart
from kit.words import day_short, plain
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
        # Whatever day of the week it is.
        "kept_day": (TODAY() + 7 * A_DAY).isoformat(),
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
    """In one order: who types goes down the paper, and never back."""
    assert [WHO, *(field["name"] for field in pages.fields_of_paper())] == list(NAMES)
    assert set(VisitsForm.base_fields) == {f"{name}_{number}" for name in (*NAMES, *KEPT) for number in ROWS}


def test_the_screen_shows_the_fields_in_the_order_of_the_paper(signed_in, advisor):
    page = signed_in(advisor).get(reverse("casework:visit-list")).content.decode()

    assert list(dict.fromkeys(re.findall(r'name="([a-z_]+)_1"', page))) == [*NAMES, *KEPT]


def test_it_is_printed_in_both_languages_with_the_clients_name(signed_in, advisor):
    case = client_of(advisor)
    client = signed_in(advisor)

    filled = client.get(reverse("casework:visit-form-of-case", args=[case.pk])).content.decode()
    empty = client.get(reverse("casework:visit-form")).content.decode()

    assert [case.person.name in page for page in (filled, empty)] == [True, False]
    assert [page.count('class="card paper"') for page in (filled, empty)] == [2, 2]
    assert 'lang="ur" dir="rtl"' in filled


# Ten at once


def apart_with_reference(case):
    return f"{apart(case.person.name)} ({apart(case.enterprise.reference)})"


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
    assert [str(message) for message in page.context["messages"]] == [
        f"10 visits are saved: {', '.join(apart_with_reference(case) for case in cases)}."
    ]


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


def words_of(answer):
    return html.unescape(re.sub(r"<[^>]+>", "", answer.text))


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

    answer = send(signed_in(advisor), **rows)
    form = answer.context["form"]

    assert set(form.errors) - {"__all__"} == {marked for _row, marked in found if marked}
    assert form.errors["__all__"] == ["None of them is saved yet. Look at the rows that are marked."]
    assert Contact.objects.count() == 0
    assert form["agreed_1"].value() == "Visit 1."
    assert "Visit 2, Reference or CNIC: No client of yours" in words_of(answer)


def test_two_stacks_lock_the_same_clients_in_one_order(advisor, monkeypatch):
    first, second = client_of(advisor), client_of(advisor)
    logged = []
    monkeypatch.setattr(contacts, "log", lambda *, case, **said: logged.append(case))
    monkeypatch.setattr(contacts, "ask_if_second", lambda *_given, **_more: None)

    for stack in ([first, second], [second, first]):
        rows = {
            number: {"who": case.enterprise.reference, "on": TODAY(), "is_second": False}
            for number, case in enumerate(stack, start=1)
        }
        contacts.log_visits(rows=rows, by=advisor)

    assert logged == [first, second, first, second]


def test_what_is_out_of_sight_is_not_named(advisor):
    case = CalledFactory()
    stranger = colleague(Role.ADVISOR, office=smeda_office("lahore"))

    with pytest.raises(ValidationError) as refused:
        contacts.client_named(case.enterprise.reference, by=stranger)

    assert set(refused.value.error_dict) == {"who"}


# Asked about


def one_more_press(client, answer, rows):
    """The same page once more: what is typed, and what the page keeps hidden."""
    form = answer.context["form"]
    kept = {f"{name}_{number}": form[f"{name}_{number}"].value() or "" for name in KEPT for number in ROWS}
    return send(client, **rows | kept)


def a_day_of_rest():
    return TODAY() + (13 - TODAY().weekday()) * A_DAY


def test_a_shut_day_is_asked_about_once_in_its_row(signed_in, advisor):
    client, sunday = signed_in(advisor), a_day_of_rest().strftime(SHORT)
    rows = row(1, client_of(advisor)) | row(2, client_of(advisor), next_on=sunday, kept_day="")

    asked = send(client, **rows)
    before = Contact.objects.count()
    again = one_more_press(client, asked, rows)

    assert (set(asked.context["form"].errors), before) == ({"next_on_2"}, 0)
    assert "Visit 2, Next contact on: That is a Sunday." in words_of(asked)
    assert (again.status_code, Contact.objects.count()) == (302, 2)


def test_an_answer_stands_for_its_own_day_alone(signed_in, advisor):
    other = a_day_of_rest() + 7 * A_DAY
    rows = row(1, client_of(advisor), next_on=other.strftime(SHORT), kept_day=a_day_of_rest().isoformat())

    assert set(send(signed_in(advisor), **rows).context["form"].errors) == {"next_on_1"}


def is_asked_for_the_second(client, rows, said, before=0):
    """The second of one day is asked about in its row, and kept by whoever presses once more."""
    asked = send(client, **rows)
    assert asked.status_code == 200
    errors, then = asked.context["form"].errors, Contact.objects.count()
    again = one_more_press(client, asked, rows)

    assert (set(errors) - {"__all__"}, then) == ({"who_3"}, before)
    assert errors["who_3"] == [f"{said} Were there two? Then press the button once more, or empty this row."]
    assert ("One question" in asked.text, again.status_code) == (True, 302)


def twice_on_the_stack(signed_in, advisor):
    case = client_of(advisor)
    rows = row(1, case) | row(3, case, who=case.person.cnic)
    is_asked_for_the_second(signed_in(advisor), rows, "Visit 1 is of the same client and day.")


def test_one_client_twice_on_one_day_of_the_stack_is_asked_about(signed_in, advisor):
    twice_on_the_stack(signed_in, advisor)

    assert Contact.objects.count() == 2


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="nobody asks")
def test_one_client_twice_control(signed_in, advisor, monkeypatch):
    monkeypatch.setattr(contacts, "ask_if_second", lambda *_given, **_more: None)

    twice_on_the_stack(signed_in, advisor)


def visit_of(case, advisor, **facts):
    said = {"channel": Channel.VISIT, "on": TODAY() - A_DAY, "present": ["relative"]} | facts
    return contacts.log(case=case, by=advisor, version=None, agreed="Typed before.", next_on=TODAY() + A_DAY, **said)


def test_a_visit_of_that_day_that_is_written_down_is_asked_about(signed_in, advisor):
    case = client_of(advisor)
    visit_of(case, advisor)
    day = plain(day_short(TODAY() - A_DAY))
    said = f"A visit of {day} is written down already, by {apart(str(advisor))}."

    is_asked_for_the_second(signed_in(advisor), row(3, case), said, before=1)

    assert Contact.objects.count() == 2


@pytest.mark.parametrize("facts", [{"on": dt.timedelta(days=2)}, {"channel": Channel.PHONE}], ids=["day", "call"])
def test_another_day_or_a_call_is_no_second_visit(signed_in, advisor, facts):
    case = client_of(advisor)
    visit_of(case, advisor, **{name: TODAY() - said if name == "on" else said for name, said in facts.items()})

    assert send(signed_in(advisor), **row(3, case)).status_code == 302


def test_of_the_same_client_on_two_days_nothing_is_asked(signed_in, advisor):
    case = client_of(advisor)
    rows = row(1, case) | row(2, case, on=(TODAY() - 2 * A_DAY).strftime(SHORT))

    assert send(signed_in(advisor), **rows).status_code == 302


def test_an_answer_stands_for_its_own_client_alone(signed_in, advisor):
    """Whoever puts another client into the row that was asked about has answered nothing."""
    first, other = client_of(advisor), client_of(advisor)
    client, rows = signed_in(advisor), row(1, first) | row(2, other) | row(3, first)

    asked = send(client, **rows)
    again = one_more_press(client, asked, rows | row(3, other))

    assert again.context["form"].errors["who_3"][0].startswith("Visit 2 is of the same client and day.")


def test_questions_among_errors_are_answered_along_with_them(signed_in, advisor):
    case = client_of(advisor)
    client, rows = signed_in(advisor), row(1, case) | row(2, case, who="NOW-0000") | row(3, case)

    asked = send(client, **rows)
    again = one_more_press(client, asked, rows | row(2, client_of(advisor)))

    assert (set(asked.context["form"].errors), again.status_code) == ({"__all__", "who_2", "who_3"}, 302)
    assert "3 things to put right" in words_of(asked)


def test_sent_twice_they_are_saved_once(signed_in, advisor):
    rows = row(1, client_of(advisor)) | {"request_key": str(uuid.uuid4())}
    client = signed_in(advisor)

    answers = [client.post(reverse("casework:visit-list"), rows)["Location"] for _time in range(2)]

    assert (len(set(answers)), Contact.objects.count()) == (1, 1)


def test_a_reader_types_none(signed_in):
    assert signed_in(colleague(Role.AUDITOR)).get(reverse("casework:visit-list")).status_code == 403
