"""Django admin as administrators meet it: what docs/roles/administrator.md promises, in words and days of here."""

import datetime as dt

import pytest

from accounts.roles import Role
from casework.models import StepKind, Topic
from enterprises.models import Sector
from tests.factories.accounts import colleague

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return colleague(Role.ADMINISTRATOR, full_name="Sadia Anwar", full_name_ur="سعدیہ انور")


@pytest.fixture
def client(signed_in, administrator):
    return signed_in(administrator)


@pytest.mark.parametrize("model", [Sector, Topic, StepKind])
def test_the_lists_that_forms_offer_are_kept_in_admin(client, model):
    page = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"

    answers = [client.get(page, {"q": "a"}), client.get(f"{page}{model.objects.first().pk}/change/")]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_else_opens_them(signed_in, role):
    """The failing control of the test above."""
    client = signed_in(colleague(role))

    assert client.get("/admin/enterprises/sector/").status_code == 403


@pytest.mark.parametrize(("language", "name"), [("en", "Sadia Anwar"), ("ur", "سعدیہ انور")])
def test_admin_welcomes_by_name_and_calls_things_by_theirs(client, administrator, language, name):
    client.cookies["django_language"] = language

    page = client.get("/admin/").text

    assert (name in page, administrator.username.upper() in page.upper(), "otp_totp</" in page.lower()) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize("language", ["en", "ur"])
def test_days_in_admin_are_written_day_first(client, administrator, language):
    client.cookies["django_language"] = language
    administrator.last_login = dt.datetime(2026, 11, 5, 4, 30, tzinfo=dt.UTC)
    administrator.save()

    assert "05-11-2026, 09:30" in client.get("/admin/accounts/user/").text
