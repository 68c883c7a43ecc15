import pytest

from accounts.roles import CLIENT_ROLES, Role
from tests.factories.accounts import AppointmentFactory, OfficeFactory, UserFactory, colleague

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_what_is_granted_to_an_office_reaches_those_who_work_with_clients_there(role):
    """R9: a ministry viewer appointed above every office still sees figures alone."""
    head, other = OfficeFactory(), OfficeFactory()
    branch = OfficeFactory(parent=head)
    user = UserFactory()
    AppointmentFactory(user=user, office=head, role=role)
    AppointmentFactory(user=user, office=other, role=Role.COMMITTEE_MEMBER)

    assert user.client_office_ids == ({head.pk, branch.pk} if role in CLIENT_ROLES else set())


def test_who_only_works_with_clients_sees_their_offices():
    post = AppointmentFactory(role=Role.ADVISOR)

    assert post.user.client_office_ids == post.user.office_ids == {post.office_id}


@pytest.mark.django_db
def test_admin_welcomes_a_colleague_by_name():
    user = colleague(Role.ADVISOR)

    assert user.get_short_name() == str(user) != user.username
