from functools import partial

from django.forms import Form
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.actions import plans
from casework.forms import ROWS, PlanForm
from casework.models import Step, StepKind
from casework.pages.plan import suggestions
from casework.states import CaseState
from casework.views.cases import case_in_sight
from journal.acting import act_once

SUGGESTED = 2


@require_http_methods(["GET", "POST"])
def plan_create(request, pk):
    case = case_in_sight(request, pk, needs="casework.work_case")
    suggested = suggestions(case)
    initial = {f"step_{row}": one.kind.code for row, one in zip(ROWS, suggested[:SUGGESTED], strict=False)}
    form = PlanForm(request.POST or None, initial=initial | {"version": case.version})
    if form.is_valid():
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
    return TemplateResponse(
        request, "casework/plan_create.html", {"case": case, "form": form, "kinds": kinds, "suggested": suggested}
    )


@require_http_methods(["GET", "POST"])
def step_detail(request, pk):
    """What the step asks for; a colleague says that it is done, where no event proves it."""
    steps = Step.objects.visible_to(request.user)
    step = get_object_or_404(steps.select_related("kind", "case__enterprise", "case__person", "closed_by"), pk=pk)
    form = Form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        close = partial(plans.close_step, step=step, by=request.user)
        if answer := act_once(request, form, close, to=step.case, said=_("The step is done.")):
            return answer
    is_open = step.closed_at is None and step.case.state != CaseState.CLOSED
    context = {
        "step": step,
        "case": step.case,
        "form": form,
        "may_close": is_open and step.kind.closed_by_hand and request.user.has_perm("casework.work_case", step),
        "today": timezone.localdate(),
    }
    return TemplateResponse(request, "casework/step_detail.html", context)
