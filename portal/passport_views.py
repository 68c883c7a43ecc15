"""The case passport: made, printed and made void by its holder or their advisor; scanned by anybody."""

from django.contrib import messages
from django.forms import ChoiceField, Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import throttles
from enterprises.actions import passports
from enterprises.models import Enterprise, Passport, Person
from journal.once import once_for
from kit.errors import too_many
from portal.pages import passport as pages
from portal.paper_views import own_enterprise

# Generous, because a whole camp or branch shares one address; a code has a hundred bits.
CHECKS, WINDOW = 120, 600
TYPES = {"pdf": "application/pdf", "png": "image/png"}


class PassportForm(Form):
    """What the holder or the advisor wants of the passport."""

    verb = ChoiceField(choices=[("issue", ""), ("reissue", ""), ("revoke", "")])


SAID = {
    "issue": _("The passport is ready."),
    "reissue": _("There is a new passport. The old one is void."),
    "revoke": _("The passport is void."),
}


@never_cache
@require_safe
def passport(request, code):
    """For whoever scans it: genuine and how the case stands, or not known. A void one reads like one that never was."""
    if not throttles.allow_from(request, "passport", limit=CHECKS, seconds=WINDOW):
        return too_many(request, WINDOW)
    found = Passport.objects.valid().filter(code=code).select_related("enterprise", "person").first()
    status = pages.status_of(found, on=timezone.localdate()) if found else None
    return TemplateResponse(request, "portal/passport.html", {"status": status}, status=200 if status else 404)


def manage(request, *, enterprise, person, template, here):
    """The page of one passport: make it, take it along, make it void."""
    may_issue = request.user.has_perm("enterprises.issue_passport", Passport(enterprise=enterprise, person=person))
    form = PassportForm(request.POST if request.method == "POST" and may_issue else None)
    if form.is_valid():
        verb = form.cleaned_data["verb"]

        def act():
            getattr(passports, verb)(enterprise=enterprise, person=person, by=request.user)
            messages.success(request, str(SAID[verb]))
            return redirect(here)

        return once_for(request, form, act)
    standing = Passport.objects.visible_to(request.user).valid().filter(enterprise=enterprise, person=person).first()
    context = {"enterprise": enterprise, "person": person, "passport": standing, "may_issue": may_issue}
    return TemplateResponse(request, template, context)


@require_http_methods(["GET", "POST"])
def my_passport(request):
    enterprise = own_enterprise(request)
    here = f"{reverse('portal:my-passport')}?ref={enterprise.reference}"
    person = request.user.person
    return manage(request, enterprise=enterprise, person=person, template="portal/my_passport.html", here=here)


@require_http_methods(["GET", "POST"])
def case_passport(request, pk):
    """For the advisor, who prints it for the client."""
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user).for_list(), pk=pk)
    person = get_object_or_404(Person.objects.contacts_of(enterprise))
    here = reverse("portal:case-passport", args=[enterprise.pk])
    return manage(request, enterprise=enterprise, person=person, template="portal/case_passport.html", here=here)


@require_safe
def passport_file(request, pk, form):
    """The paper as PDF, or the picture for the phone, as an attachment."""
    visible = Passport.objects.visible_to(request.user).valid().select_related("enterprise", "person")
    found = get_object_or_404(visible, pk=pk if form in TYPES else None)
    address = request.build_absolute_uri(reverse("portal:passport", args=[found.code]))
    content = pages.drawn(found, address=address, form=form, on=timezone.localdate())
    name = f"passport-{found.enterprise.reference}.{form}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store, private",
    }
    return HttpResponse(content, content_type=TYPES[form], headers=headers)
