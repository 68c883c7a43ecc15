from functools import partial

from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from journal.acting import act_once
from loans.actions import loans
from loans.conditions import conditions
from loans.forms import DisburseForm
from loans.guarantee import guarantors_left
from loans.views.sight import application_in_sight, is_too_late


@require_http_methods(["GET", "POST"])
def application_disburse(request, pk):
    application = application_in_sight(request, pk, needs="loans.disburse_application")
    if is_too_late(request, application, "disburse"):
        return redirect(application)
    form = DisburseForm(request.POST or None, initial={"version": application.version})
    if form.is_valid():
        pay_out = partial(loans.disburse, application=application, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, pay_out, said=_("The money is given, and the borrower is told.")):
            return answer
    asked = conditions(application, guarantors_left(application))
    is_ready = form.is_bound or all(condition.is_met for condition in asked)
    context = {"application": application, "form": form, "conditions": asked, "is_ready": is_ready}
    return TemplateResponse(request, "loans/application_disburse.html", context)
