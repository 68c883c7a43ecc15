from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import closures
from casework import panels
from casework.actions import cases
from casework.forms import CaseFilterForm, CloseForm, ReopenForm
from casework.models import Case
from casework.pages import case as case_pages
from casework.pages import cases as case_lists
from casework.pages import closures as closing
from casework.pages import filters
from journal.acting import act_once


def case_in_sight(request, pk, *, needs=None):
    """The case with all that its pages print: 404 where it is out of sight, 403 where the permission `needs` lacks."""
    case = get_object_or_404(Case.objects.visible_to(request.user).for_list(), pk=pk)
    if needs and not request.user.has_perm(needs, case):
        raise PermissionDenied(needs)
    return case


@require_safe
def case_list(request):
    team = case_lists.team_of(request.user, on=timezone.localdate())
    form = CaseFilterForm(request.GET, team=team)
    chosen = filters.chosen_in(form)
    found = case_lists.gather(request.user, chosen=chosen, after=request.GET.get("after", ""))
    kept = filters.gather(request.user, form)
    if kept.gone:
        form = CaseFilterForm(chosen, team=team)
    context = {"form": form, "cases": found, "is_filtered": bool(chosen), "kept": kept}
    return TemplateResponse(request, "casework/case_list.html", context)


@require_safe
def case_detail(request, pk):
    case = case_in_sight(request, pk)
    today = timezone.localdate()
    show, after = request.GET.get("show", ""), request.GET.get("after", "")
    page = case_pages.gather(case, user=request.user, on=today, show=show, after=after)
    shut = closures.notices_for(district=case.enterprise.district_id, office=case.office_id, on=today)
    beside = panels.shown_for(request, case)
    context = {
        "case": case,
        "page": page,
        "today": today,
        "panels": beside,
        "standing": panels.standing_in(beside),
        "closures": shut,
    }
    return TemplateResponse(request, "casework/case_detail.html", context)


@require_http_methods(["GET", "POST"])
def case_close(request, pk):
    case = case_in_sight(request, pk, needs="casework.work_case")
    form = CloseForm(request.POST or None, initial={"version": case.version})
    if form.is_valid():
        close = partial(cases.close, case=case, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, close, said=_("The case is closed.")):
            return answer
    context = {"case": case, "form": form, "before": closing.before_closing(case, user=request.user)}
    return TemplateResponse(request, "casework/case_close.html", context)


@require_http_methods(["GET", "POST"])
def case_reopen(request, pk):
    case = case_in_sight(request, pk, needs="casework.reopen_case")
    form = ReopenForm(request.POST or None, initial={"version": case.version})
    if form.is_valid():
        reopen = partial(cases.reopen, case=case, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, reopen, said=_("The case is open again.")):
            return answer
    again = closing.before_reopening(case, today=timezone.localdate())
    return TemplateResponse(request, "casework/case_reopen.html", {"case": case, "form": form, "again": again})
