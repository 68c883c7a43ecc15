"""Joining two records of one person: what it would do, the decision, and the way back."""

from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.actions import merge_plans, merges
from enterprises.merge_forms import JoinForm, SameBusinessForm, TwoPeopleForm, UndoForm
from enterprises.models import Merge, Person
from enterprises.pages import merges as pages
from journal.acting import act_once
from kit.paging import page


@require_safe
def merge_choose(request):
    """Two of the people found: lead on to the page that lays them side by side, the likelier one first."""
    form = TwoPeopleForm(request.GET, people=Person.objects.visible_to(request.user))
    if not form.is_valid():
        messages.error(request, _("Choose two people."))
        return redirect("enterprises:person-find")
    kept, gone = merge_plans.likelier(*form.cleaned_data["people"])
    return redirect("enterprises:merge-preview", kept.pk, gone.pk)


@require_http_methods(["GET", "POST"])
def merge_preview(request, kept, gone):
    """Both records side by side, what goes over and what speaks against it. The address says which one is kept."""
    if done := Merge.objects.visible_to(request.user).of_two(kept, gone):
        messages.info(request, _("These two records were joined already."))
        return redirect(done)
    people = Person.objects.visible_to(request.user)
    kept, gone = get_object_or_404(people, pk=kept), get_object_or_404(people, pk=gone)
    if kept == gone:
        raise Http404
    mine = merge_plans.enterprises_of(kept)
    shared = {one.pk for one in mine}
    theirs = [other for other in merge_plans.enterprises_of(gone) if other.pk not in shared]
    same_form = SameBusinessForm(request.GET, mine=mine, theirs=theirs)
    if request.method == "POST" and (query := same_form.other_than_shown(request.POST)):
        if "join" in request.POST:
            messages.warning(request, _("You changed your answer. Nothing is joined yet: look first at what it does."))
        return redirect(f"{request.path}{query}")
    is_told = not same_form.fields or same_form.is_valid()
    same = same_form.pairs() if is_told else ()
    plan = merge_plans.plan(kept=kept, gone=gone, same=same)
    may_join = is_told and not plan.refusals and request.user.has_perm("enterprises.merge_person", kept)
    shown = {"version": kept.version, "gone_version": gone.version}
    form = JoinForm(request.POST if request.method == "POST" else None, initial=shown, same=same)
    if request.method == "POST" and is_told and form.is_valid():
        act = partial(merges.merge, kept=kept, gone=gone, by=request.user, **form.cleaned_data)
        said = _("The two records are one now. Until %(day)s this can be undone here.") % {
            "day": pages.last_day(timezone.now())
        }
        if answer := act_once(request, form, act, said=said):
            return answer
    form = form if may_join or form.is_bound else None
    same_form.is_part = form is not None
    context = {
        "kept": kept,
        "gone": gone,
        "facts": pages.compared(kept, gone, viewer=request.user),
        "same_form": same_form if same_form.fields and not plan.is_wrong_way else None,
        "beside": pages.laid_beside(mine, theirs, viewer=request.user) if same_form.fields else [],
        "is_told": is_told and not plan.is_wrong_way,
        "turned": same_form.the_other_way_round(),
        "businesses": pages.businesses(plan),
        "refusals": plan.refusals,
        "columns": pages.columns(),
        "groups": pages.groups(plan.lines),
        "form": form,
        "needs_manager": is_told and not request.user.has_perm("enterprises.merge_people"),
    }
    return TemplateResponse(request, "enterprises/merge_preview.html", context)


@require_safe
def merge_list(request):
    """Records that were joined, the newest first."""
    found = page(
        Merge.objects.visible_to(request.user).for_list(), order=("-at", "-id"), after=request.GET.get("after")
    )
    context = {"page": found, "now": timezone.now()}
    return TemplateResponse(request, "enterprises/merge_list.html", context)


@require_safe
def merge_detail(request, pk):
    merge = get_object_or_404(Merge.objects.visible_to(request.user).for_list(), pk=pk)
    context = pages.of_merge(merge, at=timezone.now())
    context["form"] = UndoForm() if request.user.has_perm("enterprises.merge_person", merge.kept) else None
    return TemplateResponse(request, "enterprises/merge_detail.html", context)


@require_POST
def merge_undo(request, pk):
    """One click. What could not go back is said, and stays."""
    merge = get_object_or_404(Merge.objects.visible_to(request.user), pk=pk)
    form = UndoForm(request.POST)
    left = []

    def act():
        undone, rows = merges.undo(merge=merge, by=request.user)
        left.append(rows)
        return undone

    form.is_valid()
    answer = act_once(request, form, act, said=_("The two records are apart again."))
    for refusal in form.non_field_errors():
        messages.error(request, refusal)
    if left and left[0]:
        said = ngettext(
            "%(number)s row was changed since and stays where it is.",
            "%(number)s rows were changed since and stay where they are.",
            left[0],
        )
        messages.warning(request, said % {"number": left[0]})
    return answer or redirect(merge)
