from functools import partial

from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.models import Enterprise
from journal.acting import act_once
from loans.actions import applications
from loans.forms import MoveForm, RefuseForm, VisitForm
from loans.pages import application as pages
from loans.pages import precheck
from loans.pages.pack import sheets_of
from loans.pages.requests import requests_of
from loans.views.sight import application_in_sight, is_at_desk, is_too_late


@require_safe
def application_detail(request, pk):
    application = application_in_sight(request, pk)
    if request.user.is_entrepreneur:
        return redirect("loans:my-application", application.pk)
    today = timezone.localdate()
    page = pages.gather(application, user=request.user, on=today)
    context = {"page": page, "today": today, "is_lender": is_at_desk(request.user)}
    context["check"] = precheck.of_application(application, reader=request.user, on=today)
    context["needed"] = pages.needed_of(application, user=request.user)
    context["requests"] = requests_of(application, user=request.user)
    may_ask = application.is_open and request.user.has_perm("loans.ask_applicant", application)
    context["ask_url"] = reverse("loans:request-create", args=[application.pk]) if may_ask else ""
    # Whom nobody shares any more nobody calls from here.
    is_shared = application.unshared_at is None
    context["may_visit"] = is_shared and request.user.has_perm("loans.appraise_application", application)
    seen = Enterprise.objects.visible_to(request.user).filter(pk=application.enterprise_id)
    context["may_see_papers"] = request.user.is_colleague and seen.exists()
    return TemplateResponse(request, "loans/application_detail.html", context)


@require_safe
def application_print(request, pk):
    """The application whole on paper, in both languages. Whom nobody shares any more nobody prints."""
    application = application_in_sight(request, pk)
    if application.unshared_at is not None:
        return redirect(application)
    today = timezone.localdate()
    context = {"application": application, "today": today}
    context["sheets"] = sheets_of(application, user=request.user, on=today)
    return TemplateResponse(request, "loans/application_print.html", context)


@require_http_methods(["GET", "POST"])
def application_visit(request, pk):
    application = application_in_sight(request, pk, needs="loans.appraise_application")
    if is_too_late(request, application, "visit"):
        return redirect(application)
    form = VisitForm(request.POST or None, person=application.person, initial={"version": application.version})
    if form.is_valid():
        visit = partial(applications.record_visit, application=application, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, visit, said=_("The visit is saved.")):
            return answer
    return TemplateResponse(request, "loans/application_visit.html", {"application": application, "form": form})


@require_http_methods(["GET", "POST"])
def application_refuse(request, pk):
    application = application_in_sight(request, pk, needs="loans.refuse_application")
    if is_too_late(request, application, "refuse"):
        return redirect(application)
    form = RefuseForm(request.POST or None, initial={"version": application.version})
    if form.is_valid():
        refuse = partial(applications.refuse, application=application, by=request.user, **form.cleaned_data)
        if answer := act_once(
            request, form, refuse, said=_("Not approved. The applicant is told why, and what to do.")
        ):
            return answer
    return TemplateResponse(request, "loans/application_refuse.html", {"application": application, "form": form})


@require_http_methods(["GET", "POST"])
def application_withdraw(request, pk):
    """By the officer on the applicant's word, or by the applicant."""
    application = application_in_sight(request, pk, needs="loans.withdraw_application")
    if is_too_late(request, application, "withdraw"):
        return redirect(application)
    form = MoveForm(
        request.POST or None, button=_("Withdraw the application"), initial={"version": application.version}
    )
    if form.is_valid():
        withdraw = partial(applications.withdraw, application=application, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, withdraw, said=_("The application is withdrawn.")):
            return answer
    return TemplateResponse(request, "loans/application_withdraw.html", {"application": application, "form": form})
