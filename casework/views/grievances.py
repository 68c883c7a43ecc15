"""Complaints on the desk of who answers them, and one that a colleague writes down for somebody."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.actions import grievances
from casework.forms import AnswerForm, DirectForm, InternalNoteForm, ToldComplaintForm
from casework.models import Grievance
from casework.pages import grievances as pages
from casework.views.complaints import told
from journal.acting import act_once
from journal.once import once_for


def grievance_in_sight(request, pk, *, needs=None):
    """The complaint: 404 where it is out of sight, 403 where the permission `needs` lacks."""
    grievance = get_object_or_404(Grievance.objects.visible_to(request.user).for_list(), pk=pk)
    if needs and not request.user.has_perm(needs, grievance):
        raise PermissionDenied(needs)
    return grievance


@require_safe
def grievance_list(request):
    is_closed = request.GET.get("closed") == "1"
    after = request.GET.get("after", "")
    found = pages.gather(request.user, on=timezone.localdate(), is_closed=is_closed, after=after)
    may_write = request.user.has_perm("casework.make_grievance")
    context = {"complaints": found, "may_write": may_write}
    return TemplateResponse(request, "casework/grievance_list.html", context)


@require_safe
def grievance_figures(request):
    """By sex, and by how they stand: an answer is counted apart from a remedy."""
    return TemplateResponse(request, "casework/grievance_figures.html", {"figures": pages.figures(request.user)})


@require_safe
def grievance_detail(request, pk):
    grievance = grievance_in_sight(request, pk)
    context = {"page": pages.detail(grievance, user=request.user), "today": timezone.localdate()}
    return TemplateResponse(request, "casework/grievance_detail.html", context)


@require_http_methods(["GET", "POST"])
def grievance_create(request):
    """What somebody says at the counter or on the telephone, in their words."""
    form = ToldComplaintForm(request.POST or None)
    if form.is_valid():
        make = partial(grievances.make, by=request.user, language=get_language(), **form.facts())
        return once_for(request, form, lambda: told(request, make()))
    return TemplateResponse(
        request,
        "casework/grievance_create.html",
        {"form": form, "reads_list": request.user.has_perm("casework.list_grievances")},
    )


@require_http_methods(["GET", "POST"])
def grievance_answer(request, pk):
    grievance = grievance_in_sight(request, pk, needs="casework.answer_grievance")
    form = AnswerForm(request.POST or None, initial={"version": grievance.version})
    if form.is_valid():
        facts = form.cleaned_data
        answer = partial(
            grievances.answer,
            grievance=grievance,
            by=request.user,
            version=facts["version"],
            text=facts["text"],
            is_remedied=facts["stands"] == "remedied",
        )
        if done := act_once(request, form, answer, said=_("The answer is sent.")):
            return done
    heading = _("Answer the complaint")
    return TemplateResponse(request, "casework/grievance_write.html", writing(grievance, form, heading))


@require_http_methods(["GET", "POST"])
def grievance_note(request, pk):
    grievance = grievance_in_sight(request, pk, needs="casework.answer_grievance")
    form = InternalNoteForm(request.POST or None, initial={"version": grievance.version})
    if form.is_valid():
        note = partial(grievances.note, grievance=grievance, by=request.user, **form.cleaned_data)
        if done := act_once(request, form, note, said=_("The note is saved.")):
            return done
    heading = _("Note for colleagues")
    return TemplateResponse(request, "casework/grievance_write.html", writing(grievance, form, heading))


@require_http_methods(["GET", "POST"])
def grievance_direct(request, pk):
    """Whom it is about: if that is who has it, it goes to another, and may be out of sight from then on."""
    grievance = grievance_in_sight(request, pk, needs="casework.direct_grievance")
    initial = {
        "version": grievance.version,
        "about_office": grievance.about_office,
        "about_user": grievance.about_user,
    }
    form = DirectForm(request.POST or None, initial=initial)
    if form.is_valid():
        direct = partial(grievances.direct, grievance=grievance, by=request.user, **form.cleaned_data)
        if done := act_once(request, form, direct, to="casework:grievance-list", said=said_of_owner):
            return done
    heading = _("Whom is it about?")
    return TemplateResponse(request, "casework/grievance_write.html", writing(grievance, form, heading))


def said_of_owner(grievance):
    owner = grievance.owner or grievance.office
    return _("Saved. {owner} has it.").format(owner=owner)


def writing(grievance, form, heading):
    return {"grievance": grievance, "form": form, "heading": heading}
