import re
from functools import partial

from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from journal.acting import act_once
from loans.actions import receipts
from loans.forms import ReceiptForm, ReverseForm
from loans.models import LedgerEntry
from loans.pages import loan as loan_pages
from loans.pages.receipt import slip_of
from loans.views.sight import loan_in_sight, receipt_in_sight


@require_http_methods(["GET", "POST"])
def receipt_create(request, pk):
    """The counter: three fields, filled in as far as they are known."""
    loan = loan_in_sight(request, pk, needs="loans.post_receipt")
    form = ReceiptForm(request.POST or None, balance=loan.balance, initial=initial_for(request, loan))
    reversed_slip = None
    if form.is_valid():
        post = partial(receipts.post_receipt, loan=loan, by=request.user, **form.facts())
        if answer := act_once(request, form, post, said=_("The receipt is saved. The slip is ready to print.")):
            return answer
        reversed_slip = to_correct(loan, **form.facts())
    page = loan_pages.gather(loan, user=request.user, on=timezone.localdate())
    context = {"page": page, "form": form, "correct_url": reversed_slip}
    return TemplateResponse(request, "loans/receipt_create.html", context)


def initial_for(request, loan):
    """What is due, the slip after the last one of this cashier, today; or what is to be corrected."""
    wrong = LedgerEntry.objects.visible_to(request.user).receipts().filter(pk=number_in(request.GET.get("corrects")))
    if (entry := wrong.first()) is not None:
        slip = entry.slip.corrected()
        return {
            "amount": min(entry.amount, loan.balance),
            "slip": slip._replace(correction=0),
            "correction": slip.correction,
            "received_on": entry.received_on,
        }
    last = LedgerEntry.objects.last_of(request.user)
    due = loan.due_by(max(loan.next_due_on, timezone.localdate())) if loan.next_due_on else None
    return {"amount": due, "slip": last.slip.next() if last else None}


def number_in(text):
    """The id in the URL; nothing for what is none."""
    return int(text) if text and re.fullmatch("[0-9]{1,18}", text) else None


def to_correct(loan, *, book, number, **_facts):
    """Where a slip that was reversed may be posted again as a correction, if this one was."""
    last = LedgerEntry.objects.on_slip(branch_id=loan.branch_id, book=book, number=number).last()
    if last is None or not hasattr(last, "reversal"):
        return None
    return f"{reverse('loans:receipt-create', args=[loan.pk])}?{urlencode({'corrects': last.pk})}"


@require_safe
def receipt_detail(request, pk):
    """The slip, to print in two copies."""
    entry = receipt_in_sight(request, pk)
    reversal = getattr(entry, "reversal", None)
    context = {
        "entry": entry,
        "slip": slip_of(entry),
        "reversal": reversal,
        "may_reverse": reversal is None and request.user.has_perm("loans.reverse_receipt", entry),
        "may_post": request.user.has_perm("loans.post_receipt", entry.loan),
    }
    return TemplateResponse(request, "loans/receipt_detail.html", context)


@require_http_methods(["GET", "POST"])
def receipt_reverse(request, pk):
    entry = receipt_in_sight(request, pk, needs="loans.reverse_receipt")
    form = ReverseForm(request.POST or None)
    if form.is_valid():
        undo = partial(receipts.reverse_receipt, entry=entry, by=request.user, **form.cleaned_data)
        said = _("The receipt is reversed, and the borrower is told.")
        if answer := act_once(request, form, undo, said=said, to=entry.get_absolute_url()):
            return answer
    return TemplateResponse(request, "loans/receipt_reverse.html", {"entry": entry, "form": form})
