from functools import partial

from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.actions import templates
from casework.forms import TemplateForm
from casework.models import PlanTemplate
from casework.pages.plan import lines_of
from casework.views.cases import case_in_sight
from journal.acting import act_once


@require_http_methods(["GET", "POST"])
def plan_template(request, pk, code):
    """What a template would do to the plan, and the button that does it, if it is still that."""
    case = case_in_sight(request, pk, needs="casework.work_case")
    template = get_object_or_404(PlanTemplate.objects.offered(), code=code)
    form = TemplateForm(request.POST or None)
    if form.is_valid():
        take = partial(templates.take, case=case, template=template, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, take, to=case, said=_("The template is in the plan.")):
            return answer
        case.refresh_from_db()
    changes = templates.preview(case, template, on=timezone.localdate())
    context = {"case": case, "template": template, "form": form, "lines": lines_of(changes)}
    context["digest"] = templates.digest_of(case, changes)
    context["may_move"] = any(one.does == templates.Does.MOVES for one in changes)
    context["does_any"] = any(one.does in {templates.Does.ADDS, templates.Does.MOVES} for one in changes)
    return TemplateResponse(request, "casework/plan_template.html", context)
