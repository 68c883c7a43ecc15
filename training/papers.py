"""The certificate as a paper: the same facts in English and in Urdu, and a way to check them."""

from io import BytesIO
from typing import Any

import segno
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from kit import pdf, words
from training.models import Certificate

TEMPLATE = "training/certificate.typ"
LANGUAGES = ("en", "ur")


def certificate_pdf(certificate: Certificate, *, address: str) -> bytes:
    """The certificate as PDF; `address` is the page that checks it, absolute. Expects `for_paper()`."""
    content: dict[str, Any] = {
        "name": certificate.enrolment.person.name,
        "code": certificate.code,
        "address": without_code(address, certificate.code),
        "qr": qr(address),
    }
    for language in LANGUAGES:
        with override(language):
            content[language] = wording(certificate)
    return pdf.render(TEMPLATE, content, at=certificate.issued_at)


def wording(certificate: Certificate) -> dict[str, str]:
    """Every sentence of the paper in the active language."""
    run = certificate.enrolment.run
    hours = ngettext("{number} hour", "{number} hours", run.hours).format(number=run.hours)
    classes = ngettext("{number} class", "{number} classes", certificate.sittings).format(number=certificate.sittings)
    first, last = (words.plain(words.day_plain(day)) for day in (run.starts_on, run.ends_on))
    return {
        "organisation": _("Small and Medium Enterprises Development Authority"),
        "title": _("Certificate of completion"),
        "given_to": _("This certificate is given to"),
        "finished": _("who finished the course"),
        "course": run.course.label,
        "length": _("{hours} in {classes}").format(hours=hours, classes=classes),
        "days": first if first == last else _("{first} to {last}").format(first=first, last=last),
        "issued": _("Given by"),
        "office": run.office.label,
        "issued_on": words.plain(words.day_plain(certificate.issued_at)),
        "check": _("Is this paper genuine? Scan the square, or write this code at"),
    }


def without_code(address: str, code: str) -> str:
    """The address as somebody types it: portal.example.org/verify, where the page asks for the code."""
    _scheme, _sign, typed = address.partition("://")
    return typed.removesuffix("/").removesuffix(code).removesuffix("/")


def qr(address: str) -> str:
    """The address as a QR code in SVG, of one path."""
    written = BytesIO()
    segno.make(address, error="m", micro=False).save(written, kind="svg", border=0, xmldecl=False, svgns=True)
    return written.getvalue().decode()
