import pytest

from accounts.roles import Role
from enterprises.models import Merge
from enterprises.rules import sees_kept
from tests.factories.accounts import colleague
from tests.factories.enterprises import district, entrepreneur

pytestmark = pytest.mark.django_db


def test_an_entrepreneur_sees_no_merge():
    owner = entrepreneur().person

    assert list(Merge.objects.visible_to(owner.user)) == []
    assert not sees_kept.test(owner.user, Merge(kept=owner))


def test_a_colleague_sees_the_merges_of_people_in_sight():
    owner = entrepreneur().person
    advisor = colleague(Role.ADVISOR, districts=[district()])

    assert [sees_kept.test(advisor, merge) for merge in (Merge(kept=owner), None)] == [True, False]
