"""People who could be on file already: looked up while somebody types, and pairs that were found since. Staff only."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.actions import look_alikes, people
from enterprises.actions.merge_plans import likelier
from enterprises.look_alike_forms import LookUpForm, TellApartForm
from enterprises.models import LookAlike
from enterprises.pages.look_alikes import histories
from enterprises.summaries import candidate_rows, districts_of, rows_side_by_side
from journal.moves import MoveRefused
from journal.once import once_for
from kit.paging import page

PAIRS = 10


@require_http_methods(["GET", "POST"])
def person_find(request):
    """Who is on file already. By POST, though it changes nothing: names and cards do not belong into addresses.

    With JavaScript the list alone is fetched while somebody types; without it the button brings the whole page.
    """
    form = LookUpForm(request.POST if request.method == "POST" else None)
    is_while_typing = "HX-Request" in request.headers
    # The same list is fetched while somebody is registered; two are laid side by side on the page of the search alone.
    is_own_page = not is_while_typing or request.headers.get("HX-Current-URL", "").endswith(request.path)
    context = {"form": form, "may_choose": is_own_page}
    if form.is_valid() or (form.is_bound and is_while_typing):
        facts = form.facts()
        found = people.look_alike(facts=facts, by=request.user)
        context |= {"is_searched": True, "is_too_little": not facts.are_enough}
        context["compared"] = form.compared()
        context |= {"found": candidate_rows(found), "elsewhere": found.elsewhere}
    template = "_look_alikes" if is_while_typing else "person_find"
    return TemplateResponse(request, f"enterprises/{template}.html", context)


@require_safe
def look_alike_list(request):
    """Pairs within the reader's sight that nobody has settled, the likeliest first; or those that were told apart."""
    is_told_apart = "apart" in request.GET
    seen = LookAlike.objects.visible_to(request.user)
    chosen = seen.told_apart() if is_told_apart else seen.suspected()
    found = page(chosen.for_list(), order=("-points", "-id"), size=PAIRS, after=request.GET.get("after"))
    told = histories(found.rows)
    districts = districts_of(side for pair in found.rows for side in (pair.first, pair.second))
    may_settle = request.user.has_perm("enterprises.settle_look_alikes")
    pairs = [
        {
            "pair": pair,
            "sides": rows_side_by_side(pair.first, pair.second, districts),
            "may_settle": may_settle,
            "likelier": likelier(pair.first, pair.second),
            "history": told.get(pair.pk, ()),
        }
        for pair in found.rows
    ]
    context = {"page": found, "pairs": pairs, "is_told_apart": is_told_apart}
    return TemplateResponse(request, "enterprises/look_alike_list.html", context)


@require_POST
def look_alike_tell_apart(request, pk):
    said = _("Noted: these are two people. You are not asked again, unless somebody doubts it.")
    return settle(request, pk, look_alikes.tell_apart, said=said, to=reverse("enterprises:look-alike-list"))


@require_POST
def look_alike_doubt(request, pk):
    """They may be one person after all."""
    said = _("The pair is among the possible duplicates again.")
    return settle(request, pk, look_alikes.doubt, said=said, to=reverse("enterprises:look-alike-list") + "?apart")


def settle(request, pk, act_on, *, said, to):
    pair = get_object_or_404(LookAlike.objects.visible_to(request.user), pk=pk)
    form = TellApartForm(request.POST)
    listed = redirect(to)

    def act():
        act_on(look_alike=pair, by=request.user, **form.cleaned_data)
        messages.success(request, said)
        return listed

    if form.is_valid():
        try:
            return once_for(request, form, act)
        except MoveRefused as refusal:
            messages.error(request, str(refusal))
    return listed
