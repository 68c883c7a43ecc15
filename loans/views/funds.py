from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.acting import act_once
from loans.actions import purse
from loans.forms import MoneyForm
from loans.models import FundingScheme, PurseEntry
from loans.pages import funds as pages


@require_safe
def fund_list(request):
    """Whose money is lent: every fund with what it has left."""
    return TemplateResponse(request, "loans/fund_list.html", {"page": pages.fund_list(request.user)})


@require_safe
def fund_detail(request, pk):
    fund = fund_in_sight(request, pk)
    page = pages.gather(fund, user=request.user, show=request.GET.get("show", ""), after=request.GET.get("after", ""))
    return TemplateResponse(request, "loans/fund_detail.html", {"page": page})


@require_http_methods(["GET", "POST"])
def money_create(request, pk):
    fund = fund_in_sight(request, pk)
    if not request.user.has_perm("loans.enter_money", fund):
        raise PermissionDenied("loans.enter_money")
    form = MoneyForm(request.POST or None)
    if form.is_valid():
        write = partial(purse.write_down, scheme=fund, by=request.user, **form.cleaned_data)
        said = _("Written down. It counts when a second person has agreed.")
        if answer := act_once(request, form, write, said=said, to=fund.get_absolute_url()):
            return answer
    return TemplateResponse(request, "loans/money_create.html", {"fund": fund, "form": form})


@require_POST
def money_agree(request, pk):
    entry = get_object_or_404(PurseEntry.objects.visible_to(request.user).select_related("scheme__partner"), pk=pk)
    try:
        purse.agree(entry=entry, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Agreed: the money counts now."))
    return redirect(entry.scheme)


def fund_in_sight(request, pk):
    return get_object_or_404(FundingScheme.objects.visible_to(request.user).select_related("partner"), pk=pk)
