"""What clients called wrong of what was written down for them, for the advisor who asks."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.actions import statements
from enterprises.confirm_forms import UpholdForm
from enterprises.discretion import silence_of
from enterprises.models import Enterprise, Person
from enterprises.pages import wrong
from journal.acting import act_once
from kit.onward import carried


@require_http_methods(["GET", "POST"])
def enterprise_wrong(request, pk):
    """Each field with the page where it is put right; or it is right as it stands, as the advisor heard."""
    seen = Enterprise.objects.visible_to(request.user).select_related("district", "sector")
    enterprise = get_object_or_404(seen, pk=pk)
    if not request.user.has_perm("enterprises.correct_enterprise", enterprise):
        raise PermissionDenied("enterprises.correct_enterprise")
    carry, found = carried(request), list(wrong.statements_of(enterprise))
    rows = wrong.rows_of(found, enterprise, viewer=request.user, carry=carry)
    form = UpholdForm(
        request.POST if request.method == "POST" else None,
        initial={"version": enterprise.version},
        statements=found,
        labels=[row["label"] for row in rows],
        viewer=request.user,
    )
    back = reverse("enterprises:enterprise-detail", args=[pk]) + carry
    if form.is_valid():
        uphold = partial(statements.uphold, enterprise=enterprise, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, uphold, to=back, said=_("Saved. The client can look at it once more.")):
            return answer
    contact = Person.objects.contacts_of(enterprise).first()
    silence = silence_of(contact) if contact else None
    context = {"form": form, "enterprise": enterprise, "back": back, "rows": rows, "silence": silence}
    return TemplateResponse(request, "enterprises/enterprise_wrong.html", context)
