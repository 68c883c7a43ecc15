"""Claims: two people, one CNIC. An advisor of the district looks at the card and says whose it is."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Office
from enterprises import cards
from enterprises.actions import claims, drafts, people, releases
from enterprises.claim_forms import ClaimForm, GiveBackForm
from enterprises.models import CardRelease, Claim, Enterprise
from enterprises.summaries import answers_of, candidate_rows, in_third_person, newcomer_rows
from journal.acting import act_once, refuse
from journal.once import once_for
from kit import phones
from kit.paging import page
from kit.templatetags.kit import bdi

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


def phone_of(person, *, by, is_called=False):
    """Whole for whoever sees the person anyway. Anybody can make a claim; it is no way to somebody's number."""
    said = phones.display if is_called or by.has_perm("enterprises.view_person", person) else phones.masked
    return said(person.phone) if person.phone else ""


@require_http_methods(["GET", "POST"])
def claim_settle(request, pk):
    claim = get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk)
    typed = request.POST if request.method == "POST" else None
    is_second = CardRelease.objects.filter(claim=claim).exists()
    form = ClaimForm(typed, initial={"version": claim.version}, waits=claim.draft_id is not None, is_second=is_second)
    if form.is_valid():

        def act():
            settled = claims.settle(claim=claim, by=request.user, **form.cleaned_data)
            messages.success(request, what_came_of(settled, reader=request.user))
            return redirect("enterprises:claim-list")

        try:
            return once_for(request, form, act)
        except ValidationError as refusal:
            refuse(form, refusal)
    return show(request, claim, form=form, back=None)


def what_came_of(claim, *, reader):
    if claim.settled_at is None:
        return _("Kept. Another officer takes a second look at the card before the number goes over.")
    if claim.draft is None:
        return _("Settled: %(outcome)s") % {"outcome": claim.get_outcome_display()}
    said = [_("Settled. The enterprise is registered:"), link_to(claim.reference, reader=reader)]
    if number_of(claim):
        said.append(_("They gave another number: it waits to be attested and approved."))
    return format_html_join(" ", "{}", ((part,) for part in said))


def link_to(reference, *, reader):
    """The reference, with a link to the business where the reader sees it."""
    business = Enterprise.objects.visible_to(reader).filter(reference=reference).first()
    shown = bdi(reference)
    url = reverse("enterprises:enterprise-detail", args=[business.pk]) if business else ""
    return format_html('<a href="{}">{}</a>', url, shown) if url else shown


def number_of(claim):
    """The change to the number that it was sent from, while it waits; of who is on file."""
    if claim.outcome != Claim.Outcome.SAME or claim.draft is None:
        return None
    return people.living(claim.person).phone_changes.open().first()


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


def answers_about(claim, *, by):
    """What is known of the newcomer: what they answered, or their record and the number that they came with.

    While it waits they are called. Once it is settled their number is for whoever sees them.
    """
    if claim.draft is None:
        phone = phone_of(claim.newcomer, by=by, is_called=claim.settled_at is None)
        return [row | in_third_person(row) for row in newcomer_rows(claim, phone=phone)]
    return answers_of(claim.draft, may_change=False) if claim.draft.answers else []


def details_of(claim, *, by):
    seen = claim.enterprise is not None and by.has_perm("enterprises.view_enterprise", claim.enterprise)
    return reverse("enterprises:enterprise-detail", args=[claim.enterprise_id]) if seen else ""


def holder_shown(claim, release):
    """Whom the decision concerns: who has the number today, and of what is settled who had it until then."""
    if claim.settled_at is None:
        return claims.holder_of(claim)
    return release.holder if release else claim.person


def where_joined(claim, holder, *, by):
    """Where two records of one person are laid side by side; of people out of the reader's sight nowhere."""
    if claim.newcomer is None or claim.settled_at is not None:
        return ""
    pair = [holder, people.living(claim.newcomer)]
    if pair[0] == pair[1] or not all(by.has_perm("enterprises.view_person", person) for person in pair):
        return ""
    return reverse("enterprises:merge-preview", args=[person.pk for person in pair])


def waiting_for(claim, holder, release, *, by):
    """Who takes the second look, where and until when, if the reader took the first; None where they decide."""
    if release is None or claim.settled_at is not None:
        return None
    wait = releases.why_it_waits(claim, holder, release, by=by)
    if wait is None:
        return None
    smeda = Office.objects.filter(organisation=Office.Organisation.SMEDA)
    office = smeda.covering(claim.district_id, on=timezone.localdate()).first()
    return {"who": wait.who, "office": office.label if office else "", "until": claim.due_on}


def show(request, claim, *, form, back):
    """Both people side by side, and what the reader may do next; a form that was sent stays as it was typed."""
    release = CardRelease.objects.filter(claim=claim).for_list().first()
    holder, found = holder_shown(claim, release), people.Found([])
    if claim.settled_at is None and claim.draft is not None:
        # The card is the question here: whoever else looks like the newcomer does so without it.
        found = people.look_alike(facts=drafts.likeness_facts_of(claim.draft), by=request.user, besides=holder)
    may_settle = claim.settled_at is None and request.user.has_perm("enterprises.settle_claim", claim)
    waits = waiting_for(claim, holder, release, by=request.user) if may_settle else None
    now = timezone.now()
    may_give_back = release is not None and request.user.has_perm("enterprises.undo_release", claim)
    if back is None and may_give_back and not releases.why_not_undone(release, by=request.user, now=now):
        back = GiveBackForm(initial={"version": release.version}, auto_id="back_%s")
    if back is not None:
        back.helper.form_action = reverse("enterprises:claim-give-back", args=[claim.pk])
    context = {
        "claim": claim,
        "holder": holder,
        "has_moved": holder != people.living(claim.person),
        "phone": phone_of(holder, by=request.user),
        "found": candidate_rows(found),
        "elsewhere": found.elsewhere,
        # What was sent in spite of that is answered beside the form.
        "form": form if may_settle and (waits is None or (form and form.is_bound)) else None,
        "waits": waits,
        "release": release,
        "back": back,
        "until": localtime(release.undo_until) if release and release.done_at else None,
        "answers": answers_about(claim, by=request.user),
        "case_url": details_of(claim, by=request.user),
        "change": number_of(claim),
        "join_url": where_joined(claim, holder, by=request.user),
    }
    return TemplateResponse(request, "enterprises/claim_settle.html", context)
