from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.acting import act_once
from loans.actions import books
from loans.forms import BookForm, SpoiltForm
from loans.models import ReceiptBook
from loans.pages import books as pages
from loans.slips import Slip
from loans.views.receipts import number_in
from loans.views.sight import allowed


@require_safe
def book_list(request):
    """Every receipt book with who has it, and the numbers that nobody accounted for on top."""
    page = pages.gather(request.user, after=request.GET.get("after", ""))
    return TemplateResponse(request, "loans/book_list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def book_create(request):
    form = BookForm(request.POST or None, by=request.user)
    if form.is_valid():
        issue = partial(books.issue, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, issue, said=_("The book is issued.")):
            return answer
    return TemplateResponse(request, "loans/book_create.html", {"form": form})


@require_POST
def book_return(request, pk):
    book = book_in_sight(request, pk, needs="loans.issue_book")
    books.take_back(book=book, by=request.user)
    messages.success(request, _("The book is given back."))
    return redirect(book)


@require_http_methods(["GET", "POST"])
def slip_explain(request, pk):
    """What became of one of its slips: which one stands in the address."""
    book = book_in_sight(request, pk, needs="loans.explain_slip")
    number = number_in(request.GET.get("slip"))
    if number is None or not book.first <= number <= book.last:
        raise Http404
    form = SpoiltForm(request.POST or None)
    if form.is_valid():
        explain = partial(books.explain, book=book, number=number, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, explain, said=_("Written down."), to=reverse("loans:book-list")):
            return answer
    context = {"form": form, "book": book, "slip": Slip(book.number, number)}
    return TemplateResponse(request, "loans/slip_explain.html", context)


def book_in_sight(request, pk, *, needs):
    rows = ReceiptBook.objects.visible_to(request.user).select_related("branch", "issued_to")
    book = get_object_or_404(rows, pk=pk)
    return allowed(request, book, needs)
