import pytest
from django.contrib.admin import site

from accounts.roles import Role
from places.calendar import LENDING, Calendar
from places.models import Alias, District, Division, Holiday, Province
from tests.factories.accounts import colleague

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(signed_in):
    return signed_in(colleague(Role.ADMINISTRATOR))


@pytest.mark.parametrize("model", [Province, Division, District, Alias, Holiday])
def test_administrator_lists_and_opens_reference_data(model, client):
    name = model.__name__.lower()

    listed = client.get(f"/admin/places/{name}/", {"q": "a"} if site._registry[model].search_fields else {})
    opened = client.get(f"/admin/places/{name}/{model.objects.first().pk}/change/")

    assert (listed.status_code, opened.status_code) == (200, 200)
    assert listed.context["cl"].result_count > 0


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", [Division, District, Alias])
def test_admin_list_asks_no_more_for_more_rows(model, rows, client, django_assert_num_queries):
    last = model.objects.order_by("-pk").first().pk

    with django_assert_num_queries(8):
        page = client.get(f"/admin/places/{model.__name__.lower()}/", {"id__gt": last - rows})

    assert page.context["cl"].result_count == rows


def test_holiday_entered_in_admin_counts_at_once(client):
    answer = client.post(
        "/admin/places/holiday/add/",
        {"on": "2026-11-30", "name": "Mourning", "name_ur": "سوگ", "calendar": "lending", "kind": "fixed"},
    )

    entered = Holiday.objects.get(on="2026-11-30")
    assert (answer.status_code, str(entered)) == (302, "Mourning")
    assert entered.on in Calendar.load(LENDING).closed


def test_wrong_district_is_refused_in_words(client):
    multan = District.objects.get(code="multan")
    address = f"/admin/places/district/{multan.pk}/change/"
    typed = client.get(address).context["adminform"].form.initial
    wrong = {"prefix": "mul", "parent": multan.pk, "ends_on": "1900-01-01"}

    answer = client.post(address, typed | wrong)

    assert answer.context["adminform"].form.errors == {
        "prefix": ["Write three capital letters, such as MUL."],
        "parent": ["A district cannot be split off from itself."],
        "__all__": ["The last day comes before the first day."],
    }
