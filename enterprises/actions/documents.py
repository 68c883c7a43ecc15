"""Papers: handed in, replaced by better ones, taken back, asked for."""

import datetime as dt
from itertools import islice

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises import vault
from enterprises.actions.statements import see_card
from enterprises.models import Document, DocumentKind, DocumentRequest, Enterprise, Person
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold
from kit.washing import Washed
from messaging.outbox import queue

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}
# A file is written before its row is committed; one without a row is left alone for as long as a form may take.
UNCLAIMED = dt.timedelta(days=1)
BATCH = 1000


@transaction.atomic
def add(
    *,
    kind: DocumentKind,
    enterprise: Enterprise,
    person: Person,
    paper: Washed,
    scan: str,
    by: User,
    expires_on: dt.date | None = None,
) -> Document:
    """Keep the paper of the enterprise, or of its owner `person`, as the kind says.

    It takes the place of the one before, unless the kind keeps several, and answers whoever asked for it. Two that
    come at once take turns, so that one of a kind stands. Raises `ValidationError` for a paper with a virus.
    """
    if scan == Document.Scan.INFECTED:
        raise ValidationError(_("A virus was found in this file. Take a photo of the paper instead."), code="infected")
    owner = owner_of(kind, enterprise=enterprise, person=person)
    hold(enterprise if kind.about == DocumentKind.About.ENTERPRISE else person, version=None)
    document = Document(
        kind=kind,
        form=paper.form,
        size=len(paper.content),
        sha256=paper.sha256,
        pages=paper.pages,
        has_preview=bool(paper.preview),
        expires_on=expires_on,
        scan=scan,
        uploaded_by=by,
        uploaded_at=timezone.now(),
        **owner,
    )
    if not by.has_perm("enterprises.keep_document", document):
        raise PermissionDenied("enterprises.keep_document")
    earlier = list(Document.objects.standing().filter(kind=kind, **owner)) if not kind.keeps_several else []
    for part, content in zip(vault.PARTS, (paper.content, paper.preview, paper.small), strict=True):
        if content:
            vault.write(document.name, content, part)
    document.save()
    Document.objects.filter(pk__in=[before.pk for before in earlier]).update(replaced_by=document)
    asked = DocumentRequest.objects.waiting().filter(kind=kind, **owner)
    asked.update(closed_at=document.uploaded_at, answered_by=document)
    record("enterprises.document_added", target=document, by=by, audience=AUDIENCE, data={"kind": kind.code})
    return document


def owner_of(kind: DocumentKind, *, enterprise: Enterprise, person: Person) -> dict[str, Enterprise | Person]:
    """Whose such a paper is, as the field that says so."""
    return {"enterprise": enterprise} if kind.about == DocumentKind.About.ENTERPRISE else {"person": person}


@transaction.atomic
def remove(*, document: Document, by: User) -> Document:
    """Hide the paper, with the ones that it replaced, from everybody; their files are erased 30 days later.

    What is removed already keeps its first removal.
    """
    held: Document = hold(document, version=None)
    if not by.has_perm("enterprises.keep_document", held):
        raise PermissionDenied("enterprises.keep_document")
    if held.removed_at is None:
        hide(held, by=by)
        record("enterprises.document_removed", target=held, by=by, audience=AUDIENCE, data={"kind": held.kind.code})
    return held


def hide(document: Document, *, by: User) -> None:
    document.removed_at, document.removed_by = timezone.now(), by
    document.save(update_fields=["removed_at", "removed_by"])
    earlier = Document.objects.filter(kind=document.kind, person=document.person, enterprise=document.enterprise)
    earlier.filter(replaced_by__isnull=False, removed_at__isnull=True).update(
        removed_at=document.removed_at, removed_by=by
    )


def throw_away(document: Document, *, by: User) -> None:
    """Hide a paper that may not be kept. The one whose place it took counts again, unless a better one came since."""
    document.removed_at, document.removed_by = timezone.now(), by
    document.save(update_fields=["removed_at", "removed_by"])
    Document.objects.filter(replaced_by=document).update(replaced_by=document.replaced_by)


def erase(*, now: dt.datetime) -> int:
    """Erase the files of papers that were removed 30 days before; return how many. The rows stay."""
    due = Document.objects.to_erase(before=now - dt.timedelta(days=Document.KEPT_DAYS))
    erased = 0
    for document in due.iterator():
        vault.erase(document.name)
        erased += Document.objects.filter(pk=document.pk, erased_at__isnull=True).update(erased_at=now)
    return erased


def erase_unclaimed(*, now: dt.datetime) -> int:
    """Erase files that no row names, such as of a form that failed after its file was written; return how many.

    Every file of the vault is looked at each night, so the rows are asked for by the thousand.
    """
    files = vault.leftovers(before=(now - UNCLAIMED).timestamp())
    erased = 0
    while some := list(islice(files, BATCH)):
        named = set(Document.objects.filter(name__in={name for name, _file in some}).values_list("name", flat=True))
        for name, file in some:
            if name not in named:
                file.unlink(missing_ok=True)
                erased += 1
    return erased


@transaction.atomic
def ask(*, enterprise: Enterprise, kind: DocumentKind, due_on: dt.date, by: User) -> DocumentRequest:
    """Ask the owner for a paper until the day, and tell their phone. The same paper is asked for once at a time."""
    hold(enterprise, version=None)
    person = Person.objects.contacts_of(enterprise).get()
    request = DocumentRequest(enterprise=enterprise, person=person, kind=kind, due_on=due_on, asked_by=by)
    if not by.has_perm("enterprises.ask_document", request):
        raise PermissionDenied("enterprises.ask_document")
    if DocumentRequest.objects.waiting().filter(enterprise=enterprise, kind=kind).exists():
        raise ValidationError({"kind": _("This paper was asked for already.")}, code="asked")
    _role, request.office_id = by.posts[0]
    request.save()
    record("enterprises.document_asked", target=request, by=by, audience=AUDIENCE, data={"kind": kind.code})
    queue("enterprises.document_asked", target=request, by=by)
    return request


@transaction.atomic
def take_back(*, request: DocumentRequest, by: User) -> DocumentRequest:
    """The paper is not needed any longer. What is closed already stays as it was closed."""
    held: DocumentRequest = hold(request, version=None)
    if not by.has_perm("enterprises.ask_document", held):
        raise PermissionDenied("enterprises.ask_document")
    if held.closed_at is None:
        held.closed_at = timezone.now()
        held.save(update_fields=["closed_at"])
    return held


@transaction.atomic
def compare_card(*, document: Document, by: User, version: int) -> Person:
    """Write down that the officer compared the picture of the card with what is on file, and found it the same.

    `version` is the person's: what was compared must still stand there. Refused where the picture is not the one that
    counts, or was not opened by the virus check.
    """
    if not by.has_perm("enterprises.compare_card", document):
        raise PermissionDenied("enterprises.compare_card")
    owner = document.person
    if owner is None or not document.kind.is_card:
        raise ValidationError(_("This picture does not count any longer. Look at the newest one."), code="gone")
    person = hold(owner, version=version)
    held = Document.objects.standing().open().select_for_update(of=("self",), no_key=True).filter(pk=document.pk)
    if not held.exists():
        raise ValidationError(_("This picture does not count any longer. Look at the newest one."), code="gone")
    if person.cnic_standing != Person.Standing.CLAIMED:
        raise ValidationError(_("There is no card number that waits for this."), code="standing")
    see_card(person, by=by)
    return person
