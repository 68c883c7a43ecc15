"""One place on a course: enrolling a client, its page, giving it up, and its certificate."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.models import Enterprise, Person
from journal.acting import act_once
from training import papers
from training.actions import certificates, enrolments
from training.forms import EnrolForm, LeaveForm, RevokeForm
from training.models import Certificate, CourseRun, Enrolment
from training.pages import enrolments as pages

# As many dates as somebody reads out on the telephone; the calendar has the rest.
OFFERED = 12


def in_sight(request, pk):
    return get_object_or_404(Enrolment.objects.visible_to(request.user).for_list(), pk=pk)


@require_http_methods(["GET", "POST"])
def enrolment_create(request, enterprise_id):
    """An advisor enrols a client; only dates in the client's district, or online, are offered."""
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user).for_list(), pk=enterprise_id)
    if not request.user.has_perm("training.enrol_enterprise", enterprise):
        raise PermissionDenied
    person = Person.objects.contacts_of(enterprise).get()
    upcoming = CourseRun.objects.upcoming(on=timezone.localdate()).within_reach(enterprise.district_id)
    offered = upcoming.exclude(enrolments__in=Enrolment.objects.live().filter(person=person))
    runs = CourseRun.objects.filter(pk__in=offered.order_by("starts_on", "id").values("pk")[:OFFERED])
    form = EnrolForm(request.POST or None, runs=runs.for_list().order_by("starts_on", "id"), label=pages.choice_label)
    if form.is_valid():
        enrol = partial(enrolments.enrol, enterprise=enterprise, person=person, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, enrol, said=pages.outcome):
            return answer
    context = {"enterprise": enterprise, "person": person, "form": form, "has_runs": runs.exists()}
    return TemplateResponse(request, "training/enrolment_create.html", context)


@require_safe
def enrolment_detail(request, pk):
    enrolment = in_sight(request, pk)
    may_cancel = request.user.has_perm("training.cancel_enrolment", enrolment)
    is_own = request.user.is_entrepreneur
    place = pages.place_of(enrolment, may_cancel=may_cancel, is_own=is_own, now=timezone.now())
    may_revoke = place.certificate_url and request.user.has_perm("training.revoke_certificate", enrolment)
    again = pages.next_run(enrolment, on=timezone.localdate())
    context = {"place": place, "enrolment": enrolment, "may_revoke": may_revoke, "next_run": again}
    return TemplateResponse(request, "training/enrolment_detail.html", context)


@require_http_methods(["GET", "POST"])
def enrolment_cancel(request, pk):
    enrolment = in_sight(request, pk)
    if not request.user.has_perm("training.cancel_enrolment", enrolment):
        raise PermissionDenied
    form = LeaveForm(request.POST or None, initial={"version": enrolment.version})
    if form.is_valid():
        leave = partial(enrolments.cancel, enrolment=enrolment, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, leave, said=_("The place was given up.")):
            return answer
    return TemplateResponse(request, "training/enrolment_cancel.html", {"enrolment": enrolment, "form": form})


@require_safe
def certificate_pdf(request, pk):
    """The paper, as an attachment, for whoever sees the place; a certificate taken back has none."""
    visible = Certificate.objects.visible_to(request.user).valid()
    certificate = get_object_or_404(visible.for_paper(), pk=pk)
    address = request.build_absolute_uri(reverse("training:verify", args=[certificate.code]))
    paper = papers.certificate_pdf(certificate, address=address)
    name = f"certificate-{certificate.code}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(paper, content_type="application/pdf", headers=headers)


@require_http_methods(["GET", "POST"])
def certificate_revoke(request, pk):
    certificate = get_object_or_404(Certificate.objects.visible_to(request.user).valid().for_paper(), pk=pk)
    if not request.user.has_perm("training.revoke_certificate", certificate.enrolment):
        raise PermissionDenied
    form = RevokeForm(request.POST or None)
    if form.is_valid():
        revoke = partial(certificates.revoke, certificate=certificate, by=request.user, **form.cleaned_data)
        to = certificate.enrolment
        if answer := act_once(request, form, revoke, to=to, said=_("The certificate was taken back.")):
            return answer
    return TemplateResponse(request, "training/certificate_revoke.html", {"certificate": certificate, "form": form})
