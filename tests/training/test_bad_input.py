"""Promise 16: whatever is typed into a form of training, the page answers, and what was refused is not stored."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from tests.factories.accounts import colleague
from tests.factories.enterprises import OwnershipFactory, district, entrepreneur
from tests.factories.training import CertificateFactory, CourseRunFactory, SeatedFactory, SittingFactory
from tests.hostile import ask_with, throw_at

pytestmark = pytest.mark.django_db


def check(name, item, *fields, by, signed_in):
    path = reverse(f"training:{name}", args=[item.pk])
    throw_at(path, client=signed_in(by), fields=list(fields), app="training")


def advisor():
    return colleague(Role.ADVISOR, districts=[district()])


def test_enrolling_a_client(signed_in):
    CourseRunFactory()

    check("enrolment-create", OwnershipFactory().enterprise, "run", by=advisor(), signed_in=signed_in)


def test_joining_oneself(signed_in):
    check("run-join", CourseRunFactory(), "enterprise", by=entrepreneur().person.user, signed_in=signed_in)


def test_giving_up_a_place(signed_in):
    check("enrolment-cancel", SeatedFactory(run=CourseRunFactory(seats_taken=1)), by=advisor(), signed_in=signed_in)


def test_marking_a_class(signed_in):
    sitting = SittingFactory(starts_at=timezone.now() - dt.timedelta(hours=1))
    enrolment = SeatedFactory(run=sitting.run)

    check("sitting-detail", sitting, f"mark-{enrolment.pk}", by=sitting.run.trainer, signed_in=signed_in)


def test_taking_a_certificate_back(signed_in):
    manager = colleague(Role.REGIONAL_MANAGER, districts=[district()])

    check("certificate-revoke", CertificateFactory(), "reason", by=manager, signed_in=signed_in)


def test_the_public_calendar(client):
    fields = ["district", "language", "women_only", "online", "after"]

    ask_with(reverse("training:course-list"), client=client, fields=fields)


def test_the_trainers_list(signed_in):
    client = signed_in(colleague(Role.TRAINER))

    ask_with(reverse("training:run-list"), client=client, fields=["view", "after"])
