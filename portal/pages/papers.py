"""Papers of one business: what is here, what is asked for, and what the plan's steps still need."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import LENDER_ROLES
from casework.models import Case, Step
from enterprises.models import Document, DocumentKind, DocumentRequest, Enterprise
from kit.given import Given, kept
from loans.conditions import papers_lacking
from loans.models import Application

ENTERPRISE_ID = Given("enterprise_id", BigIntegerField())
TONES = {Document.Scan.WAITING: "soon", Document.Scan.INFECTED: "late"}


@dataclass(frozen=True)
class Papers:
    """Everything that the page prints. `missing` is the checklist, `here` what was handed in."""

    missing: list[dict[str, Any]]
    here: list[dict[str, Any]]


def gather(enterprise: Enterprise, *, user: User, on: date) -> Papers:
    """The papers that `user` may see, in a number of queries that does not grow with them."""
    if reads_all(user, enterprise):
        about = {"enterprise_id": enterprise.pk}
        documents, requests = kept(papers_about).ask(about), kept(requests_about).ask(about)
    else:
        documents = list(Document.objects.visible_to(user).about(enterprise).standing().for_list())
        requests = DocumentRequest.objects.visible_to(user).waiting().filter(enterprise=enterprise).for_list()
    asked = {request.kind_id: request for request in requests}
    return Papers(
        missing=missing(enterprise, documents=documents, asked=asked, user=user, on=on),
        here=[line_of(document, user=user, on=on) for document in documents],
    )


def reads_all(user: User, enterprise: Enterprise) -> bool:
    """A colleague who reads the papers for SMEDA: all of them, and all that is asked for."""
    asked = DocumentRequest(enterprise=enterprise)
    return user.is_colleague and user.has_perm("enterprises.view_documentrequest", asked)


def papers_about() -> QuerySet:
    return Document.objects.about(ENTERPRISE_ID).standing().for_list()


def requests_about() -> QuerySet:
    return DocumentRequest.objects.waiting().filter(enterprise_id=ENTERPRISE_ID).for_list()


def way_back(enterprise: Enterprise, *, user: User) -> str:
    """To the page from which this reader works with the client: the case, or a lender's newest application."""
    rows = Application.objects.visible_to(user) if user.has_role(*LENDER_ROLES) else Case.objects.visible_to(user)
    found = rows.filter(enterprise=enterprise).order_by("-pk").first()
    return found.get_absolute_url() if found else ""


def missing(
    enterprise: Enterprise, *, documents: list[Document], asked: dict[int, DocumentRequest], user: User, on: date
) -> list[dict[str, Any]]:
    """Kinds that somebody asked for, then those that are needed for something, unless a valid one is here."""
    here = {document.kind_id for document in documents if document.counts(on=on)}
    in_check = {document.kind_id for document in documents if document.scan == Document.Scan.WAITING}
    # Of several of a kind, the one that was valid longest.
    ended = sorted((one for one in documents if one.is_over(on=on)), key=lambda one: one.expires_on)
    over = {document.kind_id: document.expires_on for document in ended}
    kinds = kept(offered_kinds).ask({})
    needs = needs_of(enterprise, [kind for kind in kinds if kind.pk not in here], user=user)
    lines = []
    for kind in kinds:
        request = asked.get(kind.pk)
        needed = [need for lacking, need in needs if kind in lacking]
        if request or needed:
            late = request is not None and request.due_on < on
            is_in_check = request is None and kind.pk in in_check
            lines.append(
                {
                    "kind": kind,
                    "request": request,
                    "steps": needed,
                    "is_late": late,
                    "is_in_check": is_in_check,
                    # The one that is here counts no more: a new one is to be brought.
                    "over_since": None if kind.pk in here else over.get(kind.pk),
                }
            )
    return sorted(lines, key=lambda line: line["request"] is None)


def offered_kinds() -> QuerySet:
    return DocumentKind.objects.offered()


def steps_to_do() -> QuerySet:
    rows = Step.objects.open().filter(case__enterprise_id=ENTERPRISE_ID)
    return rows.exclude(case__state="closed").select_related("kind").order_by("due_on", "id")


def needs_of(
    enterprise: Enterprise, to_come: list[DocumentKind], *, user: User
) -> list[tuple[list[DocumentKind], dict[str, Any]]]:
    """What papers are lacking for: the open steps of the plan, and a loan that is applied for; by when, and for whom.

    Of a loan lending says it, because the papers are the applicant's and not another's who has the business with them.
    """
    steps = kept(steps_to_do).ask({"enterprise_id": enterprise.pk})
    applied = Application.objects.visible_to(user).open().filter(enterprise=enterprise).select_related("branch")
    return [
        (
            [kind for kind in to_come if step.kind.code in kind.steps],
            {"label": step.kind.label, "whom": "", "until": step.due_on},
        )
        for step in steps
    ] + [
        (papers_lacking(one), {"label": "", "whom": one.branch.label, "until": one.due_on})
        for one in applied.order_by("due_on", "id")
    ]


def line_of(document: Document, *, user: User, on: date) -> dict[str, Any]:
    """One paper: what it is, who gave it and when, and what is to be known about it."""
    tag = None
    if document.scan in TONES:
        tag = {"text": document.get_scan_display(), "tone": TONES[document.scan]}
    elif document.is_over(on=on):
        tag = {"text": _("Not valid any longer"), "tone": "late"}
    return {
        "document": document,
        "tag": tag,
        "is_over": document.is_over(on=on),
        "giver": giver_of(document, user=user),
    }


def giver_of(document: Document, *, user: User) -> str:
    """Whom it came from, in the reader's eyes."""
    giver = document.uploaded_by
    if giver.pk == user.pk:
        return _("You")
    if giver.is_entrepreneur:
        return _("Partner in the business") if user.is_entrepreneur else _("The client")
    return _("Your advisor") if user.is_entrepreneur else str(giver)
