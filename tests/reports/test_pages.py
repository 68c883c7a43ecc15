import pytest

from accounts.roles import Role
from tests.factories.accounts import colleague

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "ways"), [(Role.PROGRAMME_MANAGER, 26), (Role.MINISTRY_VIEWER, 0)])
def test_whoever_may_open_rows_is_shown_the_way_to_them(role, ways, signed_in):
    page = signed_in(colleague(role)).get("/reports/")

    assert (page.status_code, page.text.count("/rows/")) == (200, ways)
