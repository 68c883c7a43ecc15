"""R4: the pages on which a list is sent, looked at, confirmed, mended and erased."""

import csv
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from accounts.roles import Role
from enterprises import intake_files, intake_rows
from enterprises.intake_forms import COLUMNS, find_heads
from enterprises.intake_rows import Checker
from enterprises.models import Enterprise, Intake, IntakeRow
from enterprises.views import intakes as views
from kit.exports import write_csv
from kit.sheets import read
from tests.factories.accounts import colleague
from tests.factories.enterprises import EnterpriseFactory, OwnershipFactory, PersonFactory, district
from tests.factories.intakes import IntakeFactory, IntakeRowFactory
from tests.kit import papers
from tests.kit.books import book

pytestmark = pytest.mark.django_db
HEADS = ["Name", "CNIC", "Sex", "Mobile", "Whose phone is it?", "Trade", "District", "Consent"]
ALI = ["Zubaida Perveen", "36304-0000001-1", "Woman", "0345-0000001", "Own phone", "Tailoring", "Multan", "Yes"]
WRONG = ["=cmd|' /C calc'!A0", "36304", "Woman", "", "", "Tailoring", "Multan", "Yes"]
HOME = "/desk/register/file/"


def key():
    return {"request_key": str(uuid.uuid4())}


def send(client, *rows, content=None, **more):
    file = SimpleUploadedFile("camp.csv", content or write_csv([HEADS, *rows]))
    return client.post(HOME, key() | {"file": file} | more)


def sent(client, *rows, **more):
    """Where the answer led, and the list."""
    answer = send(client, *rows, **more)
    return answer["Location"], Intake.objects.get()


def press(client, intake, verb):
    return client.post(f"{HOME}{intake.pk}/{verb}/", key())


def test_a_small_list_is_looked_at_at_once_and_shown_with_what_is_wrong(signed_in, advisor):
    client = signed_in(advisor)
    led_to, intake = sent(client, ALI, WRONG)

    page = client.get(led_to)

    counts = [(count["label"], count["number"]) for count in page.context["counts"]]
    row = page.context["rows"][0]
    assert (led_to, counts) == (f"{HOME}{intake.pk}/", [("with errors", 1), ("fine", 1)])
    assert (row["row"].number, row["url"]) == (3, f"/desk/register/?row={row['row'].pk}")
    assert [(problem.column, problem.typed) for problem in row["problems"]] == [
        ("Full name, as on the card", "=cmd|' /C calc'!A0"),
        ("CNIC number", "36304"),
    ]
    assert ("Refresh" in page.headers, "Register the" in page.content.decode()) == (False, True)


def test_the_errors_speak_the_readers_language(signed_in, advisor):
    client = signed_in(advisor)
    led_to, _intake = sent(client, WRONG)

    client.cookies["django_language"] = "ur"
    page = client.get(led_to).content.decode()

    assert "Enter all 13 digits" not in page


def test_what_is_not_used_of_a_list_and_who_may_not_be_called_is_said_before_it_is_confirmed(signed_in, advisor):
    """Of the rows that are fine alone; a column twice counts once, and our notes beside a mended row are no column."""
    heads = [*HEADS[:-1], "Shoe size", "Phone", "What is wrong", "اجازت"]
    silent = ["Robina Kausar", "", "Woman", "", "", *ALI[5:7]]
    client = signed_in(advisor)
    led_to, _intake = sent(client, content=write_csv([heads, [*ALI[:7], "", "", "", "ہاں"], silent, WRONG[:7]]))

    page = client.get(led_to)

    assert (page.context["unused"], page.context["read"][-1]) == (["Shoe size", "Phone"], "Agrees to be contacted")
    assert (page.context["sound"], page.context["leads"]) == (2, 1)
    assert ["nobody may call them" in page.text, "not used" in page.text] == [True, True]


def test_confirm_registers_and_pressing_again_does_not(signed_in, advisor):
    client = signed_in(advisor)
    _led_to, intake = sent(client, ALI, WRONG)

    answers = [press(client, intake, "confirm")["Location"] for _time in range(2)]

    page = client.get(answers[0], {"show": "registered"})
    assert answers == [f"{HOME}{intake.pk}/"] * 2
    assert (Enterprise.objects.count(), page.context["rows"][0]["row"].enterprise) == (1, Enterprise.objects.get())
    assert "All rows that were fine are registered." in page.content.decode()


def test_the_same_file_leads_to_the_same_list(signed_in, advisor):
    client = signed_in(advisor)
    first, intake = sent(client, ALI)
    press(client, intake, "confirm")

    again, _intake = sent(client, ALI)

    assert (first, Enterprise.objects.count()) == (again, 1)


def test_a_large_list_is_left_to_the_job_and_says_how_far_it_is(signed_in, advisor, monkeypatch):
    monkeypatch.setattr(views, "AT_ONCE", 1)
    client = signed_in(advisor)
    led_to, intake = sent(client, ALI, WRONG)

    waiting = client.get(led_to)
    early = press(client, intake, "confirm")
    intake_rows.work(None)
    looked_at = client.get(led_to)
    press(client, intake, "confirm")
    registering = client.get(led_to)
    intake_rows.work(None)

    assert (waiting["Refresh"], waiting.context["done"], waiting.context["total"]) == ("5", 0, 2)
    assert "still being looked at" in client.get(early["Location"]).content.decode() or early.status_code == 302
    assert ("Refresh" in looked_at.headers, looked_at.context["sound"]) == (False, 1)
    assert (registering["Refresh"], registering.context["done"]) == ("5", 1)
    assert (Enterprise.objects.count(), "Refresh" in client.get(led_to).headers) == (1, False)


def test_a_long_name_and_a_long_cell_are_cut_and_there_as_a_whole_on_a_tap(signed_in, advisor):
    name, place = "Zubaida Perveen " * 4, "flying carpets " * 9
    led_to, _intake = sent(client := signed_in(advisor), [name, "", "lady", "", "", place, "Multan", "Yes"])

    text = client.get(led_to).text

    assert [f"</summary>{start}{whole.strip()}" in text for start, whole in (
        ('<span dir="auto">', name),
        ('<q dir="auto">', place),
    )] == [True, True]  # fmt: skip


def test_what_is_no_list_is_said_beside_the_file(signed_in, advisor):
    page = send(signed_in(advisor), content=papers.from_phone())

    said = "This is not a list that we can read. We take XLSX, XLS and CSV: save it as one of these."
    assert (page.status_code, page.context["form"].errors, Intake.objects.count()) == (200, {"file": [said]}, 0)


def test_a_file_that_another_office_sent_is_said_beside_the_file(signed_in, advisor):
    sent(signed_in(advisor), ALI)

    page = send(signed_in(colleague(Role.ADVISOR, districts=[district()])), ALI)

    assert (page.status_code, list(page.context["form"].errors)) == (200, ["file"])


# By hand


def test_a_row_with_an_error_is_registered_by_hand_and_leads_back(signed_in, advisor):
    """What the page does not ask comes from the row."""
    heads, row = [*HEADS, "DOB", "Since"], ["Robina Kausar", "36304", *ALI[2:], "12/05/1988", "2019"]
    client = signed_in(advisor)
    led_to, _intake = sent(client, content=write_csv([heads, row]))
    url = client.get(led_to).context["rows"][0]["url"]

    form = client.get(url).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"cnic": "36304-0000001-1", "contact": "on"}
    typed = {name: value for name, value in typed.items() if value not in ("", False)}
    answer = client.post(url, key() | typed)

    enterprise = Enterprise.objects.get()
    person = enterprise.owners.get()
    assert (answer["Location"], typed["name"], typed["district"]) == (led_to, "Robina Kausar", "multan")
    assert (person.birth_year, enterprise.started_on.year, IntakeRow.objects.get().enterprise) == (
        1988,
        2019,
        enterprise,
    )


def test_an_idea_made_of_a_row_has_no_first_day(signed_in, advisor):
    client = signed_in(advisor)
    led_to, _intake = sent(client, content=write_csv([[*HEADS, "Since"], ["", *ALI[1:], "2019"]]))
    url = client.get(led_to).context["rows"][0]["url"]

    client.post(
        url,
        key()
        | {"name": "Ali", "sex": "man", "language": "ur", "stage": "idea", "sector": "tailoring", "district": "multan"},
    )

    assert Enterprise.objects.get().started_on is None


@pytest.mark.parametrize("number", ["x", "0", "9" * 30])
def test_a_row_that_is_not_there_opens_no_page(signed_in, advisor, number):
    answer = signed_in(advisor).get("/desk/register/", {"row": number})

    assert answer.status_code == (200 if number == "x" else 404)


def test_a_row_out_of_sight_or_registered_is_not_there(signed_in, advisor):
    registered = IntakeRowFactory(
        intake=IntakeFactory(uploaded_by=advisor), verdict="registered", cells=[], enterprise=EnterpriseFactory()
    )
    others = IntakeRowFactory()

    found = [signed_in(advisor).get("/desk/register/", {"row": row.pk}).status_code for row in (registered, others)]

    assert found == [404, 404]


# Files


def mend(client, intake, form):
    return client.get(f"{HOME}{intake.pk}/mend/{form}/")


def test_rows_with_errors_come_back_with_the_reason_and_no_formula_in_them(signed_in, advisor):
    client = signed_in(advisor)
    _led_to, intake = sent(client, ALI, WRONG)

    answer = mend(client, intake, "csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == [*HEADS, "Row in your file", "What is wrong"]
    assert rows[1][:3] == ["'=cmd|' /C calc'!A0", "36304", "Woman"]
    assert rows[1][8:] == [
        "3",
        (
            "Full name, as on the card: This is a formula. Copy the cell and paste it as a value. | "
            "CNIC number: Enter all 13 digits of the CNIC. There are 5 here."
        ),
    ]
    assert (len(rows), answer["Cache-Control"]) == (2, "no-store, private")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_mended_file_is_taken_again(signed_in, advisor, form):
    """Round trip: the same heads, the row mended, and nobody registered twice."""
    client = signed_in(advisor)
    _led_to, intake = sent(client, ALI, WRONG)
    press(client, intake, "confirm")

    rows = [row.cells for row in read(mend(client, intake, form).content)]
    rows[1][0:2] = ["Robina Kausar", "36304-0000002-2"]
    rows[1][3:5] = ["", ""]
    again = send(client, content=book(*rows))
    second = Intake.objects.exclude(pk=intake.pk).get()
    press(client, second, "confirm")

    assert again["Location"] == f"{HOME}{second.pk}/"
    assert sorted(person.name for one in Enterprise.objects.all() for person in one.owners.all()) == [
        "Robina Kausar",
        "Zubaida Perveen",
    ]


def test_the_reason_says_what_to_do_where_nothing_is_wrong(advisor):
    known = PersonFactory(name="Tehmina Yousaf", cnic=None, cnic_standing="none", phone="+923450000009")
    OwnershipFactory(person=known, enterprise=EnterpriseFactory(district=district()))
    intake = IntakeFactory(uploaded_by=advisor)
    alike = IntakeRowFactory(intake=intake, cells=["Tehmina Yousaf", "", "Woman", "0345-0000009", *ALI[4:]])
    failed = IntakeRowFactory(intake=intake, verdict="failed")

    with override("en"):
        said = [intake_files.reason_of(row, Checker(intake, by=advisor)) for row in (alike, failed)]

    assert said == [
        (
            "Could be somebody on file. Register them by hand. | "
            "Tehmina Yousaf: The names sound the same, Same mobile number, Same district"
        ),
        "This row could not be registered. Try it by hand.",
    ]


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_is_understood_in_both_languages(signed_in, advisor, form, language):
    client = signed_in(advisor)
    client.cookies["django_language"] = language

    answer = client.get(f"{HOME}template/{form}/")

    _place, keys = find_heads(read(answer.content))
    assert keys == [column.key for column in COLUMNS]
    assert answer["Content-Disposition"].endswith(f'.{form}"')


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_example_of_the_template_sent_back_registers_nobody(signed_in, advisor, language):
    """Its row is told beside those that are registered, in whichever language it came."""
    client = signed_in(advisor)
    with override(language):
        template = intake_files.template(advisor, form="csv")
    example = read(template)
    led_to, intake = sent(
        client, content=write_csv([*(row.cells for row in example), ["Ali", "", "Man", *[""] * 11, "Multan"]])
    )
    press(client, intake, "confirm")

    page = client.get(led_to, {"show": "example"})

    assert [row.verdict for row in intake.rows.order_by("number")] == ["example", "registered"]
    assert ("the template&#x27;s example, left out" in page.text, page.context["rows"][0]["url"]) == (True, "")


def test_other_forms_are_not_there(signed_in, advisor):
    client, intake = signed_in(advisor), IntakeFactory(uploaded_by=advisor)

    assert [client.get(f"{HOME}template/exe/").status_code, mend(client, intake, "exe").status_code] == [404, 404]


# Erasing and sight


def test_a_list_is_erased_on_the_page(signed_in, advisor):
    client = signed_in(advisor)
    led_to, intake = sent(client, WRONG)

    answer = press(client, intake, "erase")

    assert (answer["Location"], IntakeRow.objects.get().cells) == (HOME, [])
    assert ("is erased" in client.get(led_to).content.decode(), client.get(HOME).status_code) == (True, 200)


def test_a_refusal_is_said_on_the_page(signed_in, advisor):
    client = signed_in(advisor)
    _led_to, intake = sent(client, WRONG)

    page = client.post(f"{HOME}{intake.pk}/confirm/", key(), follow=True)

    assert "No row is fine yet" in page.content.decode()


def test_lists_of_others_are_not_there(signed_in, advisor):
    intake = IntakeFactory()
    client = signed_in(advisor)

    assert client.get(f"{HOME}{intake.pk}/").status_code == 404
    assert [press(client, intake, verb).status_code for verb in ("confirm", "erase")] == [404, 404]


def test_a_manager_of_the_programme_reads_and_does_nothing(signed_in, advisor):
    sent(signed_in(advisor), ALI, WRONG)
    reader = signed_in(colleague(Role.PROGRAMME_MANAGER))
    intake = Intake.objects.get()

    page = reader.get(f"{HOME}{intake.pk}/").content.decode()

    assert ("Register the" in page, "Erase this list" in page, "?row=" in page) == (False, False, False)
    assert (
        "Fill in the template" in reader.get(HOME).content.decode(),
        press(reader, intake, "confirm").status_code,
    ) == (
        False,
        403,
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_lists_costs_the_same_for_one_and_for_three(signed_in, advisor, count, django_assert_num_queries):
    for _one in range(count):
        IntakeRowFactory(intake=IntakeFactory(uploaded_by=advisor))
    client = signed_in(advisor)
    client.get(HOME)

    with django_assert_num_queries(LIST_QUERIES):
        client.get(HOME)


LIST_QUERIES = 6


SHOWN_QUERIES = {"faulty": 18, "alike": 20, "on_file": 22}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("verdict", list(SHOWN_QUERIES))
def test_a_list_costs_the_same_for_one_row_and_for_three(signed_in, advisor, count, verdict, django_assert_num_queries):
    """What is wrong is worked out anew in the reader's language, for all rows at once."""
    intake = IntakeFactory(uploaded_by=advisor)
    for number in range(count):
        known = PersonFactory(name=ALI[0], cnic=f"3630400{number:05d}1", phone=f"+9234500000{number:02d}")
        OwnershipFactory(person=known, enterprise=EnterpriseFactory(district=district()))
        card = {"faulty": "36304", "on_file": known.cnic}.get(verdict, "")
        IntakeRowFactory(intake=intake, verdict=verdict, cells=[ALI[0], card, ALI[2], known.phone, *ALI[4:]])
    client = signed_in(advisor)
    client.get(f"{HOME}{intake.pk}/")

    with django_assert_num_queries(SHOWN_QUERIES[verdict]):
        page = client.get(f"{HOME}{intake.pk}/")

    assert [bool(row["problems"]) for row in page.context["rows"]] == [True] * count
