"""R4: a partner's clerk registers people, and sees of them one line with one word; nothing else."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from enterprises.actions import assisted, consents, enterprises
from enterprises.actions.enterprises import Business
from enterprises.models import Claim, Draft, Enterprise, Grant, Intake, LookAlike, Person, Sector
from kit.exports import write_csv
from portal.registered_views import WORDS
from tests.enterprises.test_assisted import FACTS, sent
from tests.enterprises.walk import CNIC
from tests.factories.accounts import colleague
from tests.factories.casework import CaseFactory
from tests.factories.enterprises import (
    EnterpriseFactory,
    GrantFactory,
    OwnershipFactory,
    PersonFactory,
    district,
)
from tests.factories.intakes import IntakeFactory

pytestmark = pytest.mark.django_db
HEADS = ["Name", "CNIC", "Sex", "Mobile", "Whose phone is it?", "Trade", "District", "Consent"]
ROW = ["Zubaida Perveen", "36304-0000001-1", "Woman", "0345-0000001", "Own phone", "Tailoring", "Multan", "Yes"]


@pytest.fixture
def clerk():
    return colleague(Role.PARTNER_CLERK, districts=[district()])


@pytest.fixture
def advisor():
    """Somebody must take the cases that open."""
    return colleague(Role.ADVISOR, districts=[district()])


def register(by, **changes):
    business = Business(stage="running", sector=Sector.objects.get(code="tailoring"), district=district())
    wanted = {"cnic": CNIC, "facts": FACTS, "business": business, "consented": ["contact"], "by": by}
    return assisted.register(**wanted | changes)


def test_a_clerk_registers_and_sees_the_name_and_one_word(signed_in, advisor, clerk):
    client = signed_in(clerk)

    led_to = client.post("/desk/register/", sent(), follow=True)

    enterprise = Enterprise.objects.get()
    rows = [(row["enterprise"], str(row["word"])) for row in led_to.context["rows"]]
    assert (rows, enterprise.registered_by, enterprise.case.advisor) == ([(enterprise, "Registered")], clerk, advisor)
    assert (enterprise.client_since is not None, led_to.redirect_chain[-1][0]) == (True, "/desk/registered/")


def test_each_state_of_a_case_is_one_word():
    from casework.states import CaseState

    assert set(WORDS) == set(CaseState)
    assert [word for word in WORDS.values() if " " in str(word)] == []


def test_what_the_clerk_held_stays_claimed(advisor, clerk):
    """The card counts as seen where an officer of the district saw it."""
    standing = register(clerk, is_card_seen=True).owners.get().cnic_standing

    assert (standing, register(advisor, cnic="3630248291999", is_card_seen=True).owners.get().cnic_standing) == (
        "claimed",
        "verified",
    )


def test_whose_card_is_on_file_stays_with_the_advisor(signed_in, advisor, clerk):
    """R6: no name. The clerk learns that the number is on file, and the registration is kept without it."""
    known = PersonFactory(cnic=CNIC, name="As on file")
    client = signed_in(clerk)

    page = client.post("/desk/register/", sent()).content.decode()
    kept = client.post("/desk/register/", sent(whose_card="on"), follow=True).content.decode()

    with pytest.raises(ValidationError, match="number is on file"):
        register(clerk, is_same_person=True)
    claim = Claim.objects.get()
    told = "That number is on file. The registration is kept; SMEDA&#x27;s advisor looks at the card."
    assert [text in page for text in ("If they are right, tick the box above", "As on file")] == [True, False]
    assert ('name="is_card_seen"' in page, "hx-post" in page, known.ownerships.count()) == (False, False, 0)
    assert [text in kept for text in (told, claim.enterprise.reference, "As on file")] == [True, True, False]
    assert [client.get(url).status_code for url in ("/desk/claims/", f"/desk/claims/{claim.pk}/")] == [403, 403]


def test_a_clerk_is_told_that_somebody_looks_alike_and_of_whom_nothing(signed_in, advisor, clerk):
    """As in a file; also where whoever it is lives out of the clerk's districts."""
    hidden = PersonFactory(name="Nasreen Bibi", cnic=None, cnic_standing="none", phone=FACTS["phone"])
    OwnershipFactory(person=hidden, enterprise=EnterpriseFactory(district=district("lahore")))
    client = signed_in(clerk)

    asked = client.post("/desk/register/", sent())
    at_first = Enterprise.objects.registered_by(clerk).count()
    client.post("/desk/register/", sent(person="on"))

    said = "Somebody like this is on file. Register them only if they say that they never registered."
    assert (asked.context["form"].errors, at_first) == ({"person": [said]}, 0)
    assert (asked.context["found"], asked.context["elsewhere"], "Lahore" in asked.content.decode()) == ([], None, False)
    assert (Enterprise.objects.registered_by(clerk).count(), hidden.ownerships.count()) == (1, 1)


def test_nobody_alike_a_clerk_is_asked_nothing(signed_in, advisor, clerk):
    signed_in(clerk).post("/desk/register/", sent())

    assert Enterprise.objects.registered_by(clerk).count() == 1


def test_a_clerk_recognises_nobody_and_keeps_only_what_they_wrote(advisor, clerk):
    other = PersonFactory()
    OwnershipFactory(person=other, enterprise=EnterpriseFactory(district=district()))

    with pytest.raises(PermissionDenied):
        register(clerk, person=other)
    with pytest.raises(PermissionDenied):
        consents.give(person=other, kind="share", by=clerk)


def test_a_clerk_registers_from_a_file(signed_in, advisor, clerk):
    """Who is on file is flagged without a name."""
    PersonFactory(cnic="3630400000099", name="Secret Name")
    OwnershipFactory(
        person=PersonFactory(name="Hidden Woman", cnic=None, cnic_standing="none", phone="+923450000077"),
        enterprise=EnterpriseFactory(district=district()),
    )
    rows = [
        ROW,
        ["Other Woman", "36304-0000009-9", *ROW[2:]],
        ["Hidden Woman", "", "Woman", "0345-0000077", *ROW[4:]],
    ]
    client = signed_in(clerk)
    file = SimpleUploadedFile("camp.csv", write_csv([HEADS, *rows]))

    led_to = client.post("/desk/register/file/", {"file": file, "request_key": str(uuid.uuid4())})["Location"]
    on_file, alike = (client.get(led_to, {"show": verdict}) for verdict in ("on_file", "alike"))
    client.post(f"{led_to}confirm/", {"request_key": str(uuid.uuid4())})
    done = client.get(led_to, {"show": "registered"}).content.decode()

    said = [problem.said for page in (on_file, alike) for problem in page.context["rows"][0]["problems"]]
    assert said == [
        "On file already.",
        "Somebody like this is on file. Register them only if they say that they never registered.",
    ]
    assert [
        name in page.content.decode() for page in (on_file, alike) for name in ("Secret Name", "/desk/people/")
    ] == [False] * 4
    assert (Enterprise.objects.registered_by(clerk).count(), "Zubaida" in done, "/desk/enterprises/" in done) == (
        1,
        True,
        False,
    )


def test_a_clerk_sees_nothing_else(clerk):
    """Not the district, not what is granted to the office, not who registered there, not the lists of colleagues."""
    office = clerk.appointments.get().office
    mine = EnterpriseFactory(district=district(), registered_by=clerk)
    granted = EnterpriseFactory()
    for one in (mine, granted):
        CaseFactory(enterprise=one)
        for purpose in Grant.Purpose.values:
            GrantFactory(enterprise=one, office=office, purpose=purpose)
    IntakeFactory(office=office)

    seen = [model.objects.visible_to(clerk).count() for model in (Enterprise, Person, Draft, Claim, LookAlike, Intake)]

    assert seen == [0] * 6
    assert [clerk.has_perm("enterprises.view_enterprise", one) for one in (mine, granted)] == [False, False]


@pytest.mark.parametrize("role", Role.values)
def test_who_is_registered_and_its_predicate_agree(role):
    user = colleague(role, districts=[district()])
    rows = [EnterpriseFactory(registered_by=user, district=district()), EnterpriseFactory(district=district())]

    found = set(Enterprise.objects.registered_by(user))

    assert found == {one for one in rows if user.has_perm("enterprises.view_registration", one)}
    assert found == ({rows[0]} if role == Role.PARTNER_CLERK else set())


def test_the_clerk_registers_where_the_office_serves(clerk):
    assert clerk.registering_district_ids == {district().pk}
    assert colleague(Role.CASHIER, districts=[district()]).registering_district_ids == set()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(signed_in, clerk, count, django_assert_num_queries):
    for _one in range(count):
        CaseFactory(enterprise=EnterpriseFactory(registered_by=clerk, name=""))
    client = signed_in(clerk)

    with django_assert_num_queries(LIST_QUERIES):
        client.get("/desk/registered/")


LIST_QUERIES = 5


def test_nobody_yet(signed_in, clerk):
    assert "Nobody yet" in signed_in(clerk).get("/desk/registered/").content.decode()


def test_others_register_for_nobody(clerk):
    with pytest.raises(PermissionDenied):
        enterprises.register(person=PersonFactory(), business=None, by=colleague(Role.CASHIER))
