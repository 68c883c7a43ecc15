from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.actions import health
from casework.forms import BeginCheckForm, MoveForm, area_form, chosen
from casework.models import Area, HealthCheck
from casework.pages import health as pages
from casework.states import HealthState
from casework.views.cases import case_in_sight
from journal.acting import act_once


def check_in_sight(request, pk):
    rows = HealthCheck.objects.visible_to(request.user)
    shown = rows.select_related("case__person", "case__enterprise__district", "questionnaire", "by", "done_by")
    return get_object_or_404(shown, pk=pk)


@require_http_methods(["GET", "POST"])
def health_list(request, pk):
    """The business checks of a case; a button begins one, or leads to the one that is begun."""
    case = case_in_sight(request, pk)
    form = BeginCheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        begin = partial(health.begin, case=case, by=request.user, **form.cleaned_data)
        said = _("Ask area by area. Each page is saved for itself.")
        if answer := act_once(request, form, begin, said=said):
            return answer
    context = pages.of_case(case, user=request.user) | {"case": case, "form": form}
    return TemplateResponse(request, "casework/health_list.html", context)


@require_http_methods(["GET", "POST"])
def health_detail(request, pk):
    """A check that is begun, area by area, with the button that finishes it; or what came of a finished one."""
    check = check_in_sight(request, pk)
    form = MoveForm(request.POST or None, initial={"version": check.version})
    if form.is_valid():
        finish = partial(health.finish, check=check, by=request.user, **form.cleaned_data)
        said = _("The business check is finished. The client reads what came of it on their page.")
        if answer := act_once(request, form, finish, said=said):
            return answer
    context = {"check": check, "case": check.case, "form": form}
    context["may_work"] = pages.may_check(check.case, request.user)
    if check.state == HealthState.DRAFT:
        lines = pages.to_answer(check)
        context |= {"lines": lines, "is_answered": all(line["state"] == "done" for line in lines)}
        return TemplateResponse(request, "casework/health_draft.html", context)
    context["result"] = pages.result(check)
    return TemplateResponse(request, "casework/health_detail.html", context)


@require_http_methods(["GET", "POST"])
def health_area(request, pk, area):
    """The questions of one area, saved at once."""
    check = check_in_sight(request, pk)
    if area not in Area.values:
        raise Http404
    if not request.user.has_perm("casework.work_case", check):
        raise PermissionDenied("casework.work_case")
    if request.method == "GET" and check.state != HealthState.DRAFT:
        return redirect(check)
    questions = list(check.questionnaire.questions.filter(area=area).prefetch_related("options"))
    answered = check.answers.filter(question__area=area).for_list()
    form = area_form(questions)(request.POST or None, initial=chosen(answered) | {"version": check.version})
    if form.is_valid():
        keep = partial(health.answer, check=check, by=request.user, version=form.cleaned_data["version"])

        def act():
            return pages.next_of(keep(answers=form.answers()))

        if answer := act_once(request, form, act, said=_("Saved.")):
            return answer
    context = {"check": check, "case": check.case, "form": form, "area": Area(area)}
    context |= {"number": Area.values.index(area) + 1, "total": len(Area)}
    return TemplateResponse(request, "casework/health_area.html", context)


@require_safe
def my_health(request, pk):
    """What came of a check, in plain words, for the client."""
    check = check_in_sight(request, pk)
    context = {"check": check, "result": pages.result(check), "lines": pages.lines_of(check)}
    return TemplateResponse(request, "casework/my_health.html", context)
