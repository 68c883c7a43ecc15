"""R4: whoever was registered by somebody else claims the record, and says whether what was written down is right."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import User
from enterprises.actions import statements
from enterprises.actions.statements import state
from enterprises.models import Enterprise, Statement
from journal.models import Event
from journal.moves import EditConflict
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.enterprises import EnterpriseFactory, OwnershipFactory, PersonFactory, district, entrepreneur

pytestmark = pytest.mark.django_db


@pytest.fixture
def owned(advisor):
    """A record that an advisor began; its owner has signed in."""
    ownership = entrepreneur(district=district(), help_wanted=["loan", "course"])
    state(ownership.person, ["name", "phone", "language", "sex"], source="assisted", by=advisor)
    state(ownership.person, ["cnic"], source="card", by=advisor)
    state(ownership.enterprise, ["sector", "district", "help_wanted", "stage"], source="import", by=advisor)
    return ownership


def confirm(owned, **changes):
    wanted = {
        "person": owned.person,
        "enterprise": owned.enterprise,
        "person_version": owned.person.version,
        "enterprise_version": owned.enterprise.version,
        "right": [],
        "wrong": [],
        "by": owned.person.user,
    }
    statements.confirm(**wanted | changes)


def number(owned, field):
    return Statement.objects.about(owned.person, owned.enterprise).get(field=field).pk


def stated(owned):
    rows = Statement.objects.about(owned.person, owned.enterprise)
    return {row.field: (row.source, row.disputed_at is not None) for row in rows}


def events():
    return list(Event.objects.filter(name__startswith="enterprises.statement").values_list("name", "data"))


def test_what_is_right_is_said_by_themselves_and_what_is_wrong_is_marked(owned):
    confirm(owned, right=[number(owned, "name"), number(owned, "sector")], wrong=[number(owned, "phone")])

    found = stated(owned)
    assert {field: found[field] for field in ("name", "sector", "phone", "district", "cnic")} == {
        "name": ("self", False),
        "sector": ("self", False),
        "phone": ("assisted", True),
        "district": ("import", False),
        "cnic": ("card", False),
    }
    assert sorted(events()) == [
        ("enterprises.statement_disputed", {"fields": ["person.phone"]}),
        ("enterprises.statements_partly_right", {"wrong": 1}),
    ]


def test_right_alone_is_said_only_where_nothing_is_wrong_any_more(owned, advisor):
    confirm(owned, wrong=[number(owned, "phone")])
    confirm(owned, right=[number(owned, "name")])
    state(owned.person, ["phone"], source="assisted", by=advisor)
    confirm(owned, right=[number(owned, "phone")], person_version=owned.person.version)

    assert [name for name, _data in sorted(events())] == [
        "enterprises.statement_disputed",
        "enterprises.statements_confirmed",
        "enterprises.statements_partly_right",
    ]


def test_what_was_called_wrong_by_mistake_is_right_after_all(owned):
    confirm(owned, wrong=[number(owned, "phone"), number(owned, "language")])
    confirm(owned, right=[number(owned, "phone")])

    assert [stated(owned)[field] for field in ("phone", "language")] == [("self", False), ("assisted", True)]


@pytest.mark.parametrize("language", ["en", "ur"])
def test_an_amount_is_asked_about_in_words_and_not_in_markup(owned, advisor, signed_in, language):
    Enterprise.objects.filter(pk=owned.enterprise_id).update(sales=30_000, sales_per="month")
    state(owned.enterprise, ["sales"], source="assisted", by=advisor)
    client = signed_in(owned.person.user)
    client.cookies["django_language"] = language

    page = client.get("/my/confirm/").content.decode()

    assert "30,000" in page
    assert "&lt;bdi" not in page


def test_nothing_said_changes_nothing(owned):
    before = stated(owned)

    confirm(owned)

    assert (stated(owned), events()) == (before, [])


def test_what_an_officer_read_from_the_card_is_not_asked(owned):
    confirm(owned, right=[number(owned, "cnic")], wrong=[number(owned, "cnic")])

    assert stated(owned)["cnic"] == ("card", False)


def test_whoever_states_it_anew_takes_the_mark_away(owned, advisor):
    confirm(owned, wrong=[number(owned, "phone")])

    state(owned.person, ["phone"], source="assisted", by=advisor)

    assert stated(owned)["phone"] == ("assisted", False)


def test_nobody_says_it_in_their_place(owned, advisor):
    other = entrepreneur()

    for by in (advisor, other.person.user):
        with pytest.raises(PermissionDenied):
            confirm(owned, by=by)
    with pytest.raises(PermissionDenied):
        confirm(owned, enterprise=other.enterprise)


@pytest.mark.parametrize("version", ["person_version", "enterprise_version"])
def test_what_changed_since_they_looked_is_shown_again(owned, version):
    with pytest.raises(EditConflict):
        confirm(owned, **{version: 7})


# Pages


def post(client, **answers):
    return client.post(
        "/my/confirm/",
        {"request_key": str(uuid.uuid4()), "person_version": "0", "enterprise_version": "0"} | answers,
        follow=True,
    )


def test_my_page_asks_until_everything_is_looked_at(signed_in, owned):
    client = signed_in(owned.person.user)
    asked = client.get("/my/").content.decode()

    page = post(client, all="1", **{f"s{number(owned, 'phone')}": "wrong"})

    asked_again = {name: field.initial for name, field in page.context["form"].fields.items() if name.startswith("s")}
    assert f"/my/confirm/?ref={owned.enterprise.reference}" in asked
    assert asked_again == {f"s{number(owned, 'phone')}": "wrong"}
    assert [str(row["label"]) for row in page.context["wrong"]] == ["Mobile number"]
    assert "/my/confirm/" not in client.get("/my/").content.decode()
    assert {field for field, (source, _wrong) in stated(owned).items() if source == "self"} == {
        "name", "language", "sex", "sector", "district", "help_wanted", "stage",
    }  # fmt: skip


def test_each_field_says_who_stated_it(signed_in, owned, advisor):
    form = signed_in(owned.person.user).get("/my/confirm/").context["form"]

    name = form.fields[f"s{number(owned, 'name')}"]
    wanted = form.fields[f"s{number(owned, 'help_wanted')}"]
    assert owned.person.name in name.label
    assert name.help_text.startswith(f"Written down by {advisor}, ")
    assert wanted.label == "Help wanted: A loan without interest, A course"
    assert wanted.help_text.startswith("Taken from a list, ")


def test_some_now_and_the_rest_later(signed_in, owned):
    page = post(signed_in(owned.person.user), save="1", **{f"s{number(owned, 'name')}": "right"})

    assert (stated(owned)["name"], stated(owned)["sex"]) == (("self", False), ("assisted", False))
    assert f"s{number(owned, 'sex')}" in page.context["form"].fields


def test_what_is_wrong_says_where_it_is_changed(signed_in, owned, advisor):
    state(owned.person, ["phone_owner"], source="assisted", by=advisor)
    state(owned.enterprise, ["place"], source="assisted", by=advisor)
    fields = ("phone", "phone_owner", "language", "sector", "place", "district", "stage")
    page = post(signed_in(owned.person.user), save="1", **{f"s{number(owned, field)}": "wrong" for field in fields})

    found = [(row.get("url"), row.get("small")) for row in page.context["wrong"]]
    parts = [reverse("enterprises:my-details-change", args=[owned.enterprise.pk, part]) for part in ("you", "business")]
    place = reverse("enterprises:business-address-edit", args=[owned.enterprise.pk])
    by_advisor = "Your advisor changes this with you. Bring your card."
    assert sorted(found, key=str) == sorted(
        [
            *((url, None) for url in ("/my/phone/number/", "/my/phone/", *parts, place)),
            *[(None, by_advisor)] * 2,
        ],
        key=str,
    )


def test_an_answer_that_is_none_is_refused_and_keeps_the_rest(signed_in, owned):
    page = post(signed_in(owned.person.user), all="1", **{f"s{number(owned, 'name')}": "perhaps"})

    assert (list(page.context["form"].errors), stated(owned)["sex"]) == (
        [f"s{number(owned, 'name')}"],
        ("assisted", False),
    )


def test_of_several_businesses_the_one_asked_for(signed_in, owned):
    second = EnterpriseFactory()
    OwnershipFactory(person=owned.person, enterprise=second)

    shown = signed_in(owned.person.user).get("/my/confirm/", {"ref": second.reference}).context["enterprise"]

    assert shown == second


def test_without_a_business_there_is_nothing_to_look_at(signed_in):
    person = PersonFactory(user=EntrepreneurUserFactory())

    assert signed_in(person.user).get("/my/confirm/")["Location"] == "/my/"


def test_the_advisor_sees_whether_it_is_claimed_and_what_is_called_wrong(signed_in, owned, advisor):
    confirm(owned, wrong=[number(owned, "name")])
    unclaimed, alone = (
        OwnershipFactory(enterprise=EnterpriseFactory(district=district(), registered_by=by)).enterprise
        for by in (advisor, User.objects.system())
    )
    client, shown = signed_in(advisor), (owned.enterprise, unclaimed, alone)

    pages = [client.get(f"/desk/enterprises/{one.pk}/").content.decode() for one in shown]

    assert ["Claimed: its owner" in page for page in pages] == [True, False, False]
    assert ["Not claimed yet" in page for page in pages] == [False, True, False]
    assert ["Registered by themselves" in page for page in pages] == [False, False, True]
    assert ["The client says that it is wrong." in page for page in pages] == [True, False, False]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_field_and_for_three(signed_in, advisor, count, django_assert_num_queries):
    ownership = entrepreneur()
    state(ownership.person, ["name", "sex", "language"][:count], source="assisted", by=advisor)
    client = signed_in(ownership.person.user)
    client.get("/my/confirm/")

    with django_assert_num_queries(CONFIRM_QUERIES):
        client.get("/my/confirm/")


CONFIRM_QUERIES = 5


def test_an_idea_that_is_a_business_is_said_on_the_page_of_that(signed_in, advisor):
    owned = entrepreneur(stage="idea")
    state(owned.enterprise, ["stage"], source="assisted", by=advisor)

    page = post(signed_in(owned.person.user), save="1", **{f"s{number(owned, 'stage')}": "wrong"})

    assert [row["url"] for row in page.context["wrong"]] == [f"/my/details/{owned.enterprise.pk}/begun/"]


def test_the_questions_stand_in_the_order_of_all_details(signed_in, owned):
    page = signed_in(owned.person.user).get(reverse("enterprises:my-confirm"))

    asked = [one.field for one in page.context["form"].statements.values()]
    assert asked == ["name", "sex", "phone", "language", "stage", "district", "sector", "help_wanted"]
