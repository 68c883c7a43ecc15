from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.actions import enquiries
from casework.forms import CallerForm, EnquiryForm, EventForm, LeadForm
from casework.models import Enquiry
from casework.pages import enquiries as pages
from journal.acting import act_once


@require_http_methods(["GET", "POST"])
def enquiry_list(request):
    """The enquiries of a day or of one number, and above them the line in which the next one is logged."""
    form = None
    if request.user.has_perm("casework.log_enquiry"):
        usual = pages.usual_for(request.user, on=timezone.localdate())
        form = EnquiryForm(request.POST or None, initial=usual, events=pages.events_for(request.user))
    elif request.method == "POST":
        raise PermissionDenied("casework.log_enquiry")
    if form and form.is_valid():
        log = partial(enquiries.log, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, log, to="casework:enquiry-list", said=_("The enquiry is saved.")):
            return answer
    today = timezone.localdate()
    day = pages.day_of(request.GET.get("day", ""), today=today)
    search = CallerForm(request.GET if "caller" in request.GET else None)
    caller = search.cleaned_data["caller"] if search.is_valid() else ""
    event = None if caller else pages.event_named(request.user, request.GET.get("event", ""))
    after = request.GET.get("after", "")
    found = pages.gather(request.user, on=day, today=today, caller=caller, event=event, after=after)
    context = {"form": form, "search": search, "enquiries": found, "today": today}
    return TemplateResponse(request, "casework/enquiry_list.html", context)


@require_http_methods(["GET", "POST"])
def event_list(request):
    """Days on which the helpdesk stood somewhere, newest first, each with how many asked."""
    form = None
    if request.user.has_perm("casework.log_enquiry"):
        form = EventForm(request.POST or None, initial={"on": timezone.localdate()})
    elif request.method == "POST":
        raise PermissionDenied("casework.log_enquiry")
    if form and form.is_valid():
        hold = partial(enquiries.hold_event, by=request.user, **form.cleaned_data)
        said = _("The event is on the list. Its enquiries are logged with it.")
        if answer := act_once(request, form, hold, to="casework:enquiry-event-list", said=said):
            return answer
    found = pages.events(request.user, after=request.GET.get("after", ""))
    return TemplateResponse(request, "casework/event_list.html", {"form": form, "events": found})


@require_http_methods(["GET", "POST"])
def lead_create(request, pk):
    """One click from the enquiry: what is known stands there, three things are left to ask."""
    enquiry = get_object_or_404(Enquiry.objects.visible_to(request.user).for_list(), pk=pk)
    if not request.user.has_perm("casework.make_lead", enquiry):
        raise PermissionDenied("casework.make_lead")
    known = {"name": enquiry.name, "phone": enquiry.phone, "district": enquiry.district.code}
    form = LeadForm(request.POST or None, initial=known, districts=request.user.registering_district_ids)
    if form.is_valid():
        make = partial(enquiries.make_lead, enquiry=enquiry, by=request.user, **form.said())
        if answer := act_once(request, form, make, to="casework:enquiry-list", said=registered):
            return answer
    return TemplateResponse(request, "casework/lead_create.html", {"enquiry": enquiry, "form": form})


def registered(enquiry):
    """What it became, and its reference for the slip."""
    enterprise = enquiry.enterprise
    said = (
        _("Registered as a client: {reference}. An advisor calls them.")
        if enterprise.client_since
        else _("Written down as a lead: {reference}. Nobody calls before they give the permission.")
    )
    return said.format(reference=enterprise.reference)
