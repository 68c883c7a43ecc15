"""The entrepreneur's own courses."""

from functools import partial

from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.models import Enterprise
from journal.acting import act_once
from training.actions import enrolments
from training.forms import JoinForm
from training.models import CourseRun
from training.pages import enrolments as places


@require_safe
def my_courses(request):
    own = places.own(request.user.person, now=timezone.now())
    return TemplateResponse(request, "training/my_courses.html", {"places": own})


@require_http_methods(["GET", "POST"])
def run_join(request, pk):
    """Take a seat oneself, or the next place on the waiting list."""
    run = get_object_or_404(CourseRun.objects.for_list(), pk=pk)
    owned = Enterprise.objects.visible_to(request.user).unmerged().order_by("-registered_at", "-id")
    button = _("Yes, book my seat") if run.seats_left else _("Yes, put me on the waiting list")
    form = JoinForm(request.POST or None, enterprises=owned, button=button)
    if form.is_valid():
        person, enterprise = request.user.person, form.cleaned_data["enterprise"]
        enrol = partial(enrolments.enrol, run=run, enterprise=enterprise, person=person, by=request.user)
        if answer := act_once(request, form, enrol, said=_("Saved. This is your place on the course.")):
            return answer
    return TemplateResponse(request, "training/run_join.html", {"run": run, "form": form, "has_business": owned})
