"""The owners of a business: who they are, a further one found on file, and one who left."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.actions import owners
from enterprises.models import Enterprise, Ownership, Person
from enterprises.owner_forms import AddOwnerForm, EndOwnerForm, FindOwnerForm
from enterprises.summaries import districts_of, person_rows
from enterprises.views.access import person_in_sight
from journal.acting import act_once
from kit.onward import carried


def page_of_owners(request, enterprise_id):
    return reverse("enterprises:enterprise-owners", args=[enterprise_id]) + carried(request)


def kept_by(request, pk):
    """The business whose owners the reader keeps: 404 out of sight, 403 where they only read."""
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm("enterprises.keep_owners", enterprise):
        raise PermissionDenied("enterprises.keep_owners")
    return enterprise


@require_http_methods(["GET", "POST"])
def enterprise_owners(request, pk):
    """Who owns it and owned it, and who on file could be added: by POST, for cards do not belong into addresses."""
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user).for_list(), pk=pk)
    may_keep = request.user.has_perm("enterprises.keep_owners", enterprise)
    form = FindOwnerForm(request.POST if request.method == "POST" else None)
    context = {"enterprise": enterprise, "form": form if may_keep else None, "carried": carried(request)}
    if may_keep and form.is_valid():
        found = owners.find(text=form.cleaned_data["text"], enterprise=enterprise, by=request.user)
        districts = districts_of(found)
        context |= {"is_searched": True, "found": [(one, person_rows(one, districts)) for one in found]}
    of_it = Ownership.objects.visible_to(request.user).filter(enterprise=enterprise)
    rows = list(of_it.select_related("person", "ended_by").order_by("-is_contact", "from_on", "pk"))
    context["owners"] = [row for row in rows if row.until_on is None]
    context["former"] = [row for row in rows if row.until_on is not None and row.ended_by_id]
    context["back"] = reverse("enterprises:enterprise-detail", args=[pk]) + carried(request)
    return TemplateResponse(request, "enterprises/enterprise_owners.html", context)


@require_http_methods(["GET", "POST"])
def owner_add(request, pk, person):
    """Look at the person once more, and write down that they own the business too."""
    enterprise = kept_by(request, pk)
    person = person_in_sight(request, person)
    form = AddOwnerForm(request.POST if request.method == "POST" else None)
    back = page_of_owners(request, pk)
    if form.is_valid():
        add = partial(owners.add, enterprise=enterprise, person=person, by=request.user)
        if answer := act_once(
            request, form, add, to=back, said=_("Written down. Whoever lets us contact them gets a message.")
        ):
            return answer
    shown = Person.objects.with_districts().get(pk=person.pk)
    context = {"enterprise": enterprise, "person": person, "form": form, "back": back}
    context["rows"] = person_rows(shown, districts_of([shown]))
    return TemplateResponse(request, "enterprises/owner_add.html", context)


@require_http_methods(["GET", "POST"])
def owner_end(request, pk):
    """One who owns the business no longer, with the reason."""
    visible = Ownership.objects.visible_to(request.user).select_related("person", "enterprise")
    ownership = get_object_or_404(visible, pk=pk)
    kept_by(request, ownership.enterprise_id)
    form = EndOwnerForm(request.POST if request.method == "POST" else None)
    back = page_of_owners(request, ownership.enterprise_id)
    if form.is_valid():
        end = partial(owners.end, ownership=ownership, by=request.user, **form.cleaned_data)
        if answer := act_once(
            request, form, end, to=back, said=_("Taken off. Whoever lets us contact them gets a message.")
        ):
            return answer
    context = {"ownership": ownership, "form": form, "back": back, "why_not": owners.why_not_ended(ownership)}
    return TemplateResponse(request, "enterprises/owner_end.html", context)
