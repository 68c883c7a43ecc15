from django.db import models
from django.utils.translation import gettext_lazy as _

from journal.moves import Move


class PhoneChangeState(models.TextChoices):
    ASKED = "asked", _("asked for")
    ATTESTED = "attested", _("with a second person for approval")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")


OPEN_PHONE_CHANGES = frozenset({PhoneChangeState.ASKED, PhoneChangeState.ATTESTED})

PHONE_CHANGE_MOVES = {
    "attest": Move(
        {PhoneChangeState.ASKED},
        PhoneChangeState.ATTESTED,
        "enterprises.attest_phone_change",
        event="enterprises.phone_change_attested",
    ),
    "approve": Move(
        {PhoneChangeState.ATTESTED},
        PhoneChangeState.APPROVED,
        "enterprises.approve_phone_change",
        event="enterprises.phone_change_approved",
    ),
    "refuse": Move(
        OPEN_PHONE_CHANGES,
        PhoneChangeState.REFUSED,
        "enterprises.refuse_phone_change",
        event="enterprises.phone_change_refused",
    ),
}
