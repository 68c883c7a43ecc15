from functools import partial

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import throttles
from enterprises.models import Enterprise
from journal.acting import act_once
from loans.actions import applications, loans
from loans.conditions import conditions, guarantors_left, why_not_yet
from loans.forms import DisburseForm, GuarantorForm, MoveForm, RefuseForm, VisitForm, VoteForm
from loans.pages import application as pages
from loans.views.sight import application_in_sight, is_at_desk, is_too_late

# Far more than an officer meets, far too few to try whose card a number is, or who is whose relative.
GUARANTORS_A_DAY, DAY = 40, 86_400


@require_safe
def application_detail(request, pk):
    application = application_in_sight(request, pk)
    if request.user.is_entrepreneur:
        return redirect("loans:my-application", application.pk)
    today = timezone.localdate()
    page = pages.gather(application, user=request.user, on=today)
    context = {"page": page, "today": today, "is_lender": is_at_desk(request.user)}
    context["needed"] = pages.needed_of(application, user=request.user)
    # Whom nobody shares any more nobody calls from here.
    is_shared = application.unshared_at is None
    context["may_visit"] = is_shared and request.user.has_perm("loans.appraise_application", application)
    seen = Enterprise.objects.visible_to(request.user).filter(pk=application.enterprise_id)
    context["may_see_papers"] = request.user.is_colleague and seen.exists()
    return TemplateResponse(request, "loans/application_detail.html", context)


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
        add = partial(applications.add_guarantor, application=application, by=request.user, **form.facts())
        if answer := act_once(request, form, add, said=_("The guarantor is written down."), to=request.path):
            return answer
    return guarantors_page(request, application, form=form)


@require_POST
def application_verify(request, pk):
    application = application_in_sight(request, pk, needs="loans.appraise_application")
    form = verify_form(request.POST, application)
    if form.is_valid():
        verify = partial(applications.verify_guarantors, application=application, by=request.user, **form.cleaned_data)
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


@require_http_methods(["GET", "POST"])
def application_vote(request, pk):
    application = application_in_sight(request, pk, needs="loans.vote_on_application")
    if is_too_late(request, application, "approve") or has_voted(request, application):
        return redirect(application)
    initial = {"version": application.version, "amount": application.amount_wanted}
    form = VoteForm(request.POST or None, initial=initial)
    if form.is_valid():
        vote = partial(applications.vote, application=application, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, vote, said=_("Your vote is counted.")):
            return answer
    page = pages.gather(application, user=request.user, on=timezone.localdate())
    return TemplateResponse(request, "loans/application_vote.html", {"page": page, "form": form})


def has_voted(request, application):
    """Whether the form has nothing to ask this member any more; they are told why."""
    if request.method != "GET" or not application.votes.filter(member=request.user).exists():
        return False
    messages.warning(request, _("You have voted on this application already."))
    return True


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
