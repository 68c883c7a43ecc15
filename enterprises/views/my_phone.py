"""My phone: whose it is, how it may be used, what else opens my page, and a new number."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import throttles
from enterprises.access_forms import NumberForm, PhoneFactsForm, ProofForm
from enterprises.actions import phone_changes, phones
from enterprises.models import Pin
from enterprises.views.phone_changes import CODES_A_NUMBER, HOUR
from journal.once import once_for
from kit import again
from kit.errors import too_many


@require_http_methods(["GET", "POST"])
def my_phone(request):
    person = request.user.person
    form = PhoneFactsForm.of(person, request.POST if request.method == "POST" else None)
    if form.is_valid():

        def describe():
            phones.describe(person=person, by=request.user, **form.facts())
            messages.success(request, _("Saved. Every message respects it."))
            return redirect("enterprises:my-phone")

        try:
            return once_for(request, form, describe)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    sheet = person.code_sheets.good().first()
    context = {
        "person": person,
        "form": form,
        "sheet": sheet,
        "unused": sheet.codes.unused().count() if sheet else 0,
        "pin": Pin.objects.filter(person=person).first(),
        "change": person.phone_changes.order_by("-id").first(),
    }
    return TemplateResponse(request, "enterprises/my_phone.html", context)


@require_http_methods(["GET", "POST"])
def my_number(request):
    """A new number: a code goes there at once, and the advisor sees the card afterwards."""
    person = request.user.person
    form = NumberForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        if not throttles.allow(f"prove:{phone}", limit=CODES_A_NUMBER, seconds=HOUR):
            return too_many(request, HOUR)
        session_key = request.session.session_key
        ask = partial(phone_changes.ask, person=person, by=request.user, **form.cleaned_data)

        def begin():
            phone_changes.send_code(change=ask(), session_key=session_key)
            return redirect("enterprises:my-number-code")

        try:
            return once_for(request, form, begin)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    return TemplateResponse(request, "enterprises/my_number.html", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def my_number_code(request):
    """The code that the new number received. Without it the advisor proves the number later."""
    change = request.user.person.phone_changes.open().filter(proved_at__isnull=True).first()
    if change is None:
        return redirect("enterprises:my-phone")
    form = again.form_of(request, ProofForm)
    if request.method == "POST" and form.is_valid():
        try:
            phone_changes.prove(
                change=change,
                session_key=request.session.session_key,
                digits=form.cleaned_data["code"],
                source=throttles.address_of(request),
            )
        except ValidationError as refusal:
            form.add_error("code", refusal)
        else:
            messages.success(request, _("The new number is proved. Your advisor looks at your card next."))
            return redirect("enterprises:my-phone")
    return again.page(request, "enterprises/my_number_code.html", {"form": form})
