"""The owner of a record that somebody else began looks at what was written down for them."""

from functools import partial

from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises import details
from enterprises.actions import statements
from enterprises.confirm_forms import ConfirmForm, label_of
from enterprises.models import Enterprise, Statement
from journal.acting import act_once


@require_http_methods(["GET", "POST"])
def my_confirm(request):
    """Each field with who stated it: right, or wrong. What was called wrong says where it is changed."""
    owned = Enterprise.objects.visible_to(request.user).unmerged().order_by("-registered_at", "-id")
    enterprise = next((one for one in owned if one.reference == request.GET.get("ref")), None) or owned.first()
    if enterprise is None:
        return redirect("portal:my")
    person = request.user.person
    found = Statement.objects.about(person, enterprise).for_others()
    rows = sorted(found.select_related("by", "person", "enterprise"), key=place_of)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        initial={"person_version": person.version, "enterprise_version": enterprise.version},
        statements=rows,
        viewer=request.user,
    )
    to = f"{request.path}?{urlencode({'ref': enterprise.reference})}"
    if form.is_valid():
        confirm = partial(statements.confirm, person=person, enterprise=enterprise, by=request.user)
        if answer := act_once(request, form, partial(confirm, **form.cleaned_data), to=to, said=_("Saved. Thank you.")):
            return answer
    context = {
        "form": form if rows else None,
        "enterprise": enterprise,
        "wrong": [wrong_row(one, enterprise, viewer=request.user) for one in rows if one.disputed_at],
    }
    return TemplateResponse(request, "enterprises/my_confirm.html", context)


def place_of(statement):
    """Where the field stands on the page of all details: first who they are, then the business."""
    subject = "person" if statement.person_id else "enterprise"
    return subject == "enterprise", details.order_of(subject, statement.field), statement.pk


def wrong_row(statement, enterprise, *, viewer):
    """What the person called wrong, and where they change it themselves; elsewhere their advisor does."""
    row = {
        "label": label_of(statement),
        "text": details.text_of(statement.subject, statement.field, viewer=viewer),
    }
    if statement.field in {"phone", "phone_owner"}:
        return row | {"url": reverse("enterprises:my-number" if statement.field == "phone" else "enterprises:my-phone")}
    if statement.field == "stage" and enterprise.stage == Enterprise.Stage.IDEA:
        return row | {"url": reverse("enterprises:my-begun", args=[enterprise.pk])}
    if statement.field == "place":
        return row | {"url": reverse("enterprises:business-address-edit", args=[enterprise.pk])}
    kind = "person" if statement.person_id else "enterprise"
    for part in details.PARTS.values():
        if part.form.subject == kind and statement.field in part.form.told():
            return row | {"url": reverse("enterprises:my-details-change", args=[enterprise.pk, part.key])}
    return row | {"small": _("Your advisor changes this with you. Bring your card.")}
