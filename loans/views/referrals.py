from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.states import ReferralState
from journal.acting import act_once
from loans.actions import applications, referrals
from loans.actions.offers import offers_at
from loans.forms import DeclineForm, TakeUpForm
from loans.pages.referral import declined_before, facts_of, refused_before
from loans.views.sight import is_at_desk, referral_in_sight


@require_http_methods(["GET", "POST"])
def referral_detail(request, pk):
    """A client whom an advisor sends: read what is known, and take up the application."""
    referral = referral_in_sight(request, pk)
    may_take_up = referral.state == ReferralState.SENT and request.user.has_perm("loans.receive_application", referral)
    if request.method == "POST" and not request.user.has_perm("loans.receive_application", referral):
        raise PermissionDenied("loans.receive_application")
    form = take_up_form(request, referral)
    if form.is_valid():
        receive = partial(applications.receive, referral=referral, by=request.user, **form.cleaned_data)
        if answer := act_once(
            request, form, receive, said=_("The application is taken up. Next: visit the applicant.")
        ):
            return answer
    context = {
        "referral": referral,
        "facts": facts_of(referral),
        "refused": refused_before(referral, user=request.user),
        "declined": declined_before(referral, user=request.user),
        "form": form if may_take_up or form.is_bound else None,
        "may_decline": may_take_up,
        "is_lender": is_at_desk(request.user),
        "application": getattr(referral, "loan_application", None),
    }
    return TemplateResponse(request, "loans/referral_detail.html", context)


def take_up_form(request, referral):
    plan = referral.business_plan
    offers = offers_at(referral.to_office, district=referral.case.enterprise.district)
    wanted = {"amount": plan.loan_wanted, "months": plan.months} if plan else {}
    return TakeUpForm(request.POST or None, offers=offers, initial={"version": referral.version} | wanted)


@require_http_methods(["GET", "POST"])
def referral_decline(request, pk):
    referral = referral_in_sight(request, pk)
    if not request.user.has_perm("casework.answer_referral", referral):
        raise PermissionDenied("casework.answer_referral")
    if request.method == "GET" and referral.state != ReferralState.SENT:
        return redirect("loans:referral-detail", referral.pk)
    form = DeclineForm(request.POST or None, initial={"version": referral.version})
    if form.is_valid():
        decline = partial(referrals.decline, referral=referral, by=request.user, **form.cleaned_data)
        said = _("Sent back. The advisor tells the client why.")
        if answer := act_once(request, form, decline, said=said, to=reverse("loans:desk")):
            return answer
    return TemplateResponse(request, "loans/referral_decline.html", {"referral": referral, "form": form})
