"""What the lender still needs of some of the sample's applicants, and what came of it."""

from accounts.models import User
from casework.models import Case
from enterprises.models import DocumentKind
from loans.actions import requests
from loans.models import Application, Request
from portal.sample import papers

# Every so many applicants one is asked.
ONE_IN = 3
QUESTIONS = (
    (Request.Of.APPLICANT, Request.Kind.USE, "کون سی مشین خریدیں گے، اور کس سے؟", "جوکی کی مشین، بازار والے بلال سے۔"),
    (Request.Of.SMEDA, Request.Kind.INCOME, "Are the sales of the plan those of a usual month?", "Yes, of June."),
)
BILL = "utility-bill"


def ask(application: Application, *, number: int, by: User) -> None:
    """A bill that nobody can read, and a question to the applicant or to SMEDA, in turns."""
    if number % ONE_IN:
        return
    told = {"application": application, "version": application.version, "by": by}
    of, kind, words, _answer = QUESTIONS[number // ONE_IN % len(QUESTIONS)]
    requests.ask(**told, of=of, kind=kind, words=words)
    if of == Request.Of.APPLICANT:
        paper = DocumentKind.objects.get(code=BILL)
        requests.ask(**told, kind=Request.Kind.PAPER, paper=paper, words="اس پر پتہ پڑھا نہیں جاتا۔")


def answer(application: Application, *, by: User) -> None:
    """The advisor answers what waits, for the client too, and hands in what is needed."""
    said = {kind: answer for _of, kind, _words, answer in QUESTIONS}
    for asked in Request.objects.waiting().filter(application=application).order_by("pk"):
        if asked.kind == Request.Kind.PAPER:
            papers.hand_in(Case.objects.get(enterprise=application.enterprise_id), by=by, codes=(BILL,))
        else:
            requests.answer(asked=asked, version=asked.version, answer=said[asked.kind], by=by)
