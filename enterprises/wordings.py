"""What people agree to, word for word, in every version that was ever read to anybody. A version is never changed."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CURRENT = "2026-11"

WORDINGS: dict[str, dict[str, Promise]] = {
    "2026-11": {
        "contact": _("SMEDA may keep these details and contact me"),
        "share": _("When I ask for a loan, SMEDA may pass these details to Akhuwat"),
        "named": _("SMEDA may name me and my business in its reports"),
        "photos": _("SMEDA may show photographs of me and my business"),
    },
}
