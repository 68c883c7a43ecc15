"""The trainer's pages: courses, one course with its people, and attendance."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from journal.acting import act_once
from training.actions import attendance
from training.forms import AttendanceForm
from training.models import CourseRun, Sitting
from training.pages import runs as pages
from training.states import Mark


@require_safe
def run_list(request):
    view = request.GET.get("view", "coming")
    view = view if view in pages.VIEWS else "coming"
    now = timezone.now()
    unmarked = Sitting.objects.filter(run__trainer=request.user).unmarked(now=now).order_by("starts_at", "id")
    context = {
        "listing": pages.listing(request.user, view=view, after=request.GET.get("after", "")),
        "chips": pages.chips(view),
        "next_sitting": unmarked.select_related("run__course", "run__office").first(),
        "today": timezone.localdate(now),
    }
    return TemplateResponse(request, "training/run_list.html", context)


def run_in_sight(request, pk):
    return get_object_or_404(CourseRun.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
def run_detail(request, pk):
    run, today = run_in_sight(request, pk), timezone.localdate()
    may_mark = request.user.has_perm("training.mark_attendance", run)
    classes = pages.classes(run, on=today)
    context = {
        "run": run,
        "to_mark": pages.to_mark(run, on=today) if may_mark else None,
        "classes": classes,
        "unplanned": pages.unplanned(run, planned=len(classes)),
        "people": pages.people(run, user=request.user, on=today),
        "waiting": pages.waiting(run, user=request.user),
    }
    return TemplateResponse(request, "training/run_detail.html", context)


@require_safe
def run_sheet(request, pk):
    run = run_in_sight(request, pk)
    return TemplateResponse(request, "training/run_sheet.html", {"run": run, **pages.sheet(run, user=request.user)})


@require_http_methods(["GET", "POST"])
def sitting_detail(request, pk):
    """Mark a whole class on one page. The client's own classes are on their own page."""
    if request.user.is_entrepreneur:
        return redirect(f"{reverse('training:my-courses')}#class-{pk}")
    sitting = get_object_or_404(
        Sitting.objects.visible_to(request.user).select_related("run__course", "run__district"), pk=pk
    )
    if not request.user.has_perm("training.mark_attendance", sitting):
        if request.method == "POST":
            raise PermissionDenied
        marked = pages.marked(sitting, user=request.user)
        return TemplateResponse(request, "training/sitting_read.html", {"sitting": sitting, "marked": marked})
    form = AttendanceForm(
        request.POST or None,
        enrolments=sitting.run.enrolments.seated().for_list().order_by("person__name", "id"),
        marks=dict(sitting.attendances.values_list("enrolment_id", "mark")),
        otherwise=Mark.ABSENT if sitting.is_held else Mark.PRESENT,
        initial={"version": sitting.version},
    )
    if form.is_valid():
        version = form.cleaned_data["version"]
        certified = pages.certified(sitting.run)
        mark = partial(attendance.mark, sitting=sitting, marks=form.marks, by=request.user, version=version)
        if answer := act_once(request, form, mark, to=sitting.run, said=_("Attendance is saved.")):
            if lost := certified - pages.certified(sitting.run):
                messages.warning(request, pages.taken_back(lost))
            return answer
    is_due = timezone.localdate(sitting.starts_at) <= timezone.localdate()
    return TemplateResponse(
        request, "training/sitting_detail.html", {"sitting": sitting, "form": form, "is_due": is_due}
    )
