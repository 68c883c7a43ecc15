"""Closures of a district or an office for some days: who works there reads them, who runs it enters them."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import closures as pages
from accounts.actions import closures
from accounts.forms import ClosureForm, LiftForm
from accounts.models import LocalClosure
from journal.acting import act_once
from kit import paging

ORDER = ("-from_on", "-id")


@require_safe
def closure_list(request):
    """All that were entered, the newest first: those of other regions too, because clients move."""
    page = paging.page(LocalClosure.objects.for_list(), order=ORDER, after=request.GET.get("after", ""))
    today = timezone.localdate()
    may_enter = request.user.has_perm("accounts.enter_closure")
    rows = [pages.row_of(closure, user=request.user, may_enter=may_enter, on=today) for closure in page.rows]
    context = {"rows": rows, "page": page, "may_enter": may_enter, "today": today}
    return TemplateResponse(request, "accounts/closure_list.html", context)


@require_http_methods(["GET", "POST"])
def closure_create(request):
    today = timezone.localdate()
    form = ClosureForm(request.POST or None, user=request.user, today=today, initial={"from_on": today})
    if form.is_valid():
        enter = partial(closures.enter, by=request.user, **form.cleaned_data)
        said = _("Saved. Messages to this area wait until it is open again.")
        if answer := act_once(request, form, enter, said=said, to="accounts:closure-list"):
            return answer
    return TemplateResponse(request, "accounts/closure_create.html", {"form": form})


@require_POST
def closure_lift(request, pk):
    closure = get_object_or_404(LocalClosure, pk=pk)
    form = LiftForm(request.POST)
    if form.is_valid():
        lift = partial(closures.lift, closure=closure, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, lift, said=_("The area is open again."), to="accounts:closure-list"):
            return answer
    messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("accounts:closure-list")
