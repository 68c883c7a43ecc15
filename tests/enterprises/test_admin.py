import pytest

from accounts.roles import Role
from enterprises.models import Sector
from tests.factories.accounts import colleague
from tests.factories.enterprises import SectorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(signed_in):
    return signed_in(colleague(Role.ADMINISTRATOR))


def test_an_administrator_adds_a_line_of_trade(client):
    parent = SectorFactory()
    typed = {"name": "Bee-keeping", "name_ur": "شہد کی مکھیاں پالنا", "code": "bees", "parent": parent.pk, "order": 3}

    client.post("/admin/enterprises/sector/add/", typed | {"is_open": "on"})

    made = Sector.objects.get(code="bees")
    assert (made.name, made.parent, made.order, made.is_open) == ("Bee-keeping", parent, 3, True)


def test_the_code_of_a_line_stays(client):
    """A draft names its line by the code; with another it could not be finished."""
    line = SectorFactory(code="bees", order=1)
    page = f"/admin/enterprises/sector/{line.pk}/change/"

    client.post(page, {"name": line.name, "name_ur": "شہد", "code": "honey", "order": 2})

    line.refresh_from_db()
    assert (line.code, line.name_ur, line.order, line.is_open) == ("bees", "شہد", 2, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_no_more_for_more_rows(client, rows, django_assert_num_queries):
    for _ in range(rows):
        SectorFactory(parent=SectorFactory(name="Crafts"), name="Bee-keeping")

    with django_assert_num_queries(7):
        page = client.get("/admin/enterprises/sector/", {"q": "Bee-keeping"})

    assert page.context["cl"].result_count == rows
