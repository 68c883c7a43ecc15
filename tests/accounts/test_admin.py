import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.roles import Role
from tests.factories.accounts import UserFactory, colleague

pytestmark = pytest.mark.django_db
NO_POSTS = {
    "appointments-TOTAL_FORMS": "0",
    "appointments-INITIAL_FORMS": "0",
}


@pytest.fixture
def administrator():
    return colleague(Role.ADMINISTRATOR)


@pytest.fixture
def client(signed_in, administrator):
    return signed_in(administrator)


def add(client, **changes):
    plain = {"email": "Sadia.Anwar@smeda.org.pk", "full_name": "Sadia Anwar", "is_active": "on"}
    return client.post("/admin/accounts/user/add/", plain | NO_POSTS | changes)


def test_a_new_colleague_gets_an_address_in_small_letters_and_no_password(client):
    add(client, phone="۰۳۰۰-۰۰۰۱۲۳۴")

    made = User.objects.get(full_name="Sadia Anwar")
    assert (made.email, made.phone, made.kind, made.has_usable_password()) == (
        "sadia.anwar@smeda.org.pk",
        "+923000001234",
        "staff",
        False,
    )


def test_a_number_that_is_none_is_refused_in_words(client):
    response = add(client, phone="12")

    assert response.context["adminform"].form.errors == {
        "phone": ["A mobile number begins with 03. Enter all its 11 digits."]
    }


def test_an_address_belongs_to_one_colleague_however_it_is_written():
    UserFactory(email="sadia@smeda.org.pk")

    with pytest.raises(IntegrityError, match="accounts_email_once_in_any_case"):
        UserFactory(email="Sadia@smeda.org.pk")


def test_a_password_that_was_set_is_written_down(client, administrator):
    other = colleague(Role.ADVISOR)
    words = "a long pass phrase of theirs"

    client.post(f"/admin/accounts/user/{other.pk}/password/", {"password1": words, "password2": words})

    other.refresh_from_db()
    assert other.check_password(words)
    assert [(entry.user, entry.object_id, entry.get_change_message()) for entry in LogEntry.objects.all()] == [
        (administrator, str(other.pk), "Changed password.")
    ]


def test_nobody_is_shown_the_secret_of_an_app(client):
    """With it, an administrator could sign in as anybody and leave no trace."""
    device = TOTPDevice.objects.create(user=colleague(Role.ADVISOR), name="app", confirmed=True)
    page = f"/admin/otp_totp/totpdevice/{device.pk}/"

    listed, opened = client.get("/admin/otp_totp/totpdevice/"), client.get(f"{page}change/")

    assert [device.key in shown.text for shown in (listed, opened)] == [False, False]
    assert [client.get(f"{page}{part}/").status_code for part in ("config", "qrcode")] == [302, 302]


def test_a_lost_app_is_removed(client):
    device = TOTPDevice.objects.create(user=colleague(Role.ADVISOR), name="app", confirmed=True)

    client.post(f"/admin/otp_totp/totpdevice/{device.pk}/delete/", {"post": "yes"})

    assert not TOTPDevice.objects.filter(pk=device.pk).exists()
