"""The page of one verb: whose loan it is, what will follow, and the form."""

from django.template.response import TemplateResponse

from loans.models import Loan


def show_verb(request, item, form, *, title, text):
    """`item` is the loan, or what hangs on one; the way back leads to its page."""
    loan = item if isinstance(item, Loan) else item.loan
    context = {"item": item, "loan": loan, "form": form, "title": title, "text": text}
    return TemplateResponse(request, "loans/verb.html", context)
