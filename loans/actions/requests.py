"""What the lender still needs: asked, answered, taken back. Only that is open again, and everything else stands."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.models import Document, DocumentKind
from journal.events import ADVISORS, ENTREPRENEUR, LENDER, MANAGERS, record
from journal.models import Audience
from journal.moves import MoveRefused, hold, move
from kit.saving import save
from loans.models import Application, Request
from loans.states import RequestState
from messaging.outbox import queue
from places.calendar import LENDING, add_working_days

WORKING_DAYS_TO_ANSWER = 5


def audience_of(asked: Request) -> set[Audience]:
    """What SMEDA is asked is between the lender and SMEDA."""
    return {ADVISORS, LENDER, MANAGERS} | ({ENTREPRENEUR} if asked.is_of_applicant else set())


@transaction.atomic
def ask(
    *,
    application: Application,
    version: int,
    kind: str,
    words: str,
    by: User,
    of: str = Request.Of.APPLICANT,
    paper: DocumentKind | None = None,
) -> Request:
    """Ask for one thing within five working days, and tell the applicant's phone.

    A paper that is here already is asked for again with what is wrong with it.
    """
    held = hold(application, version=version)
    if not held.is_open:
        raise MoveRefused(held)
    if not by.has_perm("loans.ask_applicant", held):
        raise PermissionDenied("loans.ask_applicant")
    if kind == Request.Kind.PAPER:
        if paper is None:
            raise ValidationError({"paper": _("Choose the paper.")})
        of = Request.Of.APPLICANT
    else:
        paper = None
    if not words and (paper is None or is_here(held, paper)):
        said = _("This paper is here. Write what is wrong with it.") if paper else _("Write what is needed, and why.")
        raise ValidationError({"words": said})
    asked = Request(
        application=held,
        of=of,
        kind=kind,
        paper=paper,
        words=words,
        asked_by=by,
        due_on=add_working_days(timezone.localdate(), WORKING_DAYS_TO_ANSWER, calendar=LENDING),
    )
    save(asked)
    data = {"kind": kind, "paper": paper.code if paper else "", "of": of}
    record("loans.asked", target=asked, by=by, audience=audience_of(asked), data=data)
    if asked.is_of_applicant:
        queue("loans.asked", target=asked, by=by)
    return asked


def is_here(application: Application, kind: DocumentKind) -> bool:
    """Whether such a paper of the applicant or the business counts today."""
    owner = (
        {"person": application.person_id}
        if kind.about == DocumentKind.About.PERSON
        else {"enterprise": application.enterprise_id}
    )
    return Document.objects.counting(on=timezone.localdate()).filter(kind=kind, **owner).exists()


@transaction.atomic
def answer(*, asked: Request, version: int, answer: str, by: User) -> Request:
    """Say it in words, by who is asked or by the advisor for them. A paper is handed in instead."""
    if asked.kind == Request.Kind.PAPER:
        raise ValidationError(_("Hand the paper in: it answers by itself."))
    if not answer:
        raise ValidationError({"answer": _("Write the answer.")})
    ended: dict[str, Any] = {"answer": answer, "ended_by": by, "ended_at": timezone.now()}
    return refused_when_over(asked, "answer", by=by, version=version, **ended)


@transaction.atomic
def withdraw(*, asked: Request, version: int, reason: str, by: User) -> Request:
    """It is not needed any more; whoever was asked reads why."""
    if not reason:
        raise ValidationError({"reason": _("Write why it is not needed any more.")})
    ended: dict[str, Any] = {"reason": reason, "ended_by": by, "ended_at": timezone.now()}
    return refused_when_over(asked, "withdraw", by=by, version=version, **ended)


def refused_when_over(asked: Request, verb: str, *, by: User, version: int, **changes: Any) -> Request:
    """Make the move, unless the application ended meanwhile: then nobody needs it."""
    if not hold(asked.application, version=None).is_open:
        raise ValidationError(_("The application has ended: nothing is needed for it any more."))
    made: Request = move(asked, verb, by=by, version=version, audience=audience_of(asked), **changes)
    return made


def answer_by_paper(*, document: Document, by: User) -> list[Request]:
    """A paper came: whichever application asked for such a one has its answer."""
    came: dict[str, Any] = {"document": document, "ended_by": document.uploaded_by, "ended_at": document.uploaded_at}
    return [
        move(asked, "answer", by=by, version=None, audience=audience_of(asked), **came)
        for asked in Request.objects.waiting().for_paper(document).order_by("pk")
    ]


def reopen_for(*, document: Document, by: User) -> list[Request]:
    """The paper was thrown away for a virus: it is asked for again, unless that was done meanwhile."""
    answered = Request.objects.filter(document=document, state=RequestState.ANSWERED).order_by("pk")
    again: dict[str, Any] = {"document": None, "ended_by": None, "ended_at": None}
    return [
        move(asked, "reopen", by=by, version=None, audience=audience_of(asked), **again)
        for asked in answered
        if not Request.objects.filter(state="waiting", application=asked.application_id, paper=asked.paper_id).exists()
    ]
