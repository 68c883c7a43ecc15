"""Pages for everybody: the calendar of courses, and whether a certificate is genuine. Nobody needs to sign in."""

from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import throttles
from kit.errors import too_many
from training.actions import certificates
from training.forms import CourseFilterForm, VerifyForm, read_code
from training.models import Certificate, CourseRun
from training.pages import calendar
from training.pages.enrolments import why_waiting
from training.states import RunState

# Generous, because a whole camp shares one address; still 40 bits of code for 120 guesses in ten minutes.
CHECKS, WINDOW = 120, 600


@require_safe
def course_list(request):
    form = CourseFilterForm(request.GET)
    form.is_valid()
    asked = {name: request.GET[name] for name in form.cleaned_data if request.GET.get(name)}
    after = request.GET.get("after", "")
    found = calendar.gather(filters=form.cleaned_data, asked=asked, after=after, on=timezone.localdate())
    return TemplateResponse(
        request, "training/course_list.html", {"form": form, "page": found, "is_filtered": bool(asked)}
    )


@require_safe
def run_public(request, pk):
    run = get_object_or_404(CourseRun.objects.for_list(), pk=pk)
    is_entrepreneur = request.user.is_authenticated and request.user.is_entrepreneur
    sittings = list(run.sittings.order_by("number"))
    planned = max(len(sittings), run.sittings_planned)
    own = None
    if is_entrepreneur:
        own = run.enrolments.live().filter(person__user=request.user).with_ahead().select_related("run").first()
    context = {
        "run": run,
        "sittings": sittings,
        "planned": planned,
        "needed": certificates.classes_needed(planned=planned, percent=run.pass_percent),
        "own": own,
        "place": why_waiting(own, on=timezone.localdate()) if own and own.is_waiting else "",
        "is_entrepreneur": is_entrepreneur,
        "is_open": run.state == RunState.PLANNED and run.starts_on >= timezone.localdate(),
    }
    return TemplateResponse(request, "training/run_public.html", context)


@require_safe
def verify_start(request):
    form = VerifyForm(request.GET or None)
    if form.is_valid():
        return redirect("training:verify", form.cleaned_data["code"])
    return TemplateResponse(request, "training/verify_start.html", {"form": form})


@never_cache
@require_safe
def verify(request, code):
    """Genuine, taken back or unknown, in plain words; guesses from one address are counted."""
    if not throttles.allow_from(request, "verify", limit=CHECKS, seconds=WINDOW):
        return too_many(request, WINDOW)
    certificate = Certificate.objects.for_paper().filter(code=read_code(code)).first()
    status = 200 if certificate else 404
    return TemplateResponse(request, "training/verify.html", {"certificate": certificate, "code": code}, status=status)
