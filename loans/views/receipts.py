import re
from functools import partial

from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from journal.acting import act_once, refuse
from loans.actions import books, receipts
from loans.forms import ReceiptForm, ReverseForm
from loans.models import LedgerEntry
from loans.pages import loan as loan_pages
from loans.pages.receipt import facts_to_confirm, paper_of
from loans.slips import Slip
from loans.views.sight import loan_at_counter, receipt_in_sight


@require_http_methods(["GET", "POST"])
def receipt_create(request, pk):
    """The counter: amount and slip are typed, what is due and which slip came last stand beside.

    The form only asks (GET), whether all of it can be; the next page says it once more, and its button saves.
    """
    loan = loan_at_counter(request, pk)
    form = receipt_form(request, loan)
    reversed_slip = None
    if form.is_valid():
        facts = form.facts()  # a field that is refused below leaves them
        if request.method == "GET":
            look_at(form, loan, by=request.user, **facts)
        else:
            post = partial(receipts.post_receipt, loan=loan, by=request.user, **facts)
            if answer := act_once(request, form, post, said=_("The receipt is saved. The slip is ready to print.")):
                return answer
        if form.is_valid() and "change" not in request.GET:
            return TemplateResponse(request, "loans/receipt_confirm.html", confirmation(request, form, loan))
        reversed_slip = to_correct(loan, by=request.user, **facts)
    elif form.is_bound:
        # What else the action would refuse is said at once, and not after the next try.
        known = {name: form.cleaned_data.get(name) for name in ("amount", "received_on")}
        for name, said in receipts.faults(loan, **known).items():
            form.add_error(name, said)
    page = loan_pages.gather(loan, user=request.user, on=timezone.localdate())
    context = {"page": page, "form": form, "correct_url": reversed_slip}
    context["may_open"] = request.user.has_perm("loans.view_loan", loan)
    return TemplateResponse(request, "loans/receipt_create.html", context)


def look_at(form, loan, *, by, book, number, correction, **facts):
    """Say beside each field what the action would refuse."""
    at = receipts.receiving_branch(loan, by)
    try:
        receipts.check_receipt(loan, slip=Slip(book, number, correction), branch_id=at, by=by, **facts)
    except ValidationError as refusal:
        refuse(form, refusal)


def confirmation(request, form, loan):
    """What is about to be saved, and the way back to change it with nothing lost."""
    change_url = f"?{request.GET.urlencode()}&change=1"
    return {"form": form, "loan": loan, "facts": facts_to_confirm(loan, **form.facts()), "change_url": change_url}


def receipt_form(request, loan):
    last = LedgerEntry.objects.last_of(request.user)
    today = timezone.localdate()
    due = loan.due_by(max(loan.next_due_on, today)) if loan.next_due_on else 0
    is_ahead = bool(loan.next_due_on and loan.next_due_on > today)
    beside = {"due": due, "is_ahead": is_ahead, "balance": loan.owed, "last_slip": last.slip if last else None}
    typed = request.GET if "amount" in request.GET else None
    initial = to_be_corrected(request) or next_of_book(request, loan)
    return ReceiptForm(request.POST or typed, initial=initial, **beside)


def next_of_book(request, loan):
    """The next slip of the book in hand; it is not typed, and stands once more on the page that asks."""
    slip = books.next_slip(request.user, branch_id=receipts.receiving_branch(loan, request.user))
    return {"slip": slip} if slip else {}


def to_be_corrected(request):
    """Slip and day of the receipt that this one corrects; nothing for any other."""
    wrong = LedgerEntry.objects.slips_seen_by(request.user).filter(pk=number_in(request.GET.get("corrects")))
    if (entry := wrong.first()) is None:
        return {}
    slip = entry.slip.corrected()
    return {"slip": slip._replace(correction=0), "correction": slip.correction, "received_on": entry.received_on}


def number_in(text):
    """The id in the URL; nothing for what is none."""
    return int(text) if text and re.fullmatch("[0-9]{1,18}", text) else None


def to_correct(loan, *, by, book, number, **_facts):
    """Where a slip that was reversed may be posted again as a correction, if this one was."""
    last = LedgerEntry.objects.on_slip(branch_id=receipts.receiving_branch(loan, by), book=book, number=number).last()
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
        "paper": paper_of(entry, user=request.user, language=request.GET.get("language", "")),
        "reversal": reversal,
        "is_own": request.user.is_entrepreneur,
        "may_reverse": reversal is None and request.user.has_perm("loans.reverse_receipt", entry),
        "may_open": request.user.is_entrepreneur or request.user.has_perm("loans.view_loan", entry.loan),
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
