"""Obstacles with authorities."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.actions import barriers
from casework.forms import BarrierForm, ButtonForm, JoinForm, MoveForm, SeeToForm
from casework.models import Barrier, BarrierReport
from casework.pages import barriers as pages
from casework.views import undo
from casework.views.cases import case_in_sight
from journal.acting import act_once

SHOWN = 200


@require_http_methods(["GET", "POST"])
def barrier_report(request, pk):
    case = case_in_sight(request, pk, needs="casework.report_barrier")
    form = BarrierForm(request.POST or None, known=pages.known_in(case))
    if form.is_valid():
        report = partial(barriers.report, case=case, by=request.user, **form.facts())
        if answer := act_once(request, form, report, to=case, said=_("Saved. It counts for the committee.")):
            return answer
    return TemplateResponse(request, "casework/barrier_report.html", {"case": case, "form": form})


@require_http_methods(["GET", "POST"])
def barrier_report_remove(request, pk):
    report = get_object_or_404(BarrierReport.objects.visible_to(request.user).for_list(), pk=pk)
    if not request.user.has_perm("casework.remove_barrier_report", report):
        raise PermissionDenied("casework.remove_barrier_report")
    form, case = ButtonForm(request.POST or None), report.case
    if form.is_valid():
        take_back = partial(barriers.take_back, report=report, by=request.user)
        said = _("It is taken out of all totals. For 30 days you can put it back: see Take something back.")
        if answer := act_once(request, form, take_back, to=case, said=said):
            return answer
    context = {"report": report, "case": case, "form": form}
    return TemplateResponse(request, "casework/barrier_report_remove.html", context)


@require_POST
def barrier_report_restore(request, pk):
    report = get_object_or_404(BarrierReport.objects.visible_to(request.user), pk=pk)
    form = ButtonForm(request.POST)
    form.is_valid()
    put_back = partial(barriers.put_back, report=report, by=request.user)
    said = _("The obstacle counts again.")
    return act_once(request, form, put_back, to="casework:undo-list", said=said) or undo.show(request, form)


@require_safe
def barrier_list(request):
    """All of them, the worst first."""
    rows = list(Barrier.objects.visible_to(request.user).worst_first().for_list()[: SHOWN + 1])
    context = {
        "columns": pages.columns(),
        "groups": pages.groups(rows[:SHOWN], is_linked=True),
        "shown": SHOWN if len(rows) > SHOWN else 0,
    }
    return TemplateResponse(request, "casework/barrier_list.html", context)


@require_http_methods(["GET", "POST"])
def barrier_detail(request, pk):
    barrier = barrier_in_sight(request, pk)
    form = None
    if request.user.has_perm("casework.see_to_barrier", barrier):
        initial = {"version": barrier.version, "what": barrier.what}
        initial |= {"owner": barrier.seen_to_by, "answer": barrier.came_of_it}
        form = SeeToForm(request.POST or None, initial=initial)
        if form.is_valid():
            see_to = partial(barriers.see_to, barrier=barrier, by=request.user, **form.cleaned_data)
            if answer := act_once(request, form, see_to, said=_("Saved. The committee reads it.")):
                return answer
    elif request.method == "POST":
        raise PermissionDenied("casework.see_to_barrier")
    return show(request, barrier, form)


@require_http_methods(["GET", "POST"])
def barrier_join(request, pk):
    barrier = barrier_in_sight(request, pk)
    alike = pages.alike(barrier)
    initial = {"version": barrier.version, "into": alike[0].pk if alike else None}
    form = JoinForm(request.POST or None, barrier=barrier, alike=alike, initial=initial)
    if form.is_valid():
        join = partial(barriers.join, barrier=barrier, by=request.user, **form.cleaned_data)
        said = _("Joined: they count together. You can take them apart on this page.")
        if answer := act_once(request, form, join, said=said):
            return answer
    return TemplateResponse(request, "casework/barrier_join.html", {"barrier": barrier, "form": form})


@require_POST
def barrier_part(request, pk):
    barrier = barrier_in_sight(request, pk)
    form = MoveForm(request.POST)
    if form.is_valid():
        part = partial(barriers.part, barrier=barrier, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, part, said=_("Taken apart: each counts alone again.")):
            return answer
    return show(request, barrier, form)


def barrier_in_sight(request, pk):
    return get_object_or_404(Barrier.objects.visible_to(request.user).with_counts().for_list(), pk=pk)


def show(request, barrier, form):
    may_see_to = request.user.has_perm("casework.see_to_barrier", barrier)
    context = {
        "barrier": barrier,
        "form": form,
        "is_form": isinstance(form, SeeToForm),
        "median": pages.days(barrier.median),
        "joined": barrier.joined.select_related("district").order_by("pk"),
        "may_see_to": may_see_to,
        "alike": pages.alike(barrier) if may_see_to and barrier.same_as is None else [],
        "wordings": pages.wordings(barrier) if may_see_to else [],
    }
    return TemplateResponse(request, "casework/barrier_detail.html", context)
