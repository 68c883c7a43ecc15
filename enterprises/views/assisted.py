"""A colleague registers somebody who sits beside them: one page, the keyboard alone, one after the other at a camp."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.actions import assisted, people
from enterprises.actions.enterprises import Business
from enterprises.forms import AssistedForm
from enterprises.likeness import Facts
from enterprises.look_alike_forms import SamePersonForm, while_typing
from enterprises.models import Draft
from enterprises.summaries import candidate_rows, name_of
from journal.once import once


@require_http_methods(["GET", "POST"])
def register(request):
    """An empty page, one with what a camp's people share, or one that goes on where somebody stopped halfway."""
    draft = draft_of(request)
    form = AssistedForm(
        request.POST if request.method == "POST" else None,
        initial=first_answers(request, draft),
        districts=request.user.district_ids,
    )
    found = look_alikes_of(form, by=request.user) if form.is_valid() else people.Found([])
    asked = SamePersonForm(request.POST, people=[candidate.person for candidate in found.candidates])
    if form.is_valid() and (not found.candidates or asked.ask_within(form)):
        person = asked.cleaned_data["person"] if found.candidates else None
        act = partial(write_down, request, form, draft, person)
        try:
            return once(request, form.cleaned_data | {"person": person}, act)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    context = {"form": form, "helper": while_typing(form.helper), "draft": draft}
    context |= {"name": name_of(draft) if draft else "", "found": candidate_rows(found), "elsewhere": found.elsewhere}
    return TemplateResponse(request, "enterprises/assisted_register.html", context)


def look_alikes_of(form, *, by):
    """Who else it could be. Whoever has the very card on file is asked about by the form itself."""
    said = form.cleaned_data
    facts = {name: value for name, value in form.facts().items() if name not in {"phone_owner", "language"}}
    found = people.look_alike(
        facts=Facts(**facts, cnic=said["cnic"], districts=frozenset({said["district"].pk})), by=by
    )
    others = [candidate for candidate in found.candidates if not said["cnic"] or candidate.person.cnic != said["cnic"]]
    return people.Found(others, found.elsewhere)


def write_down(request, form, draft, person):
    said = form.cleaned_data
    enterprise = assisted.register(
        cnic=said["cnic"],
        facts=form.facts(),
        business=Business(**form.facts_of_business()),
        consented=form.consented(),
        by=request.user,
        is_card_seen=said["is_card_seen"],
        is_same_person=said["is_same_person"],
        draft=draft,
        person=person,
    )
    told = {"name": said["name"], "reference": enterprise.reference}
    messages.success(request, _("Registered: %(name)s, %(reference)s") % told)
    if "another" not in request.POST:
        return redirect("enterprises:enterprise-detail", enterprise.pk)
    kept = {name: form.data.get(name, "") for name in AssistedForm.KEPT}
    return redirect(f"{reverse('enterprises:assisted-register')}?{urlencode(kept)}")


def draft_of(request):
    """The registration that is finished here, where the address names one in sight."""
    number = request.GET.get("draft", "")
    if not number.isdecimal():
        return None
    return get_object_or_404(Draft.objects.visible_to(request.user).open().for_list(), pk=int(number))


def first_answers(request, draft):
    """What is known already, or shared with the person before: it is not asked again."""
    if draft is None:
        return {name: request.GET[name] for name in AssistedForm.KEPT if name in request.GET}
    said = draft.answers
    who, phone, what, where = (said.get(step, {}) for step in ("who", "phone", "what", "where"))
    known = {
        "stage": said["start"]["stage"],
        "language": draft.language,
        "business": what.get("name", ""),
        "sector": what.get("sector", ""),
        "district": where.get("district", ""),
        "place": where.get("place", ""),
    }
    return known | {name: value for name, value in (who | phone).items() if name in AssistedForm.base_fields}
