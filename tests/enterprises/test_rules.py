"""Each rule has two faces: a predicate for one record and a queryset for many. They agree for everybody."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Office
from accounts.roles import Role
from enterprises.models import (
    CardRelease,
    Claim,
    CodeSheet,
    Correction,
    Draft,
    Enterprise,
    NameCorrection,
    Ownership,
    Person,
    PhoneChange,
)
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.enterprises import (
    CardReleaseFactory,
    ClaimFactory,
    CodeSheetFactory,
    CorrectionFactory,
    DraftFactory,
    EnterpriseFactory,
    GrantFactory,
    NameCorrectionFactory,
    OwnershipFactory,
    PersonFactory,
    PhoneChangeFactory,
    district,
    entrepreneur,
    system,
)

pytestmark = pytest.mark.django_db
VIEWERS = [*Role, "head advisor", "owner", "partner", "former owner", "neighbour", "system", "unappointed"]

PERMISSIONS = {
    Enterprise: "enterprises.view_enterprise",
    Person: "enterprises.view_person",
    Claim: "enterprises.view_claim",
    CardRelease: "enterprises.view_cardrelease",
    Draft: "enterprises.view_draft",
    CodeSheet: "enterprises.view_code_sheet",
    PhoneChange: "enterprises.view_phone_change",
    NameCorrection: "enterprises.view_namecorrection",
    Correction: "enterprises.view_correction",
    Ownership: "enterprises.view_ownership",
}


@pytest.fixture
def world():
    """Enterprises here and elsewhere, granted and not, with several owners; people and claims that hang on them."""
    now = timezone.now()
    office = OfficeFactory(organisation=Office.Organisation.LENDER)
    smeda = OfficeFactory()
    here, there = district(), district("lahore")
    owner, partner, former = entrepreneur(district=here), entrepreneur(district=there), entrepreneur(district=there)
    OwnershipFactory(person=partner.person, enterprise=owner.enterprise, is_contact=False)
    OwnershipFactory(person=former.person, enterprise=owner.enterprise, is_contact=False, until_on=dt.date(2026, 1, 1))
    for until in (None, now - dt.timedelta(days=1), now + dt.timedelta(days=1)):
        granted = OwnershipFactory(enterprise=EnterpriseFactory(district=there)).enterprise
        GrantFactory(enterprise=granted, office=office, until_at=until)
        GrantFactory(enterprise=granted, office=smeda, until_at=until, purpose="case")
    GrantFactory(
        enterprise=OwnershipFactory(enterprise=EnterpriseFactory(district=there)).enterprise,
        office=office,
        from_at=now + dt.timedelta(days=1),
    )
    PersonFactory()
    for place in (here, there):
        CardReleaseFactory(claim=ClaimFactory(district=place))
    for place in (here, there, None):
        DraftFactory(district=place)
    neighbour = entrepreneur(district=district("khanewal"))
    for one in (owner, partner, former, neighbour):
        CodeSheetFactory(person=one.person)
        NameCorrectionFactory(person=one.person)
        CorrectionFactory(enterprise=one.enterprise)
        PhoneChangeFactory(person=one.person, enterprise=one.enterprise)
    return {
        "owner": owner.person.user,
        "partner": partner.person.user,
        "former owner": former.person.user,
        "neighbour": neighbour.person.user,
        "lender": office,
        "smeda": smeda,
        "here": here,
    }


def viewer(name, world):
    if name == "system":
        return system()
    if name == "unappointed":
        user = colleague(Role.ADVISOR)
        user.appointments.all().delete()
        return type(user).objects.get(pk=user.pk)
    if name == "head advisor":
        return colleague(Role.ADVISOR, office=OfficeFactory(depth=0))
    if name in world:
        return world[name]
    lends = name in {Role.LOAN_OFFICER, Role.CASHIER, Role.BRANCH_MANAGER, Role.AREA_MANAGER}
    return colleague(name, office=world["lender"] if lends else world["smeda"], districts=[world["here"]])


@pytest.mark.parametrize("name", VIEWERS)
def test_both_faces_of_sight_agree(world, name):
    user = viewer(name, world)

    by_queryset = {model: set(model.objects.visible_to(user)) for model in PERMISSIONS}
    by_predicate = {
        model: {item for item in model.objects.all() if user.has_perm(permission, item)}
        for model, permission in PERMISSIONS.items()
    }

    assert by_queryset == by_predicate


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("owner", (1, 1, 0, 0)),
        ("partner", (2, 1, 0, 0)),
        ("former owner", (1, 1, 0, 0)),
        ("neighbour", (1, 1, 0, 0)),
        ("system", (8, 11, 2, 5)),
        ("unappointed", (0, 0, 0, 0)),
        ("advisor", (3, 4, 1, 3)),
        ("regional_manager", (3, 4, 1, 3)),
        ("head advisor", (0, 0, 0, 1)),
        ("trainer", (2, 2, 0, 0)),
        ("loan_officer", (2, 2, 0, 0)),
        ("cashier", (2, 2, 0, 0)),
        ("programme_manager", (8, 11, 2, 5)),
        ("auditor", (8, 11, 2, 5)),
        ("committee_member", (0, 0, 0, 0)),
        ("ministry_viewer", (0, 0, 0, 0)),
        ("administrator", (0, 0, 0, 0)),
    ],
)
def test_how_much_each_sees(world, name, expected):
    user = viewer(name, world)

    seen = tuple(model.objects.visible_to(user).count() for model in (Enterprise, Person, Claim, Draft))

    assert seen == expected


@pytest.mark.parametrize(
    "perm",
    ["enterprises.view_enterprise", "enterprises.view_person", "enterprises.view_claim", "enterprises.view_draft"],
)
def test_about_nothing_in_particular_only_those_who_see_all_are_told_yes(world, perm):
    told_yes = {name for name in VIEWERS if viewer(name, world).has_perm(perm)}

    assert told_yes == {Role.PROGRAMME_MANAGER, Role.AUDITOR, "system"}


def test_consents_of_nobody_are_kept_by_nobody_but_the_portal():
    users = [colleague(Role.ADVISOR), colleague(Role.AUDITOR), entrepreneur().person.user, system()]

    assert [user.has_perm("enterprises.keep_consents") for user in users] == [False, False, False, True]
