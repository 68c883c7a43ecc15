"""The filters of the list of cases that a colleague keeps for themselves."""

from functools import partial

from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework.actions import filters
from casework.forms import ButtonForm, CaseFilterForm, RenameForm, SavedFilterForm
from casework.models import SavedFilter
from casework.pages import cases as case_lists
from casework.pages import filters as pages
from journal.acting import act_once
from journal.once import answered


def filter_form(request, chosen):
    """The form of the list, with what is chosen, and the colleagues whom the reader may ask for."""
    return CaseFilterForm(chosen, team=case_lists.team_of(request.user, on=timezone.localdate()))


@require_http_methods(["GET", "POST"])
def filter_create(request):
    listed = filter_form(request, request.GET)
    chosen = pages.chosen_in(listed)
    form = SavedFilterForm(request.POST or None)
    if form.is_valid():
        keep = partial(filters.keep, by=request.user, chosen=chosen, **form.cleaned_data)
        if answer := act_once(request, form, keep, said=_("The filter stands above the list.")):
            return answer
    context = {"form": form, "words": pages.in_words(listed, chosen)}
    return TemplateResponse(request, "casework/filter_create.html", context)


@require_http_methods(["GET", "POST"])
def filter_detail(request, pk):
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
    form = RenameForm(request.POST or None, initial={"name": saved.name, "version": saved.version})
    if form.is_valid():
        rename = partial(filters.rename, saved=saved, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, rename, said=_("Saved.")):
            return answer
    words = pages.in_words(filter_form(request, {}), saved.chosen)
    return TemplateResponse(request, "casework/filter_detail.html", {"form": form, "saved": saved, "words": words})


@require_POST
def filter_delete(request, pk):
    """Pressed twice, it is deleted once: the second press finds nothing to delete, and is led to the list as well."""
    form = ButtonForm(request.POST)
    form.is_valid()
    if answer := answered(request, form.cleaned_data):
        return answer
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
    delete = partial(filters.delete, saved=saved, by=request.user)
    answer = act_once(request, form, delete, said=_("The filter is deleted."), to="casework:case-list")
    return answer or redirect("casework:filter-detail", pk=pk)
