from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Sex
from casework.actions import meetings
from casework.forms import CancelForm, ComingForm, MeetingForm, MoveForm
from casework.models import Meeting
from casework.pages import meeting as pages
from casework.views.cases import case_in_sight
from enterprises.discretion import silence_of
from journal.acting import act_once


def meeting_in_sight(request, pk, *, needs=None):
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).for_list(), pk=pk)
    if needs and not request.user.has_perm(needs, meeting):
        raise PermissionDenied(needs)
    return meeting


@require_http_methods(["GET", "POST"])
def meeting_create(request, pk):
    case = case_in_sight(request, pk, needs="casework.work_case")
    form = MeetingForm(request.POST or None, advisor=case.advisor)
    if form.is_valid():
        propose = partial(meetings.propose, case=case, by=request.user, **form.facts())
        said = _("The appointment is made. A client who lets us contact them gets a message, and says yes or no.")
        if answer := act_once(request, form, propose, said=said):
            return answer
    context = {
        "case": case,
        "form": form,
        "silence": silence_of(case.person),
        "standing": case.meetings.open().first(),
        "needs_company": case.person.sex == Sex.WOMAN and case.advisor.sex != Sex.WOMAN,
    }
    return TemplateResponse(request, "casework/meeting_create.html", context)


@require_safe
def meeting_detail(request, pk):
    meeting = meeting_in_sight(request, pk)
    return show(request, meeting, MoveForm(initial={"version": meeting.version}))


@require_POST
def meeting_confirm(request, pk):
    return moved(request, meeting_in_sight(request, pk), meetings.confirm, said=_("The client said yes."))


@require_POST
def meeting_decline(request, pk):
    said = _("The time is free again. Call the client for another one.")
    return moved(request, meeting_in_sight(request, pk), meetings.say_no, said=said)


@require_POST
def meeting_miss(request, pk):
    said = _("It is written down that the client was not there. Call them for another time.")
    return moved(request, meeting_in_sight(request, pk), meetings.miss, said=said)


@require_http_methods(["GET", "POST"])
def meeting_cancel(request, pk):
    meeting = meeting_in_sight(request, pk, needs="casework.work_case")
    form = CancelForm(request.POST or None, initial={"version": meeting.version})
    if form.is_valid():
        cancel = partial(meetings.cancel, meeting=meeting, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, cancel, said=_("It is called off, and the time is free again.")):
            return answer
    return TemplateResponse(request, "casework/meeting_cancel.html", {"meeting": meeting, "form": form})


@require_http_methods(["GET", "POST"])
def my_meeting(request, pk):
    """The client reads when and where, and says yes or no; the two buttons stand on their first page too."""
    meeting = meeting_in_sight(request, pk)
    form = ComingForm(request.POST or None, initial={"version": meeting.version})
    if form.is_valid():
        is_yes = form.cleaned_data["answer"] == ComingForm.YES
        answer_with, said = (
            (meetings.confirm, str(pages.asked(meeting).thanks))
            if is_yes
            else (meetings.say_no, _("Thank you for telling us. Your advisor calls you for another time."))
        )
        act = partial(answer_with, meeting=meeting, by=request.user, version=form.cleaned_data["version"])
        if answer := act_once(request, form, act, said=said, to="portal:my"):
            return answer
    context = {"meeting": meeting, "form": form} | pages.for_client(meeting, now=timezone.now())
    return TemplateResponse(request, "casework/my_meeting.html", context)


def moved(request, meeting, action, *, said):
    """Make a move that needs nothing but a button; a refusal is shown on the appointment's own page."""
    form = MoveForm(request.POST)
    if form.is_valid():
        act = partial(action, meeting=meeting, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, act, said=said):
            return answer
    return show(request, meeting, form)


def show(request, meeting, form):
    context = pages.gather(meeting, user=request.user, now=timezone.now()) | {"meeting": meeting, "form": form}
    return TemplateResponse(request, "casework/meeting_detail.html", context)
