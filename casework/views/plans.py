from functools import partial

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.actions import plans
from casework.forms import DropForm, PlanForm, ReDateForm
from casework.models import PlanTemplate, Step, StepKind
from casework.pages.plan import for_each_side, suggestions
from casework.states import CaseState
from casework.views.cases import case_in_sight
from journal.acting import act_once
from kit.again import keep_unsaid


@require_http_methods(["GET", "POST"])
def plan_create(request, pk):
    case = case_in_sight(request, pk, needs="casework.work_case")
    suggested = suggestions(case)
    suggested += for_each_side(case, suggested)
    form = PlanForm(request.POST or None, initial={"version": case.version})
    if taken := request.POST.get("take"):
        form.take(taken)
        if answer := keep_unsaid(request, form):
            return answer
    elif form.is_valid():
        agree = partial(plans.agree, case=case, by=request.user, version=form.cleaned_data["version"])
        act = partial(agree, steps=form.steps())
        if answer := act_once(
            request,
            form,
            act,
            said=_(
                "The plan is agreed. A client who lets us contact them gets a message when the next step is a new one."
            ),
        ):
            return answer
    kinds = StepKind.objects.offered()
    offered = PlanTemplate.objects.offered().best_first(case.enterprise.help_wanted)
    return TemplateResponse(
        request,
        "casework/plan_create.html",
        {"case": case, "form": form, "kinds": kinds, "suggested": suggested, "templates": offered},
    )


def step_in_sight(request, pk, *, needs=None):
    steps = Step.objects.visible_to(request.user)
    step = get_object_or_404(steps.select_related("kind", "case__enterprise", "case__person", "closed_by"), pk=pk)
    if needs and not request.user.has_perm(needs, step):
        raise PermissionDenied(needs)
    return step


@require_http_methods(["GET", "POST"])
def step_detail(request, pk):
    """What the step asks for; a colleague says that it is done, where no event proves it."""
    step = step_in_sight(request, pk)
    form = Form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        close = partial(plans.close_step, step=step, by=request.user)
        if answer := act_once(request, form, close, to=step.case, said=_("The step is done.")):
            return answer
    is_open = step.closed_at is None and step.case.state != CaseState.CLOSED
    may_work = is_open and request.user.has_perm("casework.work_case", step)
    context = {
        "step": step,
        "case": step.case,
        "form": form,
        "may_work": may_work,
        "may_close": may_work and step.kind.closed_by_hand,
        "today": timezone.localdate(),
    }
    return TemplateResponse(request, "casework/step_detail.html", context)


@require_http_methods(["GET", "POST"])
def step_drop(request, pk):
    step = step_in_sight(request, pk, needs="casework.work_case")
    form = DropForm(request.POST or None, initial={"version": step.version})
    if form.is_valid():
        drop = partial(plans.drop, step=step, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, drop, to=step.case, said=_("The step is dropped.")):
            return answer
    return TemplateResponse(request, "casework/step_drop.html", {"step": step, "case": step.case, "form": form})


@require_http_methods(["GET", "POST"])
def step_move(request, pk):
    step = step_in_sight(request, pk, needs="casework.work_case")
    form = ReDateForm(request.POST or None, initial={"version": step.version})
    if form.is_valid():
        re_date = partial(plans.re_date, step=step, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, re_date, to=step.case, said=_("The step has another day.")):
            return answer
    return TemplateResponse(request, "casework/step_move.html", {"step": step, "case": step.case, "form": form})
