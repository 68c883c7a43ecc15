from functools import partial

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.actions import enquiries
from casework.forms import CallerForm, EnquiryForm
from casework.pages import enquiries as pages
from journal.acting import act_once


@require_http_methods(["GET", "POST"])
def enquiry_list(request):
    """The enquiries of a day or of one number, and above them the line in which the next one is logged."""
    form = None
    if request.user.has_perm("casework.log_enquiry"):
        usual = pages.usual_for(request.user, on=timezone.localdate())
        form = EnquiryForm(request.POST or None, initial=usual)
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
    found = pages.gather(request.user, on=day, today=today, caller=caller, after=request.GET.get("after", ""))
    context = {"form": form, "search": search, "enquiries": found, "today": today}
    return TemplateResponse(request, "casework/enquiry_list.html", context)
