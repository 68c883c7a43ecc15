"""Referrals besides the lender, and what came of each."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework.actions import introductions
from casework.forms import IntroductionForm, OfferForm, OutcomeForm
from casework.models import Introduction
from casework.pages import introductions as pages
from casework.views.cases import case_in_sight
from journal.acting import act_once


@require_http_methods(["GET", "POST"])
def introduction_create(request, pk):
    case = case_in_sight(request, pk, needs="casework.work_case")
    form = IntroductionForm(request.POST or None, initial={"version": case.version})
    if form.is_valid():
        send = partial(introductions.send, case=case, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, send, to=case, said=_("Saved. In 14 days you are reminded to ask.")):
            return answer
    context = {"case": case, "form": form, "waiting": case.introductions.waiting().order_by("at", "pk")}
    return TemplateResponse(request, "casework/introduction_create.html", context)


@require_http_methods(["GET", "POST"])
def introduction_detail(request, pk):
    """What it says and, while nobody knows what came of it, the form that says so."""
    sent = get_object_or_404(Introduction.objects.visible_to(request.user).for_list(), pk=pk)
    if request.method == "POST" and not request.user.has_perm("casework.work_case", sent):
        raise PermissionDenied("casework.work_case")
    form = OutcomeForm(request.POST or None, talks=pages.talks_since(sent), initial={"version": sent.version})
    if form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "contact" or value}
        tell = introductions.answer if "contact" in said else introductions.end
        act = partial(tell, sent=sent, by=request.user, **said)
        if answer := act_once(request, form, act, to=sent.case, said=_("Saved.")):
            return answer
    return show(request, sent, form)


@require_POST
def introduction_offer(request, pk):
    """Whether something on file is what the client was sent for; a refusal is shown on the referral's own page."""
    sent = get_object_or_404(Introduction.objects.visible_to(request.user).for_list(), pk=pk)
    if not request.user.has_perm("casework.work_case", sent):
        raise PermissionDenied("casework.work_case")
    form = OfferForm(request.POST)
    if form.is_valid():
        is_answer, said = form.cleaned_data.pop("is_answer"), form.cleaned_data
        act = partial(introductions.say_yes if is_answer else introductions.say_no, sent=sent, by=request.user, **said)
        words = _("Saved.") if is_answer else _("Saved. Nobody asks of it again.")
        if answer := act_once(request, form, act, to=sent.case if is_answer else sent, said=words):
            return answer
    sent.refresh_from_db()
    outcome = OutcomeForm(talks=pages.talks_since(sent), initial={"version": sent.version})
    return show(request, sent, outcome, refused=form)


def show(request, sent, form, *, refused=None):
    context = pages.gather(sent, user=request.user, today=timezone.localdate())
    context |= {"sent": sent, "form": form, "refused": refused}
    return TemplateResponse(request, "casework/introduction_detail.html", context)
