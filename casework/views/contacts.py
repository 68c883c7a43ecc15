import datetime as dt
from functools import partial

from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Sex
from casework.actions import contacts, notes
from casework.forms import ContactForm, LastWordForm, NoteForm, UnaskedContactForm
from casework.states import CaseState
from casework.views.cases import case_in_sight
from enterprises.discretion import silence_of
from enterprises.pages.wrong import fields_of
from journal.acting import act_once
from messaging.kinds import get
from places.calendar import OFFICE, on_time_until

USUAL_DAYS = dt.timedelta(days=7)


@require_http_methods(["GET", "POST"])
def contact_create(request, pk):
    case = case_in_sight(request, pk, needs="casework.work_case")
    today, data = timezone.localdate(), request.POST or None
    silence = silence_of(case.person)
    waiting = case.calls.waiting().order_by("since", "id")
    # The one thing about which somebody whom nobody may call is called: their loan.
    of_loan = list(waiting.to_make()) if silence else []
    if case.state == CaseState.CLOSED:
        form = LastWordForm(data, initial={"version": case.version})
        write = contacts.log
        heading = _("Log a contact")
        waiting = waiting.to_make()
    elif silence:
        may_have_called = bool(of_loan) or silence.began_on(today)
        form = UnaskedContactForm(data, initial={"version": case.version}, may_have_called=may_have_called)
        write = contacts.log_of_silent
        heading = _("Log a contact") if of_loan else _("Log that they got in touch")
    else:
        usual = on_time_until(today + USUAL_DAYS, calendar=OFFICE)
        form = ContactForm(data, initial={"version": case.version, "next_on": usual})
        write = contacts.log
        heading = _("Log the first call") if case.state == CaseState.NEW else _("Log a contact")
    if form.is_valid():
        said = {"next_on": None} | form.cleaned_data
        log = partial(write, case=case, by=request.user, **said)
        if answer := act_once(request, form, log, to=case, said=counts):
            return answer
    context = {
        "case": case,
        "form": form,
        "calls": [get(call.kind).about for call in waiting if call not in of_loan],
        "of_loan": [get(call.kind).about for call in of_loan],
        "silence": silence,
        "wrong": fields_of([case.enterprise_id]).get(case.enterprise_id, ""),
        "heading": heading,
        "needs_company": case.person.sex == Sex.WOMAN and request.user.sex != Sex.WOMAN,
    }
    return TemplateResponse(request, "casework/contact_create.html", context)


def counts(contact):
    """That it is saved, and whether it counts in the reports, so that nobody believes what is not so."""
    if contact.is_reportable:
        return _("The contact is saved. It counts in the reports.")
    return _(
        "The contact is saved. It does not count in the reports: for that both must be ticked, that it moved something "
        "on, and that it was about this client alone."
    )


@require_http_methods(["GET", "POST"])
def note_create(request, pk):
    case = case_in_sight(request, pk, needs="casework.write_note")
    form = NoteForm(request.POST or None)
    if form.is_valid():
        is_shared = form.cleaned_data["readers"] == "shared"
        write = partial(notes.write, case=case, by=request.user, text=form.cleaned_data["text"], is_shared=is_shared)
        if answer := act_once(request, form, write, to=case, said=_("The note is saved.")):
            return answer
    return TemplateResponse(request, "casework/note_create.html", {"case": case, "form": form})
