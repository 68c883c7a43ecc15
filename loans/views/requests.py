from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from journal.acting import act_once
from loans.actions import requests
from loans.forms import AnswerForm, AskForm, NotNeededForm
from loans.models import Request
from loans.pages.requests import paper_url, paper_url_of_colleague
from loans.views.sight import OF_APPLICATION, application_in_sight, is_too_late

WITH = ("paper", "asked_by", "ended_by", "document", *(f"application__{name}" for name in OF_APPLICATION))


@require_http_methods(["GET", "POST"])
def request_create(request, pk):
    """Ask for one thing that is missing; only that is open again."""
    application = application_in_sight(request, pk, needs="loans.ask_applicant")
    if is_too_late(request, application, "withdraw"):
        return redirect(application)
    form = AskForm(request.POST or None, initial={"version": application.version})
    if form.is_valid():
        ask = partial(requests.ask, application=application, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, ask, to=application.get_absolute_url(), said=_("It is asked for.")):
            return answer
    return TemplateResponse(request, "loans/request_create.html", {"application": application, "form": form})


@require_http_methods(["GET", "POST"])
def request_detail(request, pk):
    """For colleagues: the advisor answers for the client, the branch says that it is not needed any more."""
    asked = in_sight(request, pk)
    if request.user.has_perm("loans.answer_request", asked):
        return answered(request, asked, "loans/request_detail.html", paper=paper_url_of_colleague)
    if request.method == "POST" and not request.user.has_perm("loans.withdraw_request", asked):
        raise PermissionDenied("loans.withdraw_request")
    form = NotNeededForm(request.POST or None, initial={"version": asked.version})
    if form.is_valid():
        withdraw = partial(requests.withdraw, asked=asked, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, withdraw, said=_("Nobody is asked for it any more.")):
            return answer
    may_act = asked.is_open and request.user.has_perm("loans.withdraw_request", asked)
    return TemplateResponse(request, "loans/request_detail.html", {"asked": asked, "form": form, "may_act": may_act})


@require_http_methods(["GET", "POST"])
def my_request(request, pk):
    """What is needed, why, and how: a paper is sent, a question answered here."""
    return answered(request, in_sight(request, pk), "loans/my_request.html", paper=paper_url)


def in_sight(request, pk):
    return get_object_or_404(Request.objects.visible_to(request.user).select_related(*WITH), pk=pk)


def answered(request, asked, template, *, paper):
    """Answer in words; of a paper the page leads to where it is handed in."""
    form = AnswerForm(request.POST or None, initial={"version": asked.version})
    if form.is_valid():
        say = partial(requests.answer, asked=asked, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, say, to=request.path, said=_("The lender has the answer.")):
            return answer
    url = paper(asked) if asked.paper and asked.is_open else ""
    context = {"asked": asked, "form": form, "may_act": asked.is_open and not asked.paper, "paper_url": url}
    return TemplateResponse(request, template, context | {"today": timezone.localdate()})
