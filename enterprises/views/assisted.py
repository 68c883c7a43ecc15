"""A colleague registers somebody who sits beside them: one page, the keyboard alone, one after the other at a camp."""

import re
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.actions import assisted, drafts, intakes, people
from enterprises.actions.enterprises import Business
from enterprises.forms import AssistedForm
from enterprises.intake_forms import shortened_in
from enterprises.intake_rows import answers_in
from enterprises.look_alike_forms import NeverRegisteredForm, SamePersonForm, card_of, likeness_of, while_typing
from enterprises.messages import first_contact_by
from enterprises.models import Claim, Consent, Draft, Enterprise, IntakeRow, Person
from enterprises.summaries import candidate_rows, name_of
from journal.once import answered, once
from kit import words

ONLY_RUNNING = ("started_on", "help_wanted")
# What is refused for the card number stands beside it.
OF_THE_CARD = {"known", "elsewhere", "differs", "card"}


@require_http_methods(["GET", "POST"])
def register(request):
    """An empty page, one with what a camp's people share, or one that goes on where somebody stopped halfway."""
    draft, row = draft_of(request), row_of(request)
    is_row_open = row is not None and row.verdict != IntakeRow.Verdict.REGISTERED
    known, further = answers_in(row, by=request.user) if is_row_open else ({}, further_of(draft))
    form = AssistedForm(
        request.POST if request.method == "POST" else None,
        initial=(known or first_answers(request, draft)) if request.method == "GET" else None,
        districts=request.user.registering_district_ids,
        is_officer=request.user.has_perm("enterprises.recognise_person"),
        is_camp="district" in request.GET,
    )
    form.fields["name"].widget.attrs["autofocus"] = not form.is_bound
    found, asked = people.Found([]), None
    if form.is_valid():
        said = form.cleaned_data | {"draft": draft, "row": row, "person": request.POST.get("person", "")}
        if answer := answered(request, said):
            return answer
        found, asked = ask_who_it_is(request, form)
    if form.is_valid() and (asked is None or asked.ask_within(form)):
        person = asked.cleaned_data["person"] if asked else None
        act = partial(write_down, request, form, Origin(draft, row, further), person)
        try:
            return once(request, said, act)
        except ValidationError as refusal:
            form.add_error("cnic" if getattr(refusal, "code", "") in OF_THE_CARD else None, refusal)
    if form.is_bound and form.is_known and form.is_officer:
        holder = people.holder_of(facts=card_of(form), by=request.user)
        found = people.Found([*holder.candidates, *found.candidates], holder.elsewhere)
    helper = while_typing(form.helper) if form.is_officer else form.helper
    context = {"form": form, "helper": helper, "draft": draft, "row": row}
    context["shortened"] = shortened_in(row.intake.columns, row.cells) if is_row_open else []
    context |= {"name": name_of(draft) if draft else "", "found": candidate_rows(found), "elsewhere": found.elsewhere}
    return TemplateResponse(request, "enterprises/assisted_register.html", context)


def ask_who_it_is(request, form):
    """Who on file it could be, as far as the colleague may know, and what is asked of that; None where nobody is."""
    if not form.is_officer:
        is_like = people.is_like_somebody({0: likeness_of(form)})[0]
        return people.Found([]), NeverRegisteredForm(request.POST) if is_like else None
    found = look_alikes_of(form, by=request.user)
    shown = [candidate.person for candidate in found.candidates]
    return found, SamePersonForm(request.POST, people=shown) if shown else None


def look_alikes_of(form, *, by):
    """Who else it could be. Whoever has the very card on file is asked about by the form itself."""
    card, found = form.cleaned_data["cnic"], people.look_alike(facts=likeness_of(form), by=by)
    others = [candidate for candidate in found.candidates if not card or candidate.person.cnic != card]
    return people.Found(others, found.elsewhere)


@dataclass(frozen=True)
class Origin:
    """What the page goes on with: a registration that stopped, or a row of a list, with what the page does not ask."""

    draft: Draft | None
    row: IntakeRow | None
    of_business: dict


def write_down(request, form, origin, person):
    said = form.cleaned_data
    register = (
        partial(intakes.register, row=origin.row) if origin.row else partial(assisted.register, draft=origin.draft)
    )
    enterprise = register(
        cnic=said["cnic"],
        facts=form.facts(),
        business=Business(**form.facts_of_business() | business_for(said, origin)),
        consented=form.consented(),
        by=request.user,
        is_card_seen=said["is_card_seen"],
        is_same_person=form.is_same_person,
        is_rival=form.is_rival,
        person=person,
    )
    say_what_is_on_file(request, enterprise, form)
    # It may be a claim of before: then it hangs on another business of theirs.
    if Claim.objects.waiting().filter(newcomer__enterprises=enterprise, newcomer__cnic=None, cnic=said["cnic"]):
        messages.info(request, said_of_claim(form))
    if origin.row:
        return redirect("enterprises:intake-detail", origin.row.intake_id)
    if "another" not in request.POST:
        return (
            redirect("enterprises:enterprise-detail", enterprise.pk) if form.is_officer else redirect("accounts:start")
        )
    kept = {name: form.data.get(name, "") for name in AssistedForm.KEPT}
    return redirect(f"{reverse('enterprises:assisted-register')}?{urlencode(kept)}")


def say_what_is_on_file(request, enterprise, form):
    """Who was registered, under the name on file, and by when they are called; or that nobody may call."""
    name, typed = Person.objects.contacts_of(enterprise).first().name, form.cleaned_data["name"]
    told = {"name": name, "reference": enterprise.reference}
    messages.success(request, _("Registered: %(name)s, %(reference)s") % told)
    if name != typed:
        spelt = _("The name on file stays: %(name)s. What was typed, %(typed)s, was not kept.")
        messages.info(request, spelt % {"name": name, "typed": typed})
    if Consent.Kind.CONTACT not in form.consented():
        messages.warning(
            request,
            _("Nobody may call them: they did not agree to be contacted. Once they do, write it under “Permissions”.")
            if form.is_officer
            else _("Nobody may call them: they did not agree to be contacted. Once they do, tell SMEDA's advisor."),
        )
    elif enterprise.client_since is not None:
        day = words.plain(words.day_plain(first_contact_by(timezone.localdate(enterprise.client_since))))
        said = _("Their advisor, %(advisor)s, calls them by %(day)s.")
        messages.success(request, said % {"advisor": enterprise.case.advisor, "day": day})


def said_of_claim(form):
    if form.is_officer:
        return _("They are on file without the card number. Whose it is, is settled under “Cards to see”.")
    return _("That number is on file. The registration is kept; SMEDA's advisor looks at the card.")


def business_for(said, origin):
    """What is known of the business beyond this page; an idea runs since no day, and wants to start."""
    is_idea = said["stage"] == Enterprise.Stage.IDEA
    return {name: value for name, value in origin.of_business.items() if not (is_idea and name in ONLY_RUNNING)}


def further_of(draft):
    return drafts.further_of(draft) if draft is not None and draft.state == Draft.State.OPEN else {}


def draft_of(request):
    """The registration that is finished here, where the address names one in sight."""
    seen = Draft.objects.visible_to(request.user).for_list()
    return named(request, "draft", seen, still=seen.open())


def row_of(request):
    """The row of a list that is dealt with by hand here, where the address names one in sight."""
    rows = IntakeRow.objects.visible_to(request.user).select_related("intake")
    return named(request, "row", rows, still=rows.exclude(verdict=IntakeRow.Verdict.REGISTERED))


def named(request, what, rows, *, still):
    """The row whose number the address gives, if any.

    One that is finished already is not shown again, but a form sent twice for it is: `once` has its answer.
    """
    number = request.GET.get(what, "")
    if not number.isdecimal():
        return None
    if not re.fullmatch("[0-9]{1,18}", number):
        raise Http404
    return get_object_or_404(still if request.method == "GET" else rows, pk=number)


def first_answers(request, draft):
    """What is known already, or shared with the person before: it is not asked again."""
    if draft is None:
        return {name: request.GET[name] for name in AssistedForm.KEPT if name in request.GET}
    who, reach, what = (draft.said(step) for step in ("who", "reach", "what"))
    known = {
        "stage": draft.said("start")["stage"],
        "language": draft.language,
        "phone": draft.phone,
        "business": what.get("name", ""),
        "sector": what.get("sector", ""),
    }
    return known | {name: value for name, value in (who | reach).items() if name in AssistedForm.base_fields}
