"""Papers of one business: what is here, what is asked for, and what the plan's steps still need."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Step
from enterprises.models import Document, DocumentKind, DocumentRequest, Enterprise

TONES = {Document.Scan.WAITING: "soon", Document.Scan.INFECTED: "late"}


@dataclass(frozen=True)
class Papers:
    """Everything that the page prints. `missing` is the checklist, `here` what was handed in."""

    missing: list[dict[str, Any]]
    here: list[dict[str, Any]]


def gather(enterprise: Enterprise, *, user: User, on: date) -> Papers:
    """The papers that `user` may see, in a number of queries that does not grow with them."""
    documents = list(Document.objects.visible_to(user).about(enterprise).standing().for_list())
    asked = {
        request.kind_id: request
        for request in DocumentRequest.objects.visible_to(user).waiting().filter(enterprise=enterprise).for_list()
    }
    return Papers(
        missing=missing(enterprise, documents=documents, asked=asked, on=on),
        here=[line_of(document, user=user, on=on) for document in documents],
    )


def missing(
    enterprise: Enterprise, *, documents: list[Document], asked: dict[int, DocumentRequest], on: date
) -> list[dict[str, Any]]:
    """Kinds that somebody asked for, then those that an open step needs, unless a paper that still holds is here."""
    steps = Step.objects.open().filter(case__enterprise=enterprise).exclude(case__state="closed")
    wanted = {step.kind.code: step.kind.label for step in steps.select_related("kind").order_by("due_on", "id")}
    here = {document.kind_id for document in documents if not is_over(document, on=on)}
    lines = []
    for kind in DocumentKind.objects.offered():
        request = asked.get(kind.pk)
        needed = [label for code, label in wanted.items() if code in kind.steps]
        if request is None and (kind.pk in here or not needed):
            continue
        lines.append(
            {"kind": kind, "request": request, "steps": needed, "is_late": bool(request) and request.due_on < on}
        )
    return sorted(lines, key=lambda line: line["request"] is None)


def is_over(document: Document, *, on: date) -> bool:
    return document.expires_on is not None and document.expires_on < on


def line_of(document: Document, *, user: User, on: date) -> dict[str, Any]:
    """One paper: what it is, who gave it and when, and what is to be known about it."""
    tag = None
    if document.scan in TONES:
        tag = {"text": document.get_scan_display(), "tone": TONES[document.scan]}
    elif is_over(document, on=on):
        tag = {"text": _("Not valid any longer"), "tone": "late"}
    return {"document": document, "tag": tag, "giver": giver_of(document, user=user)}


def giver_of(document: Document, *, user: User) -> str:
    """Whom it came from, in the reader's eyes."""
    giver = document.uploaded_by
    if giver.pk == user.pk:
        return _("You")
    if giver.is_entrepreneur:
        return _("Partner in the business") if user.is_entrepreneur else _("The client")
    return _("Your advisor") if user.is_entrepreneur else str(giver)
