"""The borrower's own pages: where my application is, and what is paid, what is next, what is left."""

from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from loans.conditions import lacks_of, papers_lacking, standing, to_hand_in
from loans.forms import CheckForm
from loans.guarantee import guarantors_left
from loans.pages import application as application_pages
from loans.pages import loan as loan_pages
from loans.pages import precheck as precheck_pages
from loans.pages.arrears import agreed_now
from loans.pages.mine import next_instalment, nothing_due
from loans.pages.requests import requests_of
from loans.pages.waits import waits_in_words
from loans.views.sight import application_in_sight, loan_in_sight


@require_safe
def my_loan(request, pk):
    loan = loan_in_sight(request, pk)
    today = timezone.localdate()
    page = loan_pages.gather(loan, user=request.user, on=today)
    next_step = next_instalment(page, on=today)
    context = {"page": page, "next_step": next_step, "today": today}
    context["agreed"] = agreed_now(loan, on=today) if loan.is_live else None
    if next_step is None:
        context["nothing_due"] = nothing_due(loan)
    return TemplateResponse(request, "loans/my_loan.html", context)


@require_safe
def my_application(request, pk):
    application = application_in_sight(request, pk)
    today, left = timezone.localdate(), guarantors_left(application)
    lacks = lacks_of([application]).get(application.pk, [])
    lacking = papers_lacking(application) if application.is_open else []
    next_step = application_pages.next_step_of(application, left, lacks, on=today, is_own=True)
    context = {
        "application": application,
        "standing": standing(application, left, lacks),
        "next_step": next_step,
        "road": application_pages.road_of(application, left),
        "facts": [*application_pages.facts_of(application, is_own=True), *waits_in_words(application, on=today)],
        "may_withdraw": application.is_open and request.user.has_perm("loans.withdraw_application", application),
        "loan": getattr(application, "loan", None),
        "papers_url": reverse("portal:my-papers", query={"ref": application.enterprise.reference}),
        # The next step says it once.
        "lacking": [] if next_step and next_step["actions"] else to_hand_in(lacking),
        "in_check": [kind.label for kind in lacking if kind.is_in_check],
        "needed": application_pages.needed_of(application, user=request.user),
        "requests": requests_of(application, user=request.user),
        "today": today,
    }
    return TemplateResponse(request, "loans/my_application.html", context)


@require_safe
def my_check(request):
    """Before anybody applies: what stands in the way of a loan, what to do, and who does it. Nothing is kept."""
    person, today = request.user.person, timezone.localdate()
    enterprise = precheck_pages.own_enterprise(person, reference=request.GET.get("ref", ""))
    if enterprise is None:
        return redirect("portal:my")
    offers = precheck_pages.own_offers(enterprise, on=today)
    is_asked = "offer" in request.GET
    form = CheckForm(request.GET if is_asked else None, offers=offers, initial={"ref": enterprise.reference})
    page = None
    if is_asked and form.is_valid():
        page = precheck_pages.own_page(person, enterprise, reader=request.user, on=today, asked=form.cleaned_data)
    return TemplateResponse(request, "loans/my_check.html", {"form": form, "page": page, "enterprise": enterprise})
