from types import ModuleType

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError
from django.urls import path, reverse
from django_otp.plugins.otp_totp.admin import TOTPDeviceAdmin
from django_otp.plugins.otp_totp.models import TOTPDevice

import portal.urls
from accounts.admin_site import StaffAdminSite
from accounts.models import Appointment, User
from accounts.roles import Role
from tests.factories.accounts import OfficeFactory, UserFactory, colleague

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


def test_whoever_adds_a_colleague_is_led_to_the_password(client):
    """And finds it later on the page of the colleague; whoever adds several comes to the next first."""
    answers = [add(client), add(client, email="b@smeda.org.pk", _addanother="1")]

    made = User.objects.get(email="sadia.anwar@smeda.org.pk")
    password = f"/admin/accounts/user/{made.pk}/password/"
    assert [answer.url for answer in answers] == [password, "/admin/accounts/user/add/"]
    assert f'<a href="{password}">Set a password</a>' in client.get(f"/admin/accounts/user/{made.pk}/change/").text


def test_an_appointment_is_added_without_script(client):
    """The page comes with one empty row; left empty, it is none."""
    office = OfficeFactory()
    page = client.get("/admin/accounts/user/add/").text
    row = {"appointments-TOTAL_FORMS": "1", "appointments-0-from_on": "2026-11-02", "appointments-0-weekly_cap": "10"}
    row["initial-appointments-0-from_on"] = row["appointments-0-from_on"]
    filled = {"appointments-0-role": Role.ADVISOR, "appointments-0-office": office.pk}

    add(client, **row)
    add(client, email="b@smeda.org.pk", **row | filled)

    assert 'name="appointments-0-role"' in page
    assert list(Appointment.objects.filter(office=office).values_list("user__email", "role")) == [
        ("b@smeda.org.pk", Role.ADVISOR)
    ]
    assert User.objects.filter(full_name="Sadia Anwar").count() == 2


def test_what_a_colleague_speaks_and_their_sex_are_kept(client):
    add(client, email="c@smeda.org.pk", sex="woman", languages=["ur", "ps"])
    add(client, email="d@smeda.org.pk")
    add(client, email="e@smeda.org.pk", languages=["xx"])

    kept = User.objects.filter(email__in=["c@smeda.org.pk", "d@smeda.org.pk", "e@smeda.org.pk"]).order_by("email")
    assert list(kept.values_list("sex", "languages")) == [("woman", ["ur", "ps"]), ("", [])]


def test_nobody_is_shown_the_secret_of_an_app(client):
    """With it, an administrator could sign in as anybody and leave no trace."""
    device = TOTPDevice.objects.create(user=colleague(Role.ADVISOR), name="app", confirmed=True)
    page = f"/admin/otp_totp/totpdevice/{device.pk}/"

    listed, opened = client.get("/admin/otp_totp/totpdevice/"), client.get(f"{page}change/")

    assert [device.key in shown.text for shown in (listed, opened)] == [False, False]
    assert [client.get(f"{page}{part}/").status_code for part in ("config", "qrcode")] == [302, 302]


DEVICES = "/admin/otp_totp/totpdevice/"
SECRETS = ("config", "qrcode")


def pages_of(device):
    """Every address that admin has for the model, and those at which its own admin shows the secret."""
    names = [pattern.name for pattern in site._registry[TOTPDevice].urls if pattern.name]
    plain = [reverse(f"admin:{name}", args=[] if name.endswith(("list", "add")) else [device.pk]) for name in names]
    return plain + [f"{DEVICES}{device.pk}/{part}/" for part in SECRETS]


@pytest.mark.parametrize("role", Role)
def test_no_role_reads_the_secret_at_any_address_of_admin(signed_in, role):
    device = TOTPDevice.objects.create(user=colleague(Role.ADVISOR), name="app", confirmed=True)
    client = signed_in(colleague(role))

    assert told(client, device) == []


def told(client, device):
    """The addresses that answer with the secret, as hexadecimal or as apps write it."""
    secrets = (device.key, device.config_url.split("secret=")[1].split("&")[0])
    shown = {url: client.get(url, follow=True) for url in pages_of(device)}
    return [
        url
        for url, answer in shown.items()
        if any(secret in answer.text for secret in secrets) or answer.headers["Content-Type"].startswith("image/")
    ]


def test_the_librarys_own_admin_would_tell_it(client, settings):
    """The failing control: with the admin that comes with the library, the same question finds two addresses."""
    theirs = StaffAdminSite()
    theirs.register(TOTPDevice, TOTPDeviceAdmin)
    settings.ROOT_URLCONF = ModuleType("urls_of_the_library")
    settings.ROOT_URLCONF.urlpatterns = [path("admin/", theirs.urls), *portal.urls.urlpatterns]
    device = TOTPDevice.objects.create(user=colleague(Role.ADVISOR), name="app", confirmed=True)

    assert {f"{DEVICES}{device.pk}/{part}/" for part in SECRETS} <= set(told(client, device))


def test_administrators_see_and_delete_apps_and_nothing_else(client):
    device = TOTPDevice.objects.create(user=colleague(Role.ADVISOR), name="app", confirmed=True)
    change = {"user": device.user_id, "name": "mine", "key": "00" * 20, "confirmed": "on"}

    answers = [client.post(f"{DEVICES}{device.pk}/change/", change), client.post(f"{DEVICES}add/", change)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert TOTPDevice.objects.filter(key=device.key, name="app").exists()


def test_a_lost_app_is_removed(client):
    device = TOTPDevice.objects.create(user=colleague(Role.ADVISOR), name="app", confirmed=True)

    client.post(f"/admin/otp_totp/totpdevice/{device.pk}/delete/", {"post": "yes"})

    assert not TOTPDevice.objects.filter(pk=device.pk).exists()
