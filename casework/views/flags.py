"""Flags of a case, for colleagues alone."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework.actions import flags
from casework.forms import ClearForm, FlagForm, MoveForm
from casework.models import Flag
from casework.pages import flags as pages
from casework.views.cases import case_in_sight
from journal.acting import act_once


def flag_in_sight(request, pk, *, needs=None):
    flag = get_object_or_404(Flag.objects.visible_to(request.user).for_list(), pk=pk)
    if needs and not request.user.has_perm(needs, flag):
        raise PermissionDenied(needs)
    return flag


@require_http_methods(["GET", "POST"])
def flag_create(request, pk):
    case = case_in_sight(request, pk, needs="casework.raise_flag")
    posts = flags.posts_for(case, on=timezone.localdate())
    form = FlagForm(request.POST or None, posts=posts, initial={"owner": case.advisor_id})
    if form.is_valid():
        raise_flag = partial(flags.raise_flag, case=case, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, raise_flag, said=_("The flag stands on the list of whoever sees to it.")):
            return answer
    return TemplateResponse(request, "casework/flag_create.html", {"case": case, "form": form})


@require_http_methods(["GET", "POST"])
def flag_detail(request, pk):
    """What it says, and where whoever may settles it."""
    flag = flag_in_sight(request, pk, needs="casework.clear_flag" if request.method == "POST" else None)
    form = ClearForm(request.POST or None, initial={"version": flag.version})
    if form.is_valid():
        clear = partial(flags.clear, flag=flag, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, clear, said=_("The flag is settled. You can take this back for 30 days.")):
            return answer
    return show(request, flag, form)


@require_POST
def flag_restore(request, pk):
    flag = flag_in_sight(request, pk, needs="casework.restore_flag")
    form = MoveForm(request.POST)
    if form.is_valid():
        restore = partial(flags.raise_again, flag=flag, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, restore, said=_("The flag is raised again.")):
            return answer
    return show(request, flag, form)


def show(request, flag, form):
    context = pages.gather(flag, user=request.user, today=timezone.localdate())
    return TemplateResponse(request, "casework/flag_detail.html", context | {"flag": flag, "form": form})
