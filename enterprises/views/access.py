"""A person's phone and ways in, as the advisor of the district keeps them; the card is in the advisor's hand."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises import papers
from enterprises.access_forms import CardForm, PhoneFactsForm, PinForm
from enterprises.actions import access, phones
from enterprises.models import CodeSheet, Person, Pin, SignInLock
from journal.once import once, once_for
from kit.onward import wanted


def person_in_sight(request, pk, *, needs=None):
    """The person whose phone it is: 404 where out of sight, 403 where the permission `needs` lacks."""
    person = get_object_or_404(Person.objects.visible_to(request.user).filter(merged_into__isnull=True), pk=pk)
    if needs and not request.user.has_perm(needs, person):
        raise PermissionDenied(needs)
    return person


@require_safe
def person_access(request, pk):
    """Phone, number, sheet, PIN and lock on one page."""
    person = person_in_sight(request, pk)
    sheet = person.code_sheets.good().select_related("issued_by").first()
    subjects = access.subjects_of(person)
    context = {
        "person": person,
        "sheet": sheet,
        "unused": sheet.codes.unused().count() if sheet else 0,
        "pin": Pin.objects.filter(person=person).select_related("chosen_with").first(),
        "lock": SignInLock.objects.filter(subject__in=subjects, locked_until__gt=timezone.now()).first(),
        "change": person.phone_changes.open().first(),
        "may_give": request.user.has_perm("enterprises.give_access", person),
        "behind": wanted(request),
    }
    return TemplateResponse(request, "enterprises/person_access.html", context)


@require_http_methods(["GET", "POST"])
def person_phone(request, pk):
    """Whose phone it is and how it may be used."""
    person = person_in_sight(request, pk, needs="enterprises.keep_phone")
    form = PhoneFactsForm.of(person, request.POST if request.method == "POST" else None)
    if form.is_valid():
        describe = partial(phones.describe, person=person, by=request.user, **form.facts())
        if answer := acted(request, form, describe, person=person, said=_("Saved. Every message respects it.")):
            return answer
    return TemplateResponse(request, "enterprises/person_phone.html", {"person": person, "form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def sheet_create(request, pk):
    person = person_in_sight(request, pk, needs="enterprises.give_access")
    form = CardForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return once(
                request, form.cleaned_data, lambda: redirect(access.issue_sheet(person=person, by=request.user))
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
    return TemplateResponse(request, "enterprises/sheet_create.html", {"person": person, "form": form})


def sheet_in_sight(request, pk):
    sheets = CodeSheet.objects.visible_to(request.user).select_related("person", "issued_by")
    sheet = get_object_or_404(sheets, pk=pk)
    if not request.user.has_perm("enterprises.give_access", sheet.person):
        raise PermissionDenied("enterprises.give_access")
    return sheet


def content_of(sheet, request):
    """The sheet's words, with the address by which the officer reaches the portal."""
    return papers.sheet_content(sheet, by=request.user, address=request.get_host())


@never_cache
@require_safe
def sheet_detail(request, pk):
    """The sheet to print, for as long as it was not handed over, and for whoever issued it."""
    sheet = sheet_in_sight(request, pk)
    context = {"sheet": sheet, "person": sheet.person, "paper": content_of(sheet, request)}
    return TemplateResponse(request, "enterprises/sheet_detail.html", context)


@never_cache
@require_safe
def sheet_pdf(request, pk):
    sheet = sheet_in_sight(request, pk)
    content = content_of(sheet, request)
    if content is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="codes-{sheet.pk}.pdf"'}
    paper = papers.sheet_pdf(content, at=sheet.issued_at)
    return HttpResponse(paper, content_type="application/pdf", headers=headers)


@require_POST
def sheet_hand_over(request, pk):
    sheet = sheet_in_sight(request, pk)
    try:
        access.hand_over_sheet(sheet=sheet, by=request.user)
        messages.success(request, _("The sheet is handed over: its codes count now, and cannot be read here any more."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("enterprises:person-access", sheet.person_id)


@never_cache
@sensitive_post_parameters("pin", "again")
@require_http_methods(["GET", "POST"])
def pin_create(request, pk):
    """The person types the PIN at the advisor's device. It is kept nowhere as it is, nor in the request's digest."""
    person = person_in_sight(request, pk, needs="enterprises.give_access")
    form = PinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():

        def choose():
            access.set_pin(person=person, pin=form.cleaned_data["pin"], by=request.user)
            messages.success(request, _("The PIN is kept. It opens the page from now on."))
            return redirect("enterprises:person-access", person.pk)

        try:
            return once(request, {"person": person}, choose)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    return TemplateResponse(request, "enterprises/pin_create.html", {"person": person, "form": form})


@require_POST
def access_end(request, pk, verb):
    """One button for each: void the sheet, remove the PIN, unlock."""
    person = person_in_sight(request, pk, needs="enterprises.give_access")
    act, said = {
        "void-sheet": (access.end_sheet, _("The sheet is void.")),
        "remove-pin": (access.remove_pin, _("The PIN is removed.")),
        "unlock": (access.unlock, _("Unlocked. The person can try again at once.")),
    }.get(verb) or (None, "")
    if act is None:
        raise Http404

    def change():
        act(person=person, by=request.user)
        messages.success(request, said)
        return redirect("enterprises:person-access", person.pk)

    return once(request, {"verb": verb}, change)


def acted(request, form, act, *, person, said):
    """Act once and lead back to the person's page; None when it was refused: the form says why."""

    def answer():
        act()
        messages.success(request, said)
        return redirect("enterprises:person-access", person.pk)

    try:
        return once_for(request, form, answer)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None
