"""Each rule has two faces: a predicate for one record and a queryset for many. They agree for everybody."""

import pytest

from accounts.models import Office
from accounts.roles import LENDER_ROLES, Role
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.enterprises import (
    EnterpriseFactory,
    GrantFactory,
    OwnershipFactory,
    district,
    entrepreneur,
    system,
)
from tests.factories.training import (
    AttendanceFactory,
    CertificateFactory,
    CourseRunFactory,
    EnrolmentFactory,
    SeatedFactory,
    SittingFactory,
)
from training.models import Attendance, Certificate, CourseRun, Enrolment, Sitting

pytestmark = pytest.mark.django_db
VIEWERS = [*Role, "trainer of a run", "owner", "neighbour", "system", "unappointed"]
PERMISSIONS = [
    (CourseRun, "training.view_run"),
    (Sitting, "training.view_run"),
    (Enrolment, "training.view_enrolment"),
    (Attendance, "training.view_attendance"),
    (Certificate, "training.view_certificate"),
]


@pytest.fixture
def world():
    """Runs here, elsewhere and online; on each somebody from here and from elsewhere, in every state, some granted."""
    here, there = district(), district("lahore")
    lender, smeda = OfficeFactory(organisation=Office.Organisation.LENDER), OfficeFactory()
    owner = entrepreneur(district=there)
    trainer = colleague(Role.TRAINER)
    runs = [
        CourseRunFactory(district=here, trainer=trainer),
        CourseRunFactory(district=there, trainer=trainer),
        CourseRunFactory(district=there, is_online=True),
    ]
    for run in runs:
        SittingFactory(run=run)
        EnrolmentFactory(run=run, enterprise=owner.enterprise)
        for place in (here, there):
            of = {"run": run, "enterprise": OwnershipFactory(enterprise=EnterpriseFactory(district=place)).enterprise}
            AttendanceFactory(enrolment=SeatedFactory(**of))
            of["enterprise"] = OwnershipFactory(enterprise=EnterpriseFactory(district=place)).enterprise
            CertificateFactory(enrolment=SeatedFactory(**of, state="completed"))
            GrantFactory(enterprise=of["enterprise"], office=lender)
            GrantFactory(enterprise=of["enterprise"], office=smeda)
    return {
        "owner": owner.person.user,
        "neighbour": entrepreneur(district=here).person.user,
        "trainer of a run": trainer,
        "lender": lender,
        "smeda": smeda,
        "here": here,
    }


def viewer(name, world):
    if name == "system":
        return system()
    if name == "unappointed":
        user = colleague(Role.TRAINER)
        CourseRun.objects.update(trainer=user)
        user.appointments.all().delete()
        return type(user).objects.get(pk=user.pk)
    if name in world:
        return world[name]
    office = world["lender"] if name in LENDER_ROLES else world["smeda"]
    return colleague(name, office=office, districts=[world["here"]])


@pytest.mark.parametrize("name", VIEWERS)
def test_both_faces_agree(world, name):
    user = viewer(name, world)

    by_rule = {
        model: {row for row in model.objects.all() if user.has_perm(permission, row)}
        for model, permission in PERMISSIONS
    }

    assert by_rule == {model: set(model.objects.visible_to(user)) for model, _permission in PERMISSIONS}


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("system", (3, 15, 6)),
        (Role.PROGRAMME_MANAGER, (3, 15, 6)),
        (Role.AUDITOR, (3, 15, 6)),
        ("trainer of a run", (2, 10, 4)),
        # A client of theirs is on the third.
        (Role.ADVISOR, (3, 9, 6)),
        (Role.REGIONAL_MANAGER, (3, 9, 6)),
        ("owner", (0, 3, 0)),
        ("neighbour", (0, 0, 0)),
        (Role.TRAINER, (0, 0, 0)),
        (Role.LOAN_OFFICER, (0, 0, 0)),
        (Role.ADMINISTRATOR, (0, 0, 0)),
        ("unappointed", (0, 0, 0)),
    ],
)
def test_who_sees_how_many_runs_places_and_certificates(world, name, seen):
    user = viewer(name, world)

    found = tuple(model.objects.visible_to(user).count() for model in (CourseRun, Enrolment, Certificate))

    assert found == seen


def test_a_trainer_whose_grant_ended_no_longer_sees_the_place():
    enrolment = EnrolmentFactory()
    trainer = enrolment.run.trainer
    before = set(Enrolment.objects.visible_to(trainer))
    type(enrolment.grant).objects.update(until_at=enrolment.grant.from_at)

    assert (before, set(Enrolment.objects.visible_to(trainer))) == ({enrolment}, set())


def test_nobody_sees_what_is_not_there():
    user = colleague(Role.PROGRAMME_MANAGER)
    trainer = colleague(Role.TRAINER)

    found = [
        trainer.has_perm(permission)
        for permission in ("training.view_run", "training.view_certificate", "training.mark_attendance")
    ]
    assert found == [False, False, False]
    assert user.has_perm("training.view_run") is True
