"""What an entrepreneur agreed to, and the buttons that change it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from enterprises import shares
from enterprises.actions import consents
from enterprises.actions.clients import lacking
from enterprises.models import Consent, Enterprise, Person
from enterprises.permission_forms import ConsentForm
from journal.once import once_for
from kit.onward import carried

# For each: (what the owner reads while it stands; what ends, and what goes on, once it is taken back)
FOLLOWS = {
    Consent.Kind.CONTACT: (
        _("Your advisor may call you and write to you."),
        _("Nobody calls, visits or writes: no first call, no reminder of a class, no message about the plan."),
        _(
            "Codes to sign in, warnings about card and number, and whatever belongs to a loan. The case stays with the"
            " same office: coming or calling there is always possible."
        ),
    ),
    Consent.Kind.SHARE: (
        _("When you ask for a loan, the lender sees your details."),
        _(
            "At once: the lender sees no details and no papers any more, and no new paper goes there. A request or an"
            " application that is not a loan yet is withdrawn, also one that is approved."
        ),
        _(
            "A loan that was paid out, with its instalments and receipts. What the branch wrote down itself stays in"
            " its records. You can apply anew at any time."
        ),
    ),
    Consent.Kind.NAMED: (
        _("Your name and your business may stand in a report."),
        _("No new report has the name."),
        _("What is printed already cannot be called back. Figures without names go on."),
    ),
    Consent.Kind.PHOTOS: (
        _("Photographs of you and your business may be shown."),
        _("Nobody shows them from now on."),
        _("What is printed already cannot be called back. Photos of papers stay with the papers."),
    ),
}


@require_http_methods(["GET", "POST"])
def my_consents(request):
    person = request.user.person
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return keep(request, form, person=person, back=reverse("enterprises:my-consents"))
    return TemplateResponse(request, "enterprises/my_consents.html", {"rows": rows_of(person), "form": form})


@require_http_methods(["GET", "POST"])
def enterprise_consents(request, pk):
    """The same for the advisor who asks on the telephone, with what a lead still lacks to be a client."""
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user).for_list(), pk=pk)
    person = Person.objects.contacts_of(enterprise).get()
    here = reverse("enterprises:enterprise-consents", args=[pk]) + carried(request)
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return keep(request, form, person=person, back=here)
    context = {
        "enterprise": enterprise,
        "person": person,
        "back": reverse("enterprises:enterprise-detail", args=[pk]) + carried(request),
        "rows": rows_of(person),
        "may_keep": request.user.has_perm("enterprises.keep_consents", person),
        "lacking": lacking(enterprise, person) if enterprise.client_since is None else [],
    }
    return TemplateResponse(request, "enterprises/enterprise_consents.html", context)


def keep(request, form, *, person, back):
    """Give or take back one permission, once."""
    act, said = {
        "give": (consents.give, gettext("The permission is saved.")),
        "withdraw": (consents.withdraw, gettext("The permission is taken back. This holds from now on.")),
        "refuse": (consents.withdraw, gettext("The answer is saved: no.")),
    }[form.cleaned_data["verb"]]

    def change():
        act(person=person, kind=form.cleaned_data["kind"], by=request.user)
        return redirect(back)

    try:
        answer = once_for(request, form, change)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(back)
    messages.success(request, said)
    return answer


def rows_of(person):
    """Each permission: what it is, whether it stands, in which words, and what follows from taking it back."""
    newest = {consent.kind: consent for consent in person.consents.newest_of_each_kind()}
    rows = []
    for kind, (now, ends, goes_on) in FOLLOWS.items():
        consent = newest.get(kind)
        ended = consent.withdrawn_at if consent else None
        standing = None if ended else consent
        refused = consent.refused_at if consent else None
        lapsed = consent.lapsed_at if consent and not refused else None
        row = {"kind": kind.value, "label": kind.label, "consent": standing, "ended": ended}
        row |= {"lapsed": lapsed, "refused": refused}
        rests = shares.follows(person) if standing and kind == Consent.Kind.SHARE else shares.Follows([], [])
        rows.append(row | {"now": now, "ends": ends, "goes_on": goes_on, "rests": rests})
    return rows
