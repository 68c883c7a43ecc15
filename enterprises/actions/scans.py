"""The virus check of papers. While the scanner is away, what comes in waits, and nobody can open it."""

import datetime as dt
import logging
import time

from django.conf import settings
from django.db import transaction

from accounts.models import User
from enterprises import vault
from enterprises.actions.documents import AUDIENCE, throw_away
from enterprises.models import Document, DocumentRequest
from journal.events import record
from journal.models import JobRun
from journal.moves import hold
from kit import clamd

EVERY = 10  # minutes
AT_ONCE = 100
# A scanner that answers nothing costs ten seconds a paper: after so long no further one is begun, until the next time.
SECONDS = 240

logger = logging.getLogger(__name__)


def verdict_on(content: bytes) -> str:
    """What the scanner says of the content; asked outside of any transaction, because it may take seconds."""
    if not settings.CLAMD_URL:
        return Document.Scan.NONE
    try:
        verdict = clamd.scan(content, url=settings.CLAMD_URL)
    except clamd.ScannerDown:
        logger.error("virus scanner unavailable")  # noqa: TRY400 - codes only
        return Document.Scan.WAITING
    return Document.Scan.CLEAN if verdict.is_clean else Document.Scan.INFECTED


def due_period(now: dt.datetime) -> str | None:
    """Every ten minutes, while there is a scanner and a paper that waits for it."""
    if not settings.CLAMD_URL or not Document.objects.filter(scan=Document.Scan.WAITING).exists():
        return None
    return f"{now:%Y-%m-%dT%H}.{now.minute // EVERY * EVERY:02}"


def scan_waiting(run: JobRun) -> dict[str, int]:
    """Check what waits. A paper with a virus is thrown away, and whoever asked for it waits again."""
    ends_at = time.monotonic() + SECONDS
    waiting = Document.objects.filter(scan=Document.Scan.WAITING).order_by("uploaded_at", "id")
    found = {"clean": 0, "infected": 0, "waiting": 0}
    for document in waiting[:AT_ONCE]:
        if time.monotonic() > ends_at:
            break
        verdict = verdict_of_file(document)
        settle(document, verdict=verdict)
        found[verdict] += 1
    return found


def verdict_of_file(document: Document) -> str:
    """Of a paper whose file is gone there is nothing to open, so nothing to fear."""
    try:
        verdict = verdict_on(vault.read(document.name))
    except vault.LostFile:
        return Document.Scan.CLEAN
    return verdict


@transaction.atomic
def settle(document: Document, *, verdict: str) -> None:
    """Write the verdict down, in turn with whoever hands in a better one: of a kind one stands, never none or two."""
    hold(document.person or document.enterprise, version=None)
    held: Document = hold(document, version=None)
    if held.scan != Document.Scan.WAITING or verdict == Document.Scan.WAITING:
        return
    held.scan = verdict
    held.save(update_fields=["scan"])
    if verdict == Document.Scan.INFECTED and held.removed_at is None:
        system = User.objects.system()
        throw_away(held, by=system)
        reopen(held)
        record(
            "enterprises.document_infected", target=held, by=system, audience=AUDIENCE, data={"kind": held.kind.code}
        )


def reopen(document: Document) -> None:
    """What this paper answered is asked again, unless it was asked again meanwhile."""
    for request in DocumentRequest.objects.filter(answered_by=document):
        again = DocumentRequest.objects.waiting().filter(enterprise=request.enterprise_id, kind=request.kind_id)
        if not again.exists():
            DocumentRequest.objects.filter(pk=request.pk).update(closed_at=None, answered_by=None)
