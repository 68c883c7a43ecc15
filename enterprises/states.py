"""States and moves of this app's records. The table is the documentation; docs/states.md is made from it."""

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


# Of a business: an idea begins, and is never an idea again unless it was called a business by mistake.
STAGE_MOVES = {
    "begin": Move({"idea"}, "running", "enterprises.change_enterprise", event="enterprises.begun"),
    "take_back": Move({"running"}, "idea", "enterprises.correct_enterprise", event="enterprises.stage_corrected"),
}


class LookAlikeState(models.TextChoices):
    SUSPECTED = "suspected", _("nobody has looked yet")
    APART = "apart", _("two people")
    MERGED = "merged", _("one person, records joined")


LOOK_ALIKE_MOVES = {
    "tell_apart": Move(
        {LookAlikeState.SUSPECTED},
        LookAlikeState.APART,
        "enterprises.settle_look_alike",
        event="enterprises.told_apart",
    ),
    "doubt": Move(
        {LookAlikeState.APART},
        LookAlikeState.SUSPECTED,
        "enterprises.settle_look_alike",
        event="enterprises.told_apart_no_more",
    ),
}
