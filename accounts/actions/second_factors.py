"""The second factor of colleagues: an authenticator app."""

from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User


@transaction.atomic
def begin(*, user: User) -> TOTPDevice:
    """The device that the user is about to confirm; the same one however often the page is opened."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=user, name="app", confirmed=False)


@transaction.atomic
def confirm(*, device: TOTPDevice, code: str) -> bool:
    """True, and the device counts from now on, when the code is the one that the app shows.

    A user who has a confirmed device gets no second one here: only an administrator removes a lost device.
    """
    User.objects.select_for_update(no_key=True).get(pk=device.user_id)
    if TOTPDevice.objects.filter(user_id=device.user_id, confirmed=True).exists() or not device.verify_token(code):
        return False
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return True


@transaction.atomic
def accept(*, device: TOTPDevice, code: str) -> bool:
    """True when the code is the one that the app shows. Of any number who send it at once, one enters."""
    return bool(hold(device).verify_token(code))


def hold(device: TOTPDevice) -> TOTPDevice:
    """Lock the device: it remembers which code was used last."""
    return TOTPDevice.objects.select_for_update(no_key=True).get(pk=device.pk)
