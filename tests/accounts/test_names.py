"""Two colleagues of one name are told apart wherever one of them is chosen."""

import pytest

from accounts import names
from accounts.models import Appointment, User
from accounts.roles import Role
from tests.factories.accounts import AppointmentFactory, colleague
from tests.factories.casework import CaseFactory, smeda_office
from tests.factories.grievances import GrievanceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices():
    above = smeda_office("lahore", "multan", depth=1, name="Lahore")
    return smeda_office("multan", parent=above, depth=2, name="Multan"), above


@pytest.fixture
def namesakes(offices):
    return [colleague(Role.ADVISOR, office=office, full_name="Ayesha Khan") for office in offices]


def of(*users):
    return names.named(Appointment.objects.filter(user__in=users))


def test_of_one_office_the_names_are_enough(offices):
    users = [colleague(Role.ADVISOR, office=offices[0], full_name=name) for name in ("Bina", "Ali")]

    assert of(*users) == [(users[1].pk, "Ali"), (users[0].pk, "Bina")]


def test_where_the_list_crosses_offices_each_has_the_office(offices):
    users = [colleague(Role.ADVISOR, office=office, full_name=name) for office, name in zip(offices, "AB", strict=True)]

    assert [name for _pk, name in of(*users)] == [
        f"{user}, {office.label}" for user, office in zip(users, offices, strict=True)
    ]


def test_two_of_one_name_at_one_office_have_it_too(offices):
    users = [colleague(Role.ADVISOR, office=offices[0], full_name="Ayesha Khan") for _one in range(2)]

    assert [name for _pk, name in of(*users)] == [f"Ayesha Khan, {offices[0].label}"] * 2


def test_who_holds_two_posts_stands_there_once_with_the_smaller_kind_of_office(offices):
    user = colleague(Role.ADVISOR, office=offices[1], full_name="Ali")
    AppointmentFactory(user=user, office=offices[0], role=Role.ADVISOR)
    other = colleague(Role.ADVISOR, office=offices[1], full_name="Bina")

    assert of(user, other)[0] == (user.pk, f"Ali, {offices[0].label}")


def choices(signed_in, user, url, field):
    field = signed_in(user).get(url).context["form"].fields[field]
    return [str(name) for _value, name in field.choices]


def pages(offices):
    """Every page on which a colleague is chosen by name: who opens it, its address and the field."""
    manager = colleague(Role.REGIONAL_MANAGER, office=offices[1])
    case = CaseFactory(office=offices[0])
    yield manager, f"/desk/cases/{case.pk}/hand-over/", "to"
    yield manager, "/desk/cases/", "whose"
    yield manager, f"/desk/cases/{case.pk}/flags/new/", "owner"
    grievance = GrievanceFactory(office=offices[0], owner=manager)
    yield manager, f"/desk/grievances/{grievance.pk}/about/", "about_user"


def check(signed_in, offices):
    for user, url, field in pages(offices):
        found = choices(signed_in, user, url, field)
        assert [name for name in found if "Ayesha Khan" in name] == [
            f"Ayesha Khan, {office.label}" for office in offices
        ], url


def test_every_list_of_names_says_the_office_beside_a_namesake(signed_in, offices, namesakes):
    assert len(namesakes) == User.objects.filter(full_name="Ayesha Khan").count()
    check(signed_in, offices)


@pytest.mark.xfail(strict=True, reason="the control: names alone", raises=AssertionError)
def test_every_list_of_names_says_the_office_beside_a_namesake_control(signed_in, offices, namesakes, monkeypatch):
    assert namesakes
    for module in (
        "casework.forms.wishes",
        "casework.forms.flags",
        "casework.forms.grievances",
        "casework.pages.cases",
    ):
        monkeypatch.setattr(
            f"{module}.named", lambda posts: [(post.user_id, str(post.user)) for post in posts.select_related("user")]
        )

    check(signed_in, offices)
