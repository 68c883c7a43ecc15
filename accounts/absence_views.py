"""Who is away: everybody enters their own days, a manager those of the colleagues at their offices."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import absences
from accounts.forms import AbsenceForm, LiftForm
from accounts.models import Absence
from journal.acting import act_once
from kit import paging

ORDER = ("-from_on", "-id")


@require_safe
def absence_list(request):
    """The newest first: one's own, or those of one's offices."""
    today = timezone.localdate()
    seen = Absence.objects.visible_to(request.user).for_list()
    page = paging.page(seen, order=ORDER, after=request.GET.get("after", ""))
    said_of = set(absences.may_be_said_of(request.user, on=today).values_list("pk", flat=True))
    offices = absences.offices_of([absence.user for absence in page.rows], on=today)
    rows = [
        row_of(absence, may_enter=absence.user_id in said_of, on=today) | {"office": offices.get(absence.user_id, "")}
        for absence in page.rows
    ]
    context = {"rows": rows, "page": page, "may_enter": may_enter(request.user), "today": today}
    return TemplateResponse(request, "accounts/absence_list.html", context)


@require_http_methods(["GET", "POST"])
def absence_create(request):
    today = timezone.localdate()
    users = absences.may_be_said_of(request.user, on=today)
    people = {"users": users, "offices": absences.offices_of(users, on=today)}
    form = AbsenceForm(request.POST or None, **people, initial={"user": request.user.pk, "from_on": today})
    if form.is_valid():
        enter = partial(absences.enter, by=request.user, **form.cleaned_data)
        said = _("Saved. Nobody new comes on these days.")
        if answer := act_once(request, form, enter, said=said, to="accounts:absence-list"):
            return answer
    return TemplateResponse(request, "accounts/absence_create.html", {"form": form})


@require_POST
def absence_lift(request, pk):
    absence = get_object_or_404(Absence.objects.visible_to(request.user), pk=pk)
    form = LiftForm(request.POST)
    if form.is_valid():
        lift = partial(absences.lift, absence=absence, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, lift, said=_("Saved: back at work."), to="accounts:absence-list"):
            return answer
    messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("accounts:absence-list")


def may_enter(user):
    return user.has_perm("accounts.enter_absence", user)


def row_of(absence, *, may_enter, on):
    """The line of the list: whether it is over, and whether the reader may lift it; no query of its own."""
    is_over = absence.lifted_at is not None or absence.until_on < on
    return {
        "absence": absence,
        "reason": absence.get_reason_display(),
        "is_over": is_over,
        "may_lift": may_enter and not is_over,
    }
