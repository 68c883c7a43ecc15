import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actions import second_factors
from accounts.roles import Role
from tests.factories.accounts import colleague

pytestmark = pytest.mark.django_db


def code_of(device):
    return f"{totp(bytes.fromhex(device.key)):06d}"


def test_a_wrong_code_confirms_nothing():
    device = second_factors.begin(user=colleague(Role.ADVISOR))
    wrong = f"{(int(code_of(device)) + 1) % 1_000_000:06d}"

    assert second_factors.confirm(device=device, code=wrong) is False
    assert TOTPDevice.objects.get().confirmed is False


def test_whoever_has_an_app_gets_no_second_one_by_password_alone():
    user = colleague(Role.ADVISOR)
    TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    another = second_factors.begin(user=user)

    assert second_factors.confirm(device=another, code=code_of(another)) is False
    assert TOTPDevice.objects.filter(confirmed=True).count() == 1


def test_the_page_opened_twice_shows_the_same_secret():
    user = colleague(Role.ADVISOR)

    assert second_factors.begin(user=user) == second_factors.begin(user=user)
