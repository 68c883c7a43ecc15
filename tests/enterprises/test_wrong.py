"""R4: what a client called wrong, their advisor asks about: it is changed, or right as it stands."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import Role
from casework.timeline import page_of
from enterprises.actions import statements
from enterprises.actions.details import change
from enterprises.actions.statements import state
from enterprises.models import Statement
from enterprises.open_items import open_items
from journal.models import Event
from journal.moves import EditConflict
from journal.open_items import Scope, united
from tests.factories.accounts import colleague
from tests.factories.casework import CaseFactory
from tests.factories.enterprises import ConsentFactory, OwnershipFactory, StatementFactory, district, entrepreneur

pytestmark = pytest.mark.django_db
FIELDS = {
    "person": ("name", "sex", "phone", "phone_owner", "language"),
    "enterprise": ("sector", "district", "stage", "place"),
}


@pytest.fixture
def owned():
    owned = entrepreneur(district=district(), place="Shah Rukn-e-Alam")
    ConsentFactory(person=owned.person, kind="contact")
    return owned


def doubt(owned, fields=None, *, at=None):
    """What is called wrong of the business and its owner."""
    for whose, names in (fields or FIELDS).items():
        for name in names:
            facts = {"person": None, whose: getattr(owned, whose), "field": name, "source": "assisted"}
            StatementFactory(**facts, disputed_at=at or timezone.now())


def wrong_of(owned):
    return Statement.objects.called_wrong().about_business(owned.enterprise)


def uphold(owned, *, by, right=None, version=0):
    right = dict(wrong_of(owned).values_list("pk", "disputed_at")) if right is None else right
    return statements.uphold(enterprise=owned.enterprise, right=right, by=by, version=version)


def item_waits(owned):
    items = united(open_items(Scope(enterprise_ids=[owned.enterprise_id])), limit=50)
    return "enterprises.called_wrong" in {item["kind"] for item in items}


def url_of(owned):
    return f"/desk/enterprises/{owned.enterprise.pk}/called-wrong/"


def tick(client, owned, *chosen, **changes):
    keys = [f"{one.pk}-{one.disputed_at.isoformat()}" for one in chosen]
    sent = {"request_key": str(uuid.uuid4()), "version": owned.enterprise.version, "right": keys}
    return client.post(url_of(owned), sent | changes)


def test_whatever_was_called_wrong_may_be_right_as_it_stands(owned, advisor):
    """Where nothing is to be changed, too: the advisor asked, and nobody has to ask once more."""
    doubt(owned)
    assert item_waits(owned)

    fields = uphold(owned, by=advisor)

    assert fields == sorted(f"{whose}.{name}" for whose, names in FIELDS.items() for name in names)
    assert (wrong_of(owned).count(), item_waits(owned)) == (0, False)
    # It is the advisor's word, and the client may look at it once more.
    stated = Statement.objects.about_business(owned.enterprise)
    assert set(stated.values_list("source", "by")) == {("assisted", advisor.pk)}
    event = Event.objects.get()
    assert (event.name, event.enterprise_id, event.data) == (
        "enterprises.statement_upheld", owned.enterprise_id, {"fields": fields},
    )  # fmt: skip


def test_the_history_says_what_is_right(owned, advisor):
    case = CaseFactory(enterprise=owned.enterprise, person=owned.person)
    doubt(owned, {"person": ["sex"]})
    uphold(owned, by=advisor)

    rows, _page = page_of(case, user=advisor, show="", after="")

    said = "The client was asked: what they called wrong is right as it stands: Person: Sex"
    assert said in [row.get("text") for row in rows]


def test_what_an_owner_beside_called_wrong_is_asked_about_too(owned, advisor):
    beside = OwnershipFactory(enterprise=owned.enterprise, is_contact=False)
    doubt(beside, {"person": ["sex"]})

    assert uphold(owned, by=advisor) == ["person.sex"]


def test_only_what_is_ticked_is_right(owned, advisor):
    doubt(owned, {"person": ["sex", "language"]})
    sex = wrong_of(owned).get(field="sex")

    uphold(owned, by=advisor, right={sex.pk: sex.disputed_at})

    assert list(wrong_of(owned).values_list("field", flat=True)) == ["language"]


def test_whoever_changes_one_field_of_a_page_says_nothing_of_the_others(owned, advisor):
    """Neither is it right, nor has the client said it, nor is a doubt gone without a word in the history."""
    doubt(owned, {"person": ["language"]})
    others = {"language": owned.person.language}

    for version, by in enumerate((owned.person.user, advisor)):
        values = others | {"education": ("matric", "degree")[version]}
        change(subject=owned.person, person=owned.person, by=by, version=version, **values)
    change(subject=owned.person, person=owned.person, by=advisor, version=2, **others)

    assert list(wrong_of(owned).values_list("field", "source")) == [("language", "assisted")]


def test_what_was_stated_anew_or_called_wrong_once_more_is_let_be(owned, advisor):
    doubt(owned, {"person": ["sex", "language"]})
    as_shown = dict(wrong_of(owned).values_list("pk", "disputed_at"))
    state(owned.person, ["sex"], source="self", by=owned.person.user)
    wrong_of(owned).update(disputed_at=timezone.now() + dt.timedelta(seconds=5))

    with pytest.raises(ValidationError) as refused:
        uphold(owned, by=advisor, right=as_shown)

    assert refused.value.code == "settled"
    assert list(wrong_of(owned).values_list("field", flat=True)) == ["language"]


def test_nobody_upholds_on_a_page_of_before(owned, advisor):
    doubt(owned)

    with pytest.raises(EditConflict):
        uphold(owned, by=advisor, version=1)


def everybody_but_their_advisor_is_refused(owned):
    doubt(owned)
    elsewhere = colleague(Role.ADVISOR, districts=[district("lahore")])
    for by in (owned.person.user, elsewhere, colleague(Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            uphold(owned, by=by)
    assert wrong_of(owned).count() == 9


def test_everybody_but_their_advisor_is_refused(owned):
    everybody_but_their_advisor_is_refused(owned)


@pytest.mark.xfail(strict=True, reason="the control: nobody asks whether it is their advisor")
def test_everybody_but_their_advisor_is_refused_control(owned, monkeypatch):
    monkeypatch.setattr("accounts.models.User.has_perm", lambda *_about: True)

    everybody_but_their_advisor_is_refused(owned)


def test_the_page_says_what_stands_and_where_it_is_changed(owned, advisor, signed_in):
    beside = OwnershipFactory(enterprise=owned.enterprise, is_contact=False, person__name="Rukhsana Kausar")
    doubt(owned)
    doubt(beside, {"person": ["language", "name"]})

    rows = signed_in(advisor).get(url_of(owned)).context["rows"]

    person, pk = f"/desk/people/{owned.person.pk}", owned.enterprise.pk
    name = owned.person.name
    assert [(row["label"], row["url"]) for row in rows] == [
        (f"{name}: Name", f"{person}/name/"),
        (f"{name}: Sex", f"{person}/name/"),
        (f"{name}: Mobile number", f"{person}/access/"),
        (f"{name}: Whose phone it is", f"{person}/access/phone/"),
        (f"{name}: Language", f"/desk/enterprises/{pk}/you/"),
        ("Kind of business", f"/desk/enterprises/{pk}/business/"),
        ("District", f"/desk/enterprises/{pk}/district/"),
        ("Business or idea", f"/desk/enterprises/{pk}/stage/"),
        ("Village, town or street", f"/enterprises/{pk}/address/"),
        ("Rukhsana Kausar: Language", ""),
        ("Rukhsana Kausar: Name", f"/desk/people/{beside.person.pk}/name/"),
    ]


def test_the_advisor_ticks_what_is_right(owned, advisor, signed_in):
    doubt(owned, {"person": ["sex", "language"]})
    client, sex = signed_in(advisor), wrong_of(owned).get(field="sex")

    nothing = tick(client, owned)
    answer = tick(client, owned, sex)

    assert nothing.context["form"].errors["right"] == ["Tick what is right, or go back."]
    assert answer["Location"] == f"/desk/enterprises/{owned.enterprise.pk}/"
    assert list(wrong_of(owned).values_list("field", flat=True)) == ["language"]


def test_a_tick_on_an_old_page_shows_the_new_one(owned, advisor, signed_in):
    doubt(owned, {"person": ["sex"]})
    client, sex = signed_in(advisor), wrong_of(owned).get(field="sex")
    wrong_of(owned).update(disputed_at=timezone.now() + dt.timedelta(seconds=5))

    page = tick(client, owned, sex)

    assert page.context["form"].errors["right"] == ["Somebody changed this meanwhile. Look at it once more."]
    assert wrong_of(owned).exists()


def test_the_item_leads_there_and_an_empty_page_says_so(owned, advisor, signed_in):
    assert "Nothing is called wrong." in signed_in(advisor).get(url_of(owned)).content.decode()


def test_out_of_sight_it_is_not_there(owned, signed_in):
    elsewhere = colleague(Role.ADVISOR, districts=[district("lahore")])

    assert signed_in(elsewhere).get(url_of(owned)).status_code == 404


@pytest.mark.parametrize("fields", [{"enterprise": ["sector"]}, FIELDS])
def test_the_page_costs_the_same_for_one_field_and_for_many(
    signed_in, owned, advisor, fields, django_assert_num_queries
):
    doubt(owned, fields)
    client = signed_in(advisor)
    client.get(url_of(owned))

    with django_assert_num_queries(QUERIES):
        client.get(url_of(owned))


QUERIES = 12
