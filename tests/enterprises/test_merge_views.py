"""The pages on which two records are joined and taken apart (R7)."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from accounts.roles import Role
from enterprises.models import Merge, Person
from enterprises.pages.merges import of_merge
from kit.text import apart
from tests.enterprises.joining import business, fresh, join, record
from tests.factories import casework as cases
from tests.factories import enterprises as people
from tests.factories.accounts import colleague
from tests.factories.enterprises import district
from tests.factories.training import EnrolmentFactory

pytestmark = pytest.mark.django_db


def url(kept, gone, **same):
    query = "&".join(f"same_{their.pk}={mine}" for their, mine in same.values())
    return f"/desk/people/{kept.pk}/merge/{gone.pk}/?{query}"


def other_business(gone):
    return {"one": (business(gone), "other")}


def send(client, kept, gone, same, **changes):
    """As the page sends it: with the answers that stand on it."""
    fields = {"version": kept.version, "gone_version": gone.version, "is_sure": "on", "join": "1"}
    fields |= {f"same_{their.pk}": mine for their, mine in same.values()}
    return client.post(url(kept, gone, **same), fields | {"request_key": str(uuid.uuid4())} | changes)


def test_both_stand_side_by_side_with_what_is_kept_and_who_stated_it(signed_in, manager):
    kept = record(name="Nasreen Bibi", phone="", birth_year=1980)
    gone = record(name="Nasrin Bibi", phone="+923001234567", phone_owner="spouse", birth_year=1980)
    people.StatementFactory(person=gone, field="phone", source="self")

    page = signed_in(manager).get(url(kept, gone))

    facts = {fact["label"]: fact for fact in page.context["facts"]}
    shown = ("Name", "Year of birth", "Mobile number", "Whose phone it is")
    assert [facts[label]["verdict"]["text"] for label in shown] == [
        "differs: the first stands",
        "",
        "goes over",
        "goes over",
    ]
    assert facts["Mobile number"]["sides"][1]["small"].startswith("Said by themselves, ")
    assert [text in page.content.decode() for text in (kept.cnic, gone.cnic, "03001234567")] == [False] * 3


def test_whether_it_is_the_same_business_is_asked_before_anything_is_joined(signed_in, manager):
    kept, gone = record(), record()
    client = signed_in(manager)

    asked = client.get(url(kept, gone))
    told = client.get(url(kept, gone, **other_business(gone)))
    sent_too_early = send(client, kept, gone, {})

    assert [page.context["is_told"] for page in (asked, told)] == [False, True]
    assert [b"Join the two records" in page.content for page in (asked, told)] == [False, True]
    assert (sent_too_early.status_code, Merge.objects.count()) == (200, 0)
    error = b"Say whether this is the same business or another one."
    assert [error in page.content for page in (asked, client.get(f"{url(kept, gone)}show=1"))] == [False, True]


@pytest.mark.parametrize("count", [1, 3])
def test_whether_it_is_the_same_business_is_asked_with_what_is_known_of_both(
    signed_in, manager, count, django_assert_max_num_queries
):
    kept, gone = record(), record()
    mine, theirs = business(kept), business(gone)
    for _number in range(1, count):
        extra = people.OwnershipFactory(person=gone).enterprise
        cases.CalledFactory(enterprise=extra, person=gone, advisor=colleague(Role.ADVISOR))
    type(mine).objects.filter(pk=mine.pk).update(what="School uniforms", place="Shah Rukn-e-Alam")
    client = signed_in(manager)

    with django_assert_max_num_queries(85):
        page = client.get(url(kept, gone))

    sides = page.context["beside"]
    first = {fact["label"]: str(fact["text"]) for fact in sides[0]["facts"]}
    assert [(one["reference"], one["head"]) for one in sides[:2]] == [
        (mine.reference, "Kept"),
        (theirs.reference, "Goes over"),
    ]
    assert (len(sides), set(first) >= {"District", "Registered", "Advisor"}) == (1 + count, True)
    shown = page.content.decode()
    known = ("School uniforms", "Shah Rukn-e-Alam", mine.reference, theirs.reference, str(mine.case.advisor))
    assert [text for text in known if text not in shown] == []


def test_of_a_business_out_of_sight_nothing_is_laid_beside_but_what_it_is_called(signed_in, manager):
    kept, gone = record(), record()
    extra = people.OwnershipFactory(person=gone).enterprise
    cases.CalledFactory(enterprise=extra, person=gone)
    facts = {"what": "School uniforms", "place": "Gawalmandi", "district": district("lahore")}
    type(extra).objects.filter(pk=extra.pk).update(**facts)

    page = signed_in(manager).get(url(kept, gone))

    told = {one["reference"]: one["facts"] for one in page.context["beside"]}
    assert told[extra.reference] == [{"label": "Office", "text": "Another office's"}]
    assert len(told[business(kept).reference]) > 1
    assert [text for text in ("School uniforms", "Gawalmandi") if text in page.content.decode()] == []


def test_what_was_chosen_holds_when_the_other_record_is_kept_instead(signed_in, manager):
    kept, gone = record(), record()
    mine, theirs = business(kept).pk, business(gone).pk
    client = signed_in(manager)

    for chosen, turned in ((mine, theirs), ("other", "other")):
        page = client.get(url(kept, gone, one=(business(gone), chosen))).content.decode()
        assert f'href="/desk/people/{gone.pk}/merge/{kept.pk}/?same_{mine}={turned}"' in page


def test_a_case_of_a_business_that_stays_apart_is_counted_once_too(signed_in, manager):
    """What hangs on person and business both: in the preview, and on the page of what was joined."""
    kept, gone = record(), record()
    EnrolmentFactory(person=gone, enterprise=business(gone))

    page = signed_in(manager).get(url(kept, gone))
    numbers = {row["cells"][0]["text"]: row["cells"][1]["text"] for row in page.context["groups"][0]["rows"]}
    made = join(kept, gone, by=manager)

    assert (numbers["Cases of the person"], numbers["Places on courses"]) == ("Go over: 1", "Go over: 1")
    moved = {row["label"]: row["text"] for row in of_merge(made, at=timezone.now())["moved"]}
    assert (moved["Cases of the person"], moved["Places on courses"]) == (1, 1)


def test_what_was_joined_as_one_business_is_counted_once_on_its_page(manager):
    kept, gone = record(), record()
    made = join(kept, gone, by=manager, same=True)

    moved = {row["label"]: row["text"] for row in of_merge(made, at=timezone.now())["moved"]}

    assert [moved.get(label) for label in ("Cases of the person", "Case of the business")] == [1, None]


def test_what_goes_over_is_counted_by_kind_with_its_rule(signed_in, manager):
    kept, gone = record(), record()
    for _note in range(3):
        cases.NoteFactory(case=gone.cases.get())

    page = signed_in(manager).get(url(kept, gone, one=(business(gone), business(kept).pk)))

    lines = {
        row["cells"][0]["text"]: [cell["text"] for cell in row["cells"][1:]]
        for row in page.context["groups"][0]["rows"]
    }
    assert lines["Notes of the case"] == ["Go over: 3", "All of them go over."]
    assert lines["Case of the business"] == ["End: 1", "The kept record's goes on, with what hangs on the other."]
    assert "Cases of the person" not in lines
    assert page.context["businesses"] == [
        f"{apart(business(gone).reference)} goes into {apart(business(kept).reference)}."
    ]


def test_a_business_is_chosen_once(signed_in, manager):
    kept, gone = record(), record()
    second = people.OwnershipFactory(person=gone).enterprise
    mine = business(kept).pk

    page = signed_in(manager).get(url(kept, gone, one=(business(gone), mine), two=(second, mine)))

    assert page.context["same_form"].non_field_errors() == [
        "Choose each business once. Join a third record of it afterwards."
    ]


def test_it_is_done_once_and_leads_to_what_was_done(signed_in, manager):
    kept, gone = record(), record()
    client, key = signed_in(manager), str(uuid.uuid4())
    same = {"one": (business(gone), business(kept).pk)}

    answers = [send(client, kept, gone, same, request_key=key) for _time in range(2)]

    made = Merge.objects.get()
    assert [answer["Location"] for answer in answers] == [f"/desk/people/merges/{made.pk}/"] * 2
    assert (fresh(gone).merged_into, len(made.pairs["enterprises.Enterprise"])) == (kept, 1)
    shown = client.get(answers[0]["Location"]).content.decode()
    assert [text in shown for text in ("The two records are one now.", "Take them apart again")] == [True, True]


def test_an_answer_that_was_changed_below_its_preview_is_shown_first_and_nothing_is_done(signed_in, manager):
    kept, gone = record(), record()
    client, name = signed_in(manager), f"same_{business(gone).pk}"
    previewed = {"one": (business(gone), business(kept).pk)}

    sent = send(client, kept, gone, previewed, **{name: "other"})
    page = client.get(sent["Location"])

    assert (sent.status_code, Merge.objects.count()) == (302, 0)
    assert sent["Location"] == f"/desk/people/{kept.pk}/merge/{gone.pk}/?show=1&{name}=other"
    assert (page.context["same_form"].pairs(), page.context["businesses"]) == ((), [])
    assert "Nothing is joined yet" in page.content.decode()
    made = send(client, kept, gone, other_business(gone))["Location"]
    assert Merge.objects.get().pairs["enterprises.Enterprise"] == []
    assert client.get(made).status_code == 200


def test_the_answers_stand_in_the_form_that_joins_and_are_shown_from_there(signed_in, manager):
    """One form, one answer: what is sent is what is on the screen."""
    kept, gone = record(), record()
    client, name = signed_in(manager), f"same_{business(gone).pk}"
    page = client.get(url(kept, gone, **other_business(gone))).content.decode()
    form = page[page.index('<form method="post" class="stack2"') :]
    form = form[: form.index("</form>")]

    shown = send(client, kept, gone, other_business(gone), show="1", join="")

    parts = (f'name="{name}"', 'name="is_sure"', 'name="version"', 'name="show"', 'name="join"', 'name="request_key"')
    assert {part: form.count(part) for part in parts if form.count(part) != 1} == {f'name="{name}"': 2}
    assert (shown["Location"], Merge.objects.count()) == (f"{url(kept, gone)}show=1&{name}=other", 0)


def test_whoever_joins_in_a_second_window_is_led_to_what_was_joined(signed_in, manager):
    kept, gone = record(), record()
    client, answered = signed_in(manager), other_business(gone)
    made = join(kept, gone, by=manager)

    answers = [
        client.get(url(kept, gone)),
        client.get(url(gone, kept)),
        send(client, kept, gone, answered),
    ]
    shown = client.get(answers[-1]["Location"]).content.decode()

    assert [answer["Location"] for answer in answers] == [made.get_absolute_url()] * 3
    assert "These two records were joined already." in shown
    elsewhere = signed_in(colleague(Role.REGIONAL_MANAGER, districts=[district("lahore")]))
    assert elsewhere.get(url(kept, gone)).status_code == 404
    undo(client, made)
    assert client.get(url(kept, gone)).status_code == 200


def test_without_saying_that_one_is_sure_nothing_is_done(signed_in, manager):
    kept, gone = record(), record()

    page = send(signed_in(manager), kept, gone, other_business(gone), is_sure="")

    assert page.context["form"].errors == {"is_sure": ["Ask the person or look at the card first, and say so here."]}
    assert not Merge.objects.exists()


def test_what_speaks_against_it_is_said_with_the_way_to_mend_it(signed_in, manager):
    kept, gone = record(cnic=None, cnic_standing="none"), record()
    client = signed_in(manager)

    page = client.get(url(kept, gone, **other_business(gone)))
    sent = send(client, kept, gone, other_business(gone))

    assert f'href="/desk/people/{gone.pk}/merge/{kept.pk}/"'.encode() in page.content
    assert (b"Not yet." in page.content, b"Join the two records" in page.content) == (True, False)
    assert (sent.status_code, sent.context["form"].non_field_errors()) == (
        200,
        ["The record with the card must be the one that is kept. Change which of the two is kept."],
    )


def test_figures_of_a_way_that_cannot_be_gone_are_not_shown(signed_in, manager):
    """The other one must be kept: what this way would do is of no use to anybody, nor is what it asks."""
    kept, gone = record(cnic=None, cnic_standing="none"), record()
    client, asks = signed_in(manager), ("What goes over, by kind", "Is it the same business?")

    wrong_way = client.get(url(kept, gone, **other_business(gone))).text
    right_way = client.get(url(gone, kept, **other_business(kept))).text

    assert [[part in page for part in asks] for page in (wrong_way, right_way)] == [[False] * 2, [True] * 2]
    assert "The record with the card must be the one that is kept." in wrong_way


@pytest.mark.parametrize(
    ("relations", "label"),
    [
        (("father", "father"), "Father's name"),
        (("husband", ""), "Husband's name"),
        (("father", "husband"), "Father's or husband's name"),
    ],
)
def test_the_names_of_a_father_and_of_a_husband_are_called_neither(signed_in, manager, relations, label):
    kept, gone = [
        record(parent_relation=relation, parent_name="Ali Akram" if relation else "") for relation in relations
    ]

    facts = signed_in(manager).get(url(kept, gone)).context["facts"]

    (found,) = [fact["label"] for fact in facts if "Ali Akram" in str(fact["sides"])]
    assert found == label


def test_an_advisor_looks_and_does_not_join(signed_in, advisor):
    kept, gone = record(), record()
    client = signed_in(advisor)

    page = client.get(url(kept, gone, **other_business(gone)))

    assert (page.context["needs_manager"], page.context["form"]) == (True, None)
    assert send(client, kept, gone, other_business(gone)).status_code == 403


def test_out_of_sight_there_is_no_such_page(signed_in, manager):
    kept, gone = record(), record()
    elsewhere = signed_in(colleague(Role.REGIONAL_MANAGER, districts=[district("lahore")]))

    assert [elsewhere.get(url(kept, gone)).status_code, signed_in(manager).get(url(kept, kept)).status_code] == [
        404,
        404,
    ]


def test_an_older_page_is_stopped(signed_in, manager):
    kept, gone = record(), record()
    client = signed_in(manager)
    kept.version = 5

    assert send(client, kept, gone, other_business(gone)).status_code == 409


# Choosing two


def test_two_of_those_found_are_laid_side_by_side_the_likelier_first(signed_in, manager):
    claimed, seen = record(), record(cnic_standing="verified")
    client = signed_in(manager)

    to = client.get("/desk/people/merges/choose/", {"people": [claimed.pk, seen.pk]})
    wrong = [
        client.get("/desk/people/merges/choose/", {"people": chosen})
        for chosen in ([claimed.pk], ["x", claimed.pk], ["9" * 30, claimed.pk], [])
    ]

    assert to["Location"] == f"/desk/people/{seen.pk}/merge/{claimed.pk}/"
    assert [answer["Location"] for answer in wrong] == ["/desk/people/"] * 4


def test_the_search_offers_to_lay_two_side_by_side_and_registering_does_not(signed_in, manager):
    for _person in range(2):
        record(name="Muhammad Akram", sex="man", parent_name="Allah Ditta", parent_relation="father")
    typed = {"name": "Muhammad Akram", "parent_name": "Allah Ditta"}
    client = signed_in(manager)

    def looked(**headers):
        return b"Lay these two side by side" in client.post("/desk/people/", typed, headers=headers).content

    here, there = "http://testserver/desk/people/", "http://testserver/desk/register/"
    assert [
        looked(),
        looked(**{"HX-Request": "true", "HX-Current-URL": here}),
        looked(**{"HX-Request": "true", "HX-Current-URL": there}),
    ] == [True, True, False]


def test_each_pair_leads_to_the_page(signed_in, manager):
    first, second = sorted([record(), record()], key=lambda one: one.pk)
    people.LookAlikeFactory(first=first, second=second)

    page = signed_in(manager).get("/desk/people/look-alikes/").content.decode()

    assert f'href="/desk/people/{first.pk}/merge/{second.pk}/"' in page


# The way back


def undo(client, merge):
    return client.post(f"/desk/people/merges/{merge.pk}/undo/", {"request_key": str(uuid.uuid4())}, follow=True)


def test_one_click_brings_both_back(signed_in, manager):
    kept, gone = record(), record()
    made = join(kept, gone, by=manager)
    cases.NoteFactory(case=gone.cases.first() or kept.cases.first())
    client = signed_in(manager)

    page = undo(client, made).content.decode()

    assert "The two records are apart again." in page
    assert [fresh(person).is_merged for person in (kept, gone)] == [False, False]
    assert "These records were taken apart already." in undo(client, made).content.decode()


def test_what_came_later_and_what_stayed_is_said(signed_in, manager):
    kept, gone = record(phone=""), record()
    made = join(kept, gone, by=manager)
    people.DraftFactory(person=kept)
    Person.objects.filter(pk=kept.pk).update(phone="+923009999999")
    client = signed_in(manager)

    before = client.get(made.get_absolute_url()).content.decode()
    after = undo(client, made).content.decode()

    assert ["This came later" in before, "Registrations begun" in before] == [True, True]
    assert "row was changed since and stays where it is." in after


def test_after_thirty_days_the_page_says_that_it_is_over(signed_in, manager):
    made = join(record(), record(), by=manager)
    Merge.objects.filter(pk=made.pk).update(at=timezone.now() - dt.timedelta(days=31))
    client = signed_in(manager)

    page = client.get(made.get_absolute_url()).content.decode()

    assert ["thirty days in which" in page, 'action="/desk/people/merges' in page] == [True, False]
    assert "thirty days in which" in undo(client, made).content.decode()


def test_an_advisor_reads_what_was_joined_and_has_no_button(signed_in, manager, advisor):
    made = join(record(), record(), by=manager)
    client = signed_in(advisor)

    page = client.get(made.get_absolute_url()).content.decode()

    assert ["This is for the regional manager." in page, 'action="/desk/people/merges' in page] == [True, False]
    assert client.post(f"/desk/people/merges/{made.pk}/undo/").status_code == 403
    elsewhere = colleague(Role.ADVISOR, districts=[district("lahore")])
    assert signed_in(elsewhere).get(made.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_the_list_costs_the_same_however_long_it_is(signed_in, manager, rows, django_assert_num_queries):
    for _row in range(rows):
        join(record(), record(), by=manager)
    undone = Merge.objects.first()
    if undone:
        Merge.objects.filter(pk=undone.pk).update(undone_at=timezone.now(), undone_by=manager)
    client = signed_in(manager)

    with django_assert_num_queries(8):
        page = client.get("/desk/people/merges/").content.decode()

    assert page.count('href="/desk/people/merges/') - page.count('href="/desk/people/merges/"') == rows
