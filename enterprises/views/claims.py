"""Claims: two people, one CNIC. An advisor of the district looks at the card and says whose it is."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises import cards
from enterprises.actions import claims, drafts, people, releases
from enterprises.claim_forms import ClaimForm, GiveBackForm
from enterprises.models import CardRelease, Claim
from enterprises.summaries import answers_of, candidate_rows
from journal.acting import act_once, refuse
from journal.once import once_for
from kit import phones
from kit.paging import page

# As many releases of the last thirty days as a manager is shown.
RECENT = 20


@require_safe
def claim_list(request):
    """What waits in the reader's districts, the longest overdue first."""
    waiting = Claim.objects.visible_to(request.user).waiting().for_list()
    found = page(waiting, order=("due_on", "id"), after=request.GET.get("after"))
    context = {"page": found, "today": timezone.localdate(), "panels": cards.shown_for(request)}
    if request.user.has_perm("enterprises.undo_releases"):
        recent = CardRelease.objects.visible_to(request.user).to_undo(at=timezone.now())
        context["released"] = recent.for_list().order_by("-done_at", "-pk")[:RECENT]
    return TemplateResponse(request, "enterprises/claim_list.html", context)


def phone_of(person, *, by):
    """Whole for whoever sees the person anyway. Anybody can make a claim; it is no way to somebody's number."""
    said = phones.display if by.has_perm("enterprises.view_person", person) else phones.masked
    return said(person.phone) if person.phone else ""


@require_http_methods(["GET", "POST"])
def claim_settle(request, pk):
    claim = get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk)
    form = ClaimForm(request.POST if request.method == "POST" else None, initial={"version": claim.version})
    if form.is_valid():

        def act():
            enterprise = claims.settle(claim=claim, by=request.user, **form.cleaned_data)
            if enterprise is None:
                said = _("Kept. Another officer takes a second look at the card before the number goes over.")
            else:
                said = _("Settled. The enterprise is registered: %(reference)s") % {"reference": enterprise.reference}
            messages.success(request, said)
            return redirect("enterprises:claim-list")

        try:
            return once_for(request, form, act)
        except ValidationError as refusal:
            refuse(form, refusal)
    return show(request, claim, form=form, back=None)


@require_POST
def claim_give_back(request, pk):
    """A number that went over by mistake."""
    claim = get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk, release__isnull=False)
    form = GiveBackForm(request.POST, auto_id="back_%s")
    if form.is_valid():
        act = partial(releases.undo, release=claim.release, by=request.user, **form.cleaned_data)
        said = _("The number is back with whoever held it. Both are told, and asked for their card.")
        if answer := act_once(request, form, act, said=said):
            return answer
    return show(request, claim, form=None, back=form)


def show(request, claim, *, form, back):
    """Both people side by side, and what the reader may do next; a form that was sent stays as it was typed."""
    release = CardRelease.objects.filter(claim=claim).for_list().first()
    found = people.Found([])
    if claim.settled_at is None:
        # The card is the question here: whoever else looks like the newcomer does so without it.
        found = people.look_alike(facts=drafts.likeness_facts_of(claim.draft), by=request.user, besides=claim.person)
    may_settle = claim.settled_at is None and request.user.has_perm("enterprises.settle_claim", claim)
    now = timezone.now()
    may_give_back = release is not None and request.user.has_perm("enterprises.undo_release", claim)
    if back is None and may_give_back and not releases.why_not_undone(release, by=request.user, now=now):
        back = GiveBackForm(initial={"version": release.version}, auto_id="back_%s")
    if back is not None:
        back.helper.form_action = reverse("enterprises:claim-give-back", args=[claim.pk])
    context = {
        "claim": claim,
        "phone": phone_of(claim.person, by=request.user),
        "found": candidate_rows(found),
        "elsewhere": found.elsewhere,
        "form": form if may_settle else None,
        "release": release,
        "back": back,
        "until": localtime(release.undo_until) if release and release.done_at else None,
        "answers": answers_of(claim.draft, may_change=False) if claim.draft.answers else [],
    }
    return TemplateResponse(request, "enterprises/claim_settle.html", context)
