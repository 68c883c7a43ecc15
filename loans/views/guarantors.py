from functools import partial

from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import throttles
from journal.acting import act_once
from loans.actions import guarantors
from loans.conditions import why_not_yet
from loans.forms import GuarantorForm, MoveForm
from loans.guarantee import guarantors_left
from loans.pages import application as pages
from loans.views.sight import application_in_sight, is_too_late

# Far more than an officer meets, far too few to try whose card a number is, or who is whose relative.
GUARANTORS_A_DAY, DAY = 40, 86_400


@require_http_methods(["GET", "POST"])
def application_guarantors(request, pk):
    """Who vouches: add one after the other, then hand the application to the committee."""
    application = application_in_sight(request, pk, needs="loans.appraise_application")
    if is_too_late(request, application, "visit"):
        return redirect(application)
    form = GuarantorForm(request.POST or None, initial={"version": application.version})
    if request.method == "POST" and not throttles.allow(
        f"guarantors:{request.user.pk}", limit=GUARANTORS_A_DAY, seconds=DAY
    ):
        form.add_error(None, _("You wrote down very many guarantors today. Go on tomorrow, or ask a colleague."))
    if form.is_valid():
        add = partial(guarantors.add_guarantor, application=application, by=request.user, **form.facts())
        if answer := act_once(request, form, add, said=_("The guarantor is written down."), to=request.path):
            return answer
    return guarantors_page(request, application, form=form)


@require_POST
def application_verify(request, pk):
    application = application_in_sight(request, pk, needs="loans.appraise_application")
    form = verify_form(request.POST, application)
    if form.is_valid():
        verify = partial(guarantors.verify_guarantors, application=application, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, verify, said=_("The application is with the committee.")):
            return answer
    return guarantors_page(request, application, verify=form)


def verify_form(data, application):
    button = _("Hand over to the committee")
    return MoveForm(data, button=button, auto_id="verify_%s", initial={"version": application.version})


def guarantors_page(request, application, *, form=None, verify=None):
    verify = verify or verify_form(None, application)
    missing = why_not_yet(application, guarantors_left(application), by=request.user)
    verify.helper.form_action = reverse("loans:application-verify", args=[application.pk])
    context = {
        "application": application,
        "guarantors": pages.guarantors_of(application, user=request.user),
        "form": form or GuarantorForm(initial={"version": application.version}),
        "verify": verify if not missing or verify.is_bound else None,
        "missing": missing,
        "is_to_visit": not application.household_agrees,
        "may_see_family": request.user.has_perm("enterprises.view_family", application.person),
    }
    return TemplateResponse(request, "loans/application_guarantors.html", context)
