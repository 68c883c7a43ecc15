from functools import partial

from django.forms import Form
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework import panels
from casework.actions import referrals
from casework.forms import ReferralForm
from casework.pages.business_plan import of_loan
from casework.views.cases import case_in_sight
from casework.wordings import CURRENT, FAMILY_IS_MET
from enterprises.actions import consents
from enterprises.models import Consent
from journal.acting import act_once


@require_http_methods(["GET", "POST"])
def referral_create(request, pk):
    """Hand the client to the lender, or read what is still missing for that."""
    case = case_in_sight(request, pk, needs="casework.work_case")
    branches = referrals.branches_for(case)
    initial = {"version": case.version, "to_office": branches.values_list("code", flat=True).first()}
    shown = panels.shown_for(request, case, is_referring=True)
    asks_reason = panels.asks_reason(shown)
    form = ReferralForm(request.POST or None, branches=branches, asks_reason=asks_reason, initial=initial)
    if form.is_valid():
        refer = partial(referrals.refer_to_lender, case=case, by=request.user, **form.cleaned_data)
        said = _("The lender has the referral and answers within five working days.")
        if answer := act_once(request, form, refer, to=case, said=said):
            return answer
    plan = case.business_plans.approved().order_by("number").last()
    context = {
        "case": case,
        "form": form,
        "obstacle": referrals.obstacle(case),
        "told": FAMILY_IS_MET[CURRENT],
        "sentence": Consent.Kind.SHARE.label,
        "has_branches": branches.exists(),
        "panels": shown,
        "plan": plan,
        "answers": of_loan(plan) if plan else [],
    }
    return TemplateResponse(request, "casework/referral_create.html", context)


@require_POST
def consent_create(request, pk):
    """Note that the client said yes to being shared, in the words that were read to them."""
    case = case_in_sight(request, pk, needs="casework.work_case")
    form = Form(request.POST)
    form.is_valid()
    give = partial(consents.give, person=case.person, kind=Consent.Kind.SHARE, by=request.user)
    onward = reverse("casework:referral-create", args=[pk])
    return act_once(request, form, give, to=onward, said=_("The permission is noted. You can refer the client now."))
