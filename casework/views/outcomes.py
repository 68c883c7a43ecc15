"""Results: read and written on a case, and asked of the client."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.actions import outcomes
from casework.forms import ButtonForm, FollowUpForm, MeasureForm, MoveForm, RemoveMeasureForm, ToldFollowUpForm
from casework.models import FollowUp, Measure
from casework.pages import outcomes as pages
from casework.states import FollowUpState
from casework.views import undo
from casework.views.cases import case_in_sight
from journal.acting import act_once


@require_safe
def outcome_list(request, pk):
    case = case_in_sight(request, pk)
    context = pages.gather(case, user=request.user) | {"case": case}
    return TemplateResponse(request, "casework/outcome_list.html", context)


@require_http_methods(["GET", "POST"])
def outcome_create(request, pk):
    case = case_in_sight(request, pk, needs="casework.measure_case")
    papers = outcomes.papers_of(case, by=request.user).select_related("kind").order_by("kind__order", "-uploaded_at")
    form = MeasureForm(request.POST or None, initial={"seen": pages.shown_of(case)}, papers=papers)
    if form.is_valid():
        note = partial(outcomes.note, case=case, by=request.user, **form.facts())
        to = pages_of(case)
        if answer := act_once(request, form, note, to=to, said=_("Saved.")):
            return answer
    return TemplateResponse(request, "casework/outcome_create.html", {"case": case, "form": form})


@require_http_methods(["GET", "POST"])
def outcome_answer(request, pk):
    """What the client told a colleague; who may only read sees what was answered."""
    follow_up = get_object_or_404(FollowUp.objects.visible_to(request.user).for_list(), pk=pk)
    return answered(request, follow_up, ToldFollowUpForm, "casework/outcome_answer.html", to=follow_up)


@require_http_methods(["GET", "POST"])
def my_outcome(request, pk):
    """The client answers, puts the answer right, or says that what was written down for them is right."""
    follow_up = get_object_or_404(FollowUp.objects.visible_to(request.user).for_list(), pk=pk)
    confirm = MoveForm(request.POST if "confirm" in request.POST else None)
    if confirm.is_valid():
        act = partial(outcomes.confirm, follow_up=follow_up, by=request.user, version=confirm.cleaned_data["version"])
        if answer := act_once(request, confirm, act, to="portal:my", said=_("Thank you. The answers are saved.")):
            return answer
    more = {"confirm": confirm, "last_day": follow_up.answer_again_until}
    return answered(request, follow_up, FollowUpForm, "casework/my_outcome.html", to="portal:my", **more)


@require_http_methods(["GET", "POST"])
def measure_remove(request, pk):
    measure = get_object_or_404(Measure.objects.visible_to(request.user).select_related("case__person"), pk=pk)
    if not request.user.has_perm("casework.remove_measure", measure):
        raise PermissionDenied("casework.remove_measure")
    form = RemoveMeasureForm(request.POST or None)
    if form.is_valid():
        remove = partial(outcomes.remove, measure=measure, by=request.user, **form.cleaned_data)
        said = _("It is taken out of all totals. For 30 days you can put it back: see Take something back.")
        if answer := act_once(request, form, remove, to=pages_of(measure.case), said=said):
            return answer
    context = {"case": measure.case, "measure": measure, "value": pages.said(measure), "form": form}
    return TemplateResponse(request, "casework/measure_remove.html", context)


@require_POST
def measure_restore(request, pk):
    measure = get_object_or_404(Measure.objects.visible_to(request.user), pk=pk)
    form = ButtonForm(request.POST)
    form.is_valid()
    put_back = partial(outcomes.put_back, measure=measure, by=request.user)
    return act_once(request, form, put_back, to="casework:undo-list", said=_("The result is back.")) or undo.show(
        request, form
    )


def answered(request, follow_up, form_class, template, *, to, **more):
    """The questions, while they can be answered; afterwards the answers, and for the client the questions once more."""
    is_open = follow_up.state != FollowUpState.ANSWERED
    may_answer = request.user.has_perm("casework.answer_follow_up", follow_up)
    may_again = request.user.has_perm("casework.answer_follow_up_again", follow_up)
    is_sent = request.method == "POST" and "confirm" not in request.POST
    if request.method == "POST" and not may_answer:
        raise PermissionDenied("casework.answer_follow_up")
    form = None
    if is_sent or (is_open and may_answer) or may_again:
        initial = {"version": follow_up.version} | pages.own_words(follow_up)
        form = form_class(request.POST if is_sent else None, initial=initial, last=pages.last_said(follow_up.case))
        if form.is_valid():
            act = partial(outcomes.answer, follow_up=follow_up, by=request.user, **form.facts())
            if answer := act_once(request, form, act, to=to, said=_("Thank you. The answers are saved.")):
                return answer
    context = {"follow_up": follow_up, "case": follow_up.case, "form": form, "is_open": is_open} | more
    context |= {} if is_open else pages.answers_of(follow_up)
    return TemplateResponse(request, template, context)


def pages_of(case):
    """Where all results of the case stand."""
    return FollowUp(case=case).get_absolute_url()
