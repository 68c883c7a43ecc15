"""What an entrepreneur agreed to, and the buttons that change it."""

from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from enterprises.actions import consents
from enterprises.forms import ConsentForm
from enterprises.models import Consent
from journal.once import once

# (what stands while it is given, what follows from taking it back)
FOLLOWS = {
    Consent.Kind.CONTACT: (
        _("Your advisor may call you and write to you."),
        _("If you take this back, nobody calls or writes to you about new things. A loan that runs goes on."),
    ),
    Consent.Kind.SHARE: (
        _("When you ask for a loan, the lender sees your details."),
        _("If you take this back, the lender stops seeing your request at once. A loan that runs goes on."),
    ),
}


@require_http_methods(["GET", "POST"])
def my_consents(request):
    person = request.user.person
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        act = {"give": consents.give, "withdraw": consents.withdraw}[form.cleaned_data["verb"]]

        def change():
            act(person=person, kind=form.cleaned_data["kind"], by=request.user)
            return redirect("enterprises:my-consents")

        return once(request, form.cleaned_data, change)
    standing = {consent.kind: consent for consent in person.consents.standing()}
    rows = [
        {"kind": kind.value, "label": kind.label, "consent": standing.get(kind), "now": now, "after": after}
        for kind, (now, after) in FOLLOWS.items()
    ]
    return TemplateResponse(request, "enterprises/my_consents.html", {"rows": rows, "form": form})
