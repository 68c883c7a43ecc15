"""The sheet of printed codes: black and white, in the person's language, without a name of what it is for."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Office, User
from enterprises.actions import access
from enterprises.models import CodeSheet
from kit import pdf, words

TEMPLATE = "enterprises/sheet.typ"


def sheet_content(sheet: CodeSheet, *, by: User, address: str) -> dict[str, Any] | None:
    """Every word of the sheet in the person's language; None where its codes may not be read (any more).

    `address` is where they sign in, as somebody types it.
    """
    codes = access.codes_on(sheet, by=by)
    if not codes:
        return None
    language = sheet.person.language
    owned = sheet.person.ownerships.current().select_related("enterprise").order_by("-is_contact", "-pk").first()
    office = Office.objects.filter(pk__in=[office for _role, office in by.posts]).order_by("pk").first()
    with override(language):
        return {
            "language": language,
            "title": _("Your codes for the Small Business Portal"),
            "name": sheet.person.name,
            "number": _("Sheet {number}").format(number=sheet.number),
            "day": words.plain(words.day_plain(sheet.issued_at)),
            "reference": _("Reference {reference}").format(reference=owned.enterprise.reference) if owned else "",
            "office": " · ".join(filter(None, (office.label, office.phone))) if office else "",
            "address": address,
            "how": [
                _("Open the address above, choose “Sign in”, and enter your CNIC."),
                _("Enter the next code of this sheet. Each code opens your page once: cross it out."),
                _("Show this sheet to nobody. Our people never ask for a code."),
                _("Lost it? Call us at once, or come with your card: the sheet becomes void."),
            ],
            "help": _("Help {helpline}, free").format(helpline=settings.HELPLINE),
            "codes": [{"place": place, "code": f"{code[:4]} {code[4:]}"} for place, code in enumerate(codes, start=1)],
        }


def sheet_pdf(content: dict[str, Any], *, at: dt.datetime) -> bytes:
    return pdf.render(TEMPLATE, content, at=at)
