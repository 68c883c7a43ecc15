import re

from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import closures
from loans.forms import FindForm
from loans.pages import arrears, due, lists
from loans.pages import loan as pages
from loans.views.sight import is_at_desk, loan_in_sight


@require_safe
def desk(request):
    """What waits at the branch: referrals, applications, late loans."""
    today = timezone.localdate()
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    page = lists.desk(request.user, on=today, state=state, after=after)
    shut = closures.notices(request.user, on=today)
    return TemplateResponse(request, "loans/desk.html", {"page": page, "form": FindForm(), "closures": shut})


@require_safe
def loan_list(request):
    form = FindForm(request.GET)
    officer = request.GET.get("officer", "")
    page = due.loan_list(
        request.user,
        on=timezone.localdate(),
        show=request.GET.get("show", ""),
        officer=int(officer) if re.fullmatch("[0-9]{1,18}", officer) else None,
        is_sheet=bool(request.GET.get("sheet")),
        q=form.cleaned_data["q"] if form.is_valid() else "",
        after=request.GET.get("after", ""),
    )
    shut = closures.notices(request.user, on=timezone.localdate())
    return TemplateResponse(request, "loans/loan_list.html", {"page": page, "form": form, "closures": shut})


@require_safe
def loan_detail(request, pk):
    loan = loan_in_sight(request, pk)
    if request.user.is_entrepreneur:
        return redirect("loans:my-loan", loan.pk)
    page = pages.gather(loan, user=request.user, on=timezone.localdate())
    late = arrears.gather(loan, user=request.user, on=timezone.localdate())
    context = {"page": page, "is_lender": is_at_desk(request.user), "arrears": late}
    return TemplateResponse(request, "loans/loan_detail.html", context)
