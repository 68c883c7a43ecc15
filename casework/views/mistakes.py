"""Contacts, attempts and enquiries that were typed by mistake: taken out on a page, put back by a press."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework.actions import mistakes
from casework.forms import BecauseForm, ButtonForm
from casework.models import Attempt, Contact, Enquiry
from casework.pages import mistakes as pages
from casework.views import undo
from journal.acting import act_once


@require_http_methods(["GET", "POST"])
def contact_remove(request, pk):
    contact = written(request, Contact, pk, needs="casework.keep_contact")
    return remove(request, partial(mistakes.take_out_contact, contact=contact), page=pages.of_contact(contact))


@require_POST
def contact_restore(request, pk):
    contact = written(request, Contact, pk, needs="casework.keep_contact")
    return restore(request, partial(mistakes.put_back_contact, contact=contact))


@require_http_methods(["GET", "POST"])
def attempt_remove(request, pk):
    attempt = written(request, Attempt, pk, needs="casework.keep_attempt")
    return remove(request, partial(mistakes.take_out_attempt, attempt=attempt), page=pages.of_attempt(attempt))


@require_POST
def attempt_restore(request, pk):
    attempt = written(request, Attempt, pk, needs="casework.keep_attempt")
    return restore(request, partial(mistakes.put_back_attempt, attempt=attempt))


@require_http_methods(["GET", "POST"])
def enquiry_remove(request, pk):
    enquiry = written(request, Enquiry, pk, needs="casework.keep_enquiry")
    return remove(request, partial(mistakes.take_out_enquiry, enquiry=enquiry), page=pages.of_enquiry(enquiry))


@require_POST
def enquiry_restore(request, pk):
    enquiry = written(request, Enquiry, pk, needs="casework.keep_enquiry")
    return restore(request, partial(mistakes.put_back_enquiry, enquiry=enquiry))


def written(request, model, pk, *, needs):
    """What the user typed, on what they still see; nobody else's has an address."""
    row = get_object_or_404(model.objects.written_by(request.user).for_list(), pk=pk)
    if not request.user.has_perm(needs, row):
        raise PermissionDenied(needs)
    return row


def remove(request, act, *, page):
    form = BecauseForm(request.POST or None)
    if form.is_valid():
        act = partial(act, by=request.user, **form.cleaned_data)
        said = _("It is taken out of all lists and totals. For 30 days you can put it back here.")
        if answer := act_once(request, form, act, to="casework:undo-list", said=said):
            return answer
    return TemplateResponse(request, "casework/mistake.html", {"form": form, "page": page})


def restore(request, act):
    form = ButtonForm(request.POST)
    form.is_valid()
    act = partial(act, by=request.user)
    return act_once(request, form, act, to="casework:undo-list", said=_("It stands again.")) or undo.show(request, form)
