"""When a client is called: what was tried in vain, and pauses with a reason."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework.actions import attempts, pauses
from casework.forms import AttemptForm, MoveForm, PauseForm
from casework.views.cases import case_in_sight
from journal.acting import act_once


@require_http_methods(["GET", "POST"])
def attempt_create(request, pk):
    case = case_in_sight(request, pk, needs="casework.work_case")
    form = AttemptForm(request.POST or None, initial={"version": case.version})
    if form.is_valid():
        log = partial(attempts.log, case=case, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, log, to=case, said=_("Saved. The call stays due.")):
            return answer
    tried = list(case.attempts.standing().select_related("by").order_by("-at", "-id")[:5])
    return TemplateResponse(request, "casework/attempt_create.html", {"case": case, "form": form, "tried": tried})


@require_http_methods(["GET", "POST"])
def pause_create(request, pk):
    case = case_in_sight(request, pk, needs="casework.work_case")
    form = PauseForm(request.POST or None, initial={"version": case.version})
    if form.is_valid():
        pause = partial(pauses.pause, case=case, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, pause, to=case, said=_("Saved. The client reads why, and until when.")):
            return answer
    standing = case.pauses.in_force(on=timezone.localdate()).first()
    return TemplateResponse(request, "casework/pause_create.html", {"case": case, "form": form, "standing": standing})


@require_POST
def pause_end(request, pk):
    case = case_in_sight(request, pk, needs="casework.work_case")
    form = MoveForm(request.POST)
    if form.is_valid():
        resume = partial(pauses.resume, case=case, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, resume, to=case, said=_("The client is to be called again.")):
            return answer
    messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect(case)
