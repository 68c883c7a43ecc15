"""Addresses of records that were merged into others: they lead on to the same page of the record that lives."""

from django.shortcuts import redirect

from casework.models import Case
from enterprises.models import Enterprise, Person

# What the number in the address of these pages names.
NAMED = {
    "enterprises:enterprise-detail": Enterprise,
    "enterprises:enterprise-change": Enterprise,
    "enterprises:enterprise-consents": Enterprise,
    "enterprises:enterprise-wrong": Enterprise,
    "enterprises:business-address-edit": Enterprise,
    "enterprises:document-ask": Enterprise,
    "portal:case-passport": Enterprise,
    "portal:paper-list": Enterprise,
    "training:enrolment-create": Enterprise,
    "formalisation:registration-create": Enterprise,
    "enterprises:person-access": Person,
    "enterprises:person-addresses": Person,
    "enterprises:person-address-edit": Person,
    "enterprises:person-phone": Person,
    "enterprises:person-card": Person,
    "enterprises:phone-change-create": Person,
    "enterprises:sheet-create": Person,
    "enterprises:pin-create": Person,
    "casework:case-detail": Case,
    "casework:case-close": Case,
    "casework:attempt-create": Case,
    "casework:pause-create": Case,
    "casework:case-reopen": Case,
    "casework:case-wishes": Case,
    "casework:case-hand-over": Case,
    "casework:my-advisor": Case,
    "casework:contact-create": Case,
    "casework:note-create": Case,
    "casework:plan-create": Case,
    "casework:plan-template": Case,
    "casework:business-plan-create": Case,
    "casework:referral-create": Case,
    "casework:consent-create": Case,
    "casework:meeting-create": Case,
    "casework:health-list": Case,
    "casework:visit-form-of-case": Case,
    "casework:barrier-report": Case,
    "casework:outcome-list": Case,
    "casework:outcome-create": Case,
    "casework:transfer-create": Case,
    "casework:introduction-create": Case,
    "casework:flag-create": Case,
    "casework:thread": Case,
    "casework:my-thread": Case,
}


class PointerMiddleware:
    """A page that was not found is looked for at the record that the merged one went into, if the reader sees that.

    Asked only where nothing was found, so that no other page costs more; and to whom the living record is out of sight
    the answer stays that there is nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code != 404 or request.method != "GET" or match is None:  # noqa: PLR2004
            return response
        model = NAMED.get(match.view_name)
        name = "enterprise_id" if "enterprise_id" in match.kwargs else "pk"
        living = living_of(model, match.kwargs[name], user=request.user) if model else None
        if living is None:
            return response
        to = redirect(match.view_name, **match.kwargs | {name: living})
        query = request.META.get("QUERY_STRING")
        return redirect(f"{to.url}?{query}") if query else to


def living_of(model, pk, *, user):
    """The number of the record that this one was merged into, where the user sees it."""
    if pk >= 2**63:
        return None
    if model is Case:
        into = Case.objects.filter(pk=pk).values_list("enterprise__merged_into__case", flat=True)
    else:
        into = model.objects.filter(pk=pk).values_list("merged_into", flat=True)
    return model.objects.visible_to(user).filter(pk=into.first() or 0).values_list("pk", flat=True).first()
