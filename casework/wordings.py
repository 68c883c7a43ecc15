"""What is told before a referral to the lender, by version: what was told keeps its words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FAMILY_IS_MET: dict[str, Promise] = {
    "2026-11": _(
        "Before the loan is decided, an officer of the lender comes to your home, meets your family, and asks whether "
        "they know of the loan and agree. Nobody asks for money there."
    ),
}
CURRENT = "2026-11"
