"""The case passport: what stands on the paper, and what its code tells everybody."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import segno
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _

from accounts.models import Office
from casework.models import Case, Step
from casework.states import CaseState
from enterprises.models import Enterprise, Passport, Person
from journal.open_items import Owner
from kit import pdf, words
from places.models import in_language
from portal.pages.my import said_plainly
from portal.pages.owned import next_step_of

TEMPLATE = "portal/passport.typ"
# A phone's screen across; the picture has twice as many pixels as the page has points.
PHONE_PPI = 144.0
# Modules of white around a QR code: with fewer, not every phone finds it.
QUIET = 4


@dataclass(frozen=True)
class Status:
    """What anybody may know who scans the code: words without a name, number or amount."""

    lines: list[str]
    is_open: bool


def status_of(passport: Passport, *, on: date) -> Status:
    """Whether the case goes on, and with whom the next step is. A lender is not named: the asking itself is private."""
    enterprise_id = passport.enterprise.merged_into_id or passport.enterprise_id
    case = Case.objects.filter(enterprise=enterprise_id).first()
    if case is None or case.state == CaseState.CLOSED:
        return Status(lines=[_("The case is closed.")], is_open=False)
    item = next_step_of(passport.person, enterprise_id, on=on)
    if item is None:
        return Status(lines=[_("The case is open."), _("Nothing waits just now.")], is_open=True)
    with_whom = {
        Owner.ENTREPRENEUR: _("the holder of this passport"),
        Owner.ADVISOR: office_of(item, case=case),
    }.get(item["owner"], _("a partner of SMEDA"))
    day = words.plain(words.day_plain(item["due_on"]))
    step = _("The next step is with %(who)s, until %(day)s.") % {"who": with_whom, "day": day}
    return Status(lines=[_("The case is open."), step], is_open=True)


def office_of(item: dict[str, Any], *, case: Case) -> str:
    office = Office.objects.filter(pk=item["office_id"] or case.office_id).first()
    return office.label if office else _("SMEDA")


def drawn(passport: Passport, *, address: str, form: str, on: date) -> bytes:
    """The passport in the person's language: "pdf" to print, "png" for the phone. `address` is what is scanned."""
    person = passport.person
    with override(person.language):
        content = wording(passport, on=on, is_for_phone=form == "png") | {
            "is_rtl": get_language_info(person.language)["bidi"],
            "language": person.language,
            "form": form,
            "qr": qr(address),
        }
    return pdf.render(TEMPLATE, content, at=timezone.now(), form=form, ppi=PHONE_PPI)


def wording(passport: Passport, *, on: date, is_for_phone: bool) -> dict[str, Any]:
    """Every sentence of the paper in the active language."""
    enterprise, person = passport.enterprise, passport.person
    case = Case.objects.select_related("office").filter(enterprise=enterprise).first()
    return {
        "organisation": _("Small and Medium Enterprises Development Authority"),
        "title": _("Case passport"),
        "name_label": _("Name"),
        "name": person.name,
        "reference_label": _("Reference"),
        "reference": enterprise.reference,
        "office_label": _("Office"),
        "office": case.office.label if case else _("SMEDA"),
        "phone": case.office.phone if case else "",
        "hours": in_language(case.office, "hours") if case else "",
        "next_label": _("Next step"),
        "next": next_step(enterprise, person=person, case=case, on=on, is_for_phone=is_for_phone),
        "until_label": _("Until"),
        "who_label": _("Who has it now"),
        "scan": _("Scan the square to see how the case stands. It shows no name and no number."),
        "free": _("Every service here is free. Nobody may ask you for a fee."),
        # In two parts: the number between them reads from the left in every language.
        "help": _("Free help: %(number)s").split("%(number)s"),
        "helpline": settings.HELPLINE,
        "as_of": _("As of %(day)s") % {"day": words.plain(words.day_plain(on))},
        "lost": _("Lost it? Ask for another; then this one is void."),
    }


def next_step(
    enterprise: Enterprise, *, person: Person, case: Case | None, on: date, is_for_phone: bool = False
) -> dict[str, str]:
    """What comes next, until when and with whom. Where loans may not be named, a loan's step is a step of the plan.

    A picture on a phone that is not the person's own names none either: others look through it.
    """
    is_over = case is None or case.state == CaseState.CLOSED
    item = None if is_over else next_step_of(person, enterprise.pk, on=on)
    if item is None:
        return {"title": _("Nothing waits just now"), "until": "", "who": ""}
    # Who is told of a delay does not stand on the paper.
    line = said_plainly([item], on=on, reference=enterprise.reference, is_silent=True)[0]
    steps = Step.objects.select_related("kind").filter(pk=item["target_id"]) if item["kind"] == "casework.step" else []
    names_a_loan = item["kind"].startswith("loans.") or any(step.kind.names_a_loan for step in steps)
    may_name = person.loans_may_be_named and (person.has_phone_of_own or not is_for_phone)
    if (names_a_loan or item["kind"] == "casework.referral") and not may_name:
        line |= {"title": _("A step of your plan"), "holder": "" if item["owner"] == Owner.LENDER else line["holder"]}
    return {
        "title": str(line["title"]),
        "until": words.plain(words.day(line["until"])),
        "who": str(line["holder"]),
    }


def qr(address: str) -> str:
    """The address as a QR code in SVG; error correction for a paper that was folded and thumbed."""
    written = BytesIO()
    segno.make(address, error="q", micro=False).save(written, kind="svg", border=QUIET, xmldecl=False, svgns=True)
    return written.getvalue().decode()
