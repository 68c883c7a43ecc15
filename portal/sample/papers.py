"""Papers of sample people: drawn, with SAMPLE across them, and taken in as any other."""

import datetime as dt
from functools import cache

from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from casework.models import Case
from enterprises.actions import documents
from enterprises.models import Document, DocumentKind
from kit import pdf, washing
from loans.conditions import papers_lacking
from loans.models import Application

HANDED_IN = ("cnic-front", "utility-bill")
ASKED_FOR = "rent-deed"
AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@cache
def drawn(name: str) -> washing.Washed:
    return washing.wash(pdf.render("portal/sample_paper.typ", {"kind": name}, at=AT, form="png"))


def hand_in(case: Case, *, by: User, codes: tuple[str, ...] = HANDED_IN) -> None:
    """The client's papers, brought to the office."""
    with override("en"):
        for kind in DocumentKind.objects.filter(code__in=codes):
            documents.add(
                kind=kind,
                enterprise=case.enterprise,
                person=case.person,
                paper=drawn(kind.label),
                scan=Document.Scan.NONE,
                by=by,
            )


def complete(application: Application, *, by: User) -> None:
    """What the lender still needs, brought to the office."""
    codes = tuple(kind.code for kind in papers_lacking(application))
    hand_in(application.enterprise.case, by=by, codes=codes)


def ask(case: Case, *, by: User) -> None:
    kind = DocumentKind.objects.get(code=ASKED_FOR)
    due_on = timezone.localdate() + dt.timedelta(days=7)
    documents.ask(enterprise=case.enterprise, kind=kind, due_on=due_on, by=by)
