from functools import partial

from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.actions import referrals
from casework.forms import ReferralForm
from casework.views.acting import act_once
from casework.views.cases import case_in_sight


@require_http_methods(["GET", "POST"])
def referral_create(request, pk):
    """Hand the client to the lender, or read what is still missing for that."""
    case = case_in_sight(request, pk, needs="casework.work_case")
    branches = referrals.branches_for(case)
    initial = {"version": case.version, "to_office": branches.values_list("code", flat=True).first()}
    form = ReferralForm(request.POST or None, branches=branches, initial=initial)
    if form.is_valid():
        refer = partial(referrals.refer_to_lender, case=case, by=request.user, **form.cleaned_data)
        said = _("The lender has the referral and answers within five working days.")
        if answer := act_once(request, form, refer, to=case, said=said):
            return answer
    context = {"case": case, "form": form, "why_not": referrals.why_not(case), "has_branches": branches.exists()}
    return TemplateResponse(request, "casework/referral_create.html", context)
