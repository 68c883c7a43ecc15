"""A new number, as the office sees it: written down, proved by a code, attested, approved by a second person."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import throttles
from enterprises.access_forms import AttestForm, DecisionForm, NumberForm, ProofForm, RefusalForm
from enterprises.actions import codes, phone_changes
from enterprises.models import PhoneChange
from enterprises.states import PhoneChangeState
from enterprises.views.access import person_in_sight
from journal.moves import MoveRefused
from journal.once import once_for
from kit.errors import too_many

HOUR = 60 * 60
CODES_A_NUMBER = 6


@require_http_methods(["GET", "POST"])
def phone_change_create(request, pk):
    """The advisor writes the new number down."""
    person = person_in_sight(request, pk, needs="enterprises.give_access")
    form = NumberForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        ask = partial(phone_changes.ask, person=person, by=request.user, **form.cleaned_data)
        try:
            return once_for(request, form, lambda: redirect(ask()))
        except ValidationError as refusal:
            form.add_error(None, refusal)
    return TemplateResponse(request, "enterprises/phone_change_create.html", {"person": person, "form": form})


def change_in_sight(request, pk):
    return get_object_or_404(PhoneChange.objects.visible_to(request.user).for_page(), pk=pk)


@never_cache
@require_safe
def phone_change_detail(request, pk):
    return show(request, change_in_sight(request, pk))


@require_POST
def phone_change_send(request, pk):
    """Send the code to the new number."""
    change = change_in_sight(request, pk)
    if not throttles.allow(f"prove:{change.new_phone}", limit=CODES_A_NUMBER, seconds=HOUR):
        return too_many(request, HOUR)
    if change.state == PhoneChangeState.ASKED and change.proved_at is None:
        phone_changes.send_code(change=change, session_key=request.session.session_key)
        messages.success(request, _("The code is on its way to the new number."))
    return redirect(change)


@require_POST
def phone_change_prove(request, pk):
    """The code that the person read out from the new phone."""
    change = change_in_sight(request, pk)
    form = ProofForm(request.POST, auto_id="proof_%s")
    if form.is_valid():
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
            messages.success(request, _("The new number is proved."))
            return redirect(change)
    return show(request, change, proof=form)


@require_POST
def phone_change_attest(request, pk):
    change = change_in_sight(request, pk)
    form = AttestForm(request.POST, auto_id="attest_%s")
    if form.is_valid():
        said = _("Sent. A colleague of yours or the manager approves it.")
        about = {name: form.cleaned_data[name] for name in ("version", "unproved_because")}
        if answer := moved(request, form, partial(phone_changes.attest, change=change, **about), said=said):
            return answer
    return show(request, change, attest=form)


@require_POST
def phone_change_approve(request, pk):
    change = change_in_sight(request, pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        said = _("Approved. The new number is on file, and the old one opens nothing any more.")
        if answer := moved(
            request, form, partial(phone_changes.approve, change=change, **form.cleaned_data), said=said
        ):
            return answer
    return show(request, change, decision=form)


@require_POST
def phone_change_refuse(request, pk):
    change = change_in_sight(request, pk)
    form = RefusalForm(request.POST, auto_id="refusal_%s")
    if form.is_valid():
        said = _("Refused. The old number stays.")
        if answer := moved(request, form, partial(phone_changes.refuse, change=change, **form.cleaned_data), said=said):
            return answer
    return show(request, change, refusal=form)


def moved(request, form, act, *, said):
    def answer():
        change = act(by=request.user)
        messages.success(request, said)
        return redirect(change)

    try:
        return once_for(request, form, answer)
    except MoveRefused as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as refusal:
        form.add_error(None, refusal)
    return None


def show(request, change, *, proof=None, attest=None, decision=None, refusal=None):
    """The page of the change with what the reader may do next; a form that was sent stays as it was typed."""
    user, session_key = request.user, request.session.session_key
    fresh = {"version": change.version}
    may_attest = change.state == PhoneChangeState.ASKED and user.has_perm("enterprises.attest_phone_change", change)
    is_attested = change.state == PhoneChangeState.ATTESTED
    may_approve = is_attested and user.has_perm("enterprises.approve_phone_change", change)
    may_refuse = change.decided_at is None and user.has_perm("enterprises.refuse_phone_change", change)
    is_asked = codes.latest(purpose=phone_changes.PURPOSE, session_key=session_key) is not None
    context = {
        "change": change,
        "today": timezone.localdate(),
        "proof": (proof or ProofForm(auto_id="proof_%s"))
        if may_attest and change.proved_at is None and is_asked
        else None,
        "may_send": may_attest and change.proved_at is None,
        "attest": (attest or AttestForm(initial=fresh, auto_id="attest_%s")) if may_attest else None,
        "is_old_told": not change.person.has_phone_of_strangers,
        "decision": (decision or DecisionForm(initial=fresh)) if may_approve else None,
        "is_own": is_attested and change.attested_by_id == user.pk,
        "refusal": (refusal or RefusalForm(initial=fresh, auto_id="refusal_%s")) if may_refuse else None,
        "error_form": next((form for form in (proof, attest, decision, refusal) if form and form.errors), None),
    }
    for name, verb in (("proof", "prove"), ("attest", "attest"), ("refusal", "refuse")):
        if context[name]:
            context[name].helper.form_action = reverse(f"enterprises:phone-change-{verb}", args=[change.pk])
    return TemplateResponse(request, "enterprises/phone_change_detail.html", context)
