"""Claims: two people, one CNIC. An advisor of the district looks at the card and says whose it is."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enterprises import cards
from enterprises.actions import claims, drafts, people
from enterprises.forms import ClaimForm
from enterprises.models import Claim
from enterprises.summaries import answers_of, candidate_rows
from journal.once import once_for
from kit import phones
from kit.paging import page


@require_safe
def claim_list(request):
    """What waits in the reader's districts, the longest overdue first."""
    waiting = Claim.objects.visible_to(request.user).waiting().for_list()
    found = page(waiting, order=("due_on", "id"), after=request.GET.get("after"))
    context = {"page": found, "today": timezone.localdate(), "panels": cards.shown_for(request)}
    return TemplateResponse(request, "enterprises/claim_list.html", context)


def phone_of(person, *, by):
    """Whole for whoever sees the person anyway. Anybody can make a claim; it is no way to somebody's number."""
    said = phones.display if by.has_perm("enterprises.view_person", person) else phones.masked
    return said(person.phone) if person.phone else ""


@require_http_methods(["GET", "POST"])
def claim_settle(request, pk):
    claim = get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk)
    may_settle = claim.settled_at is None and request.user.has_perm("enterprises.settle_claim", claim)
    form = ClaimForm(request.POST if request.method == "POST" else None, initial={"version": claim.version})
    if form.is_valid():

        def act():
            enterprise = claims.settle(claim=claim, by=request.user, **form.cleaned_data)
            said = _("Settled. The enterprise is registered: %(reference)s") % {"reference": enterprise.reference}
            messages.success(request, said)
            return redirect("enterprises:claim-list")

        try:
            return once_for(request, form, act)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    found = people.Found([])
    if claim.settled_at is None:
        # The card is the question here: whoever else looks like the newcomer does so without it.
        found = people.look_alike(facts=drafts.likeness_facts_of(claim.draft), by=request.user, besides=claim.person)
    context = {
        "claim": claim,
        "phone": phone_of(claim.person, by=request.user),
        "found": candidate_rows(found),
        "elsewhere": found.elsewhere,
        "form": form if may_settle else None,
        "answers": answers_of(claim.draft, may_change=False) if claim.draft.answers else [],
    }
    return TemplateResponse(request, "enterprises/claim_settle.html", context)
