from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.models import Enterprise
from formalisation.actions import registrations
from formalisation.forms import RegistrationForm
from formalisation.models import Registration
from journal.acting import act_once


@require_http_methods(["GET", "POST"])
def registration_create(request, enterprise_id):
    """Record a registration whose paper the advisor has seen; the list of those on file stands below."""
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user), pk=enterprise_id)
    if not request.user.has_perm("formalisation.record_registration", enterprise):
        raise PermissionDenied
    form = RegistrationForm(request.POST or None)
    if form.is_valid():
        obtain = partial(registrations.obtain, enterprise=enterprise, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, obtain, to=enterprise.case, said=_("The registration is saved.")):
            return answer
    on_file = Registration.objects.filter(enterprise=enterprise).for_list()
    context = {"form": form, "enterprise": enterprise, "on_file": on_file}
    return TemplateResponse(request, "formalisation/registration_create.html", context)
