from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import throttles
from journal.acting import act_once
from kit import phones
from loans.actions import guarantors, vouching
from loans.conditions import why_not_yet
from loans.forms import GuarantorForm, MoveForm, SaidForm, SignedForm, TakeBackForm
from loans.guarantee import guarantors_left, may_add
from loans.models import Guarantor
from loans.pages import application as pages
from loans.views.sight import OF_APPLICATION, application_in_sight, is_too_late

# Far more than an officer meets, far too few to try whose card a number is, or who is whose relative.
GUARANTORS_A_DAY, DAY = 40, 86_400


@require_http_methods(["GET", "POST"])
def application_guarantors(request, pk):
    """Who vouches: add one after the other, then hand the application to the committee."""
    application = application_in_sight(request, pk, needs="loans.appraise_application")
    if not may_add(application) and is_too_late(request, application, "visit"):
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


WITH = ("person", *(f"application__{name}" for name in OF_APPLICATION))


def guarantor_in_sight(request, pk):
    found = get_object_or_404(Guarantor.objects.visible_to(request.user).select_related(*WITH), pk=pk)
    if not request.user.has_perm("loans.keep_guarantors", found.application):
        raise PermissionDenied("loans.keep_guarantors")
    return found


@require_http_methods(["GET", "POST"])
def guarantor_consent(request, pk):
    """What it means, and how they say yes: by the code on their phone, or with their signature before a witness."""
    guarantor = guarantor_in_sight(request, pk)
    if guarantor.has_consented or not guarantor.application.is_open:
        return guarantor_release(request, guarantor)
    if not guarantor.is_named:
        messages.error(request, _("Write them down again with the name as on the card."))
        return redirect("loans:application-guarantors", guarantor.application_id)
    form = SignedForm(request.POST if "witness" in request.POST else None)
    said = SaidForm(request.POST if "code" in request.POST else None, auto_id="said_%s")
    if form.is_valid():
        agree = partial(vouching.agree_on_paper, guarantor=guarantor, by=request.user, **form.cleaned_data)
        to = reverse("loans:application-guarantors", args=[guarantor.application_id])
        if answer := act_once(request, form, agree, to=to, said=_("Their yes is written down.")):
            return answer
    if said.is_valid():
        try:
            vouching.agree_by_code(
                guarantor=guarantor,
                digits=said.cleaned_data["code"],
                source=throttles.address_of(request),
                by=request.user,
            )
        except ValidationError as refusal:
            said.add_error("code", refusal)
        else:
            messages.success(request, _("Their yes is written down."))
            return redirect("loans:application-guarantors", guarantor.application_id)
    context = {"guarantor": guarantor, "form": form, "said": said}
    context["may_send"] = vouching.has_phone_of_own(guarantor)
    # The file's, not what the officer typed: enough to ask its owner.
    context["number"] = phones.masked(guarantor.person.phone)
    return TemplateResponse(request, "loans/guarantor_consent.html", context)


def guarantor_release(request, guarantor):
    """They take it back, until the money is given."""
    form = TakeBackForm(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        take_back = partial(vouching.take_back, guarantor=guarantor, by=request.user, **form.cleaned_data)
        if answer := act_once(
            request, form, take_back, to=guarantor.application.get_absolute_url(), said=_("They do not vouch any more.")
        ):
            return answer
    return TemplateResponse(request, "loans/guarantor_consent.html", {"guarantor": guarantor, "form": form})


@require_POST
def guarantor_send(request, pk):
    guarantor = guarantor_in_sight(request, pk)
    onward = redirect("loans:guarantor-consent", guarantor.pk)
    if not throttles.allow(f"guarantors:{request.user.pk}", limit=GUARANTORS_A_DAY, seconds=DAY):
        said = _("You wrote down very many guarantors today. Go on tomorrow, or ask a colleague.")
        messages.error(request, said)
        return onward
    try:
        vouching.send_code(guarantor=guarantor, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The code is on its way to their phone."))
    return onward
