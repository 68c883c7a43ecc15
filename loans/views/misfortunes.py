"""A death or a disability that somebody told of: written down, visited, verified, decided."""

from functools import partial

from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from journal.acting import act_once
from loans.actions import misfortunes
from loans.forms import EndForm, FamilyVisitForm, MisfortuneForm, MoveForm, WaiverForm
from loans.pages import misfortunes as pages
from loans.views.sight import is_too_late, loan_in_sight, misfortune_in_sight
from loans.views.verbs import show_verb


@require_http_methods(["GET", "POST"])
def misfortune_create(request, pk):
    loan = loan_in_sight(request, pk, needs="loans.report_misfortune")
    if request.method == "GET" and loan.is_frozen:
        return redirect(loan.frozen_for)
    form = MisfortuneForm(request.POST or None)
    if form.is_valid():
        report = partial(misfortunes.report, loan=loan, by=request.user, **form.cleaned_data)
        said = _("Written down. The loan rests: nobody reminds, and nobody asks the guarantors.")
        if answer := act_once(request, form, report, said=said):
            return answer
    return show_verb(request, loan, form, title=_("Report a death or a disability"), text=pages.BEFORE_REPORTING)


@require_safe
def misfortune_detail(request, pk):
    misfortune = misfortune_in_sight(request, pk)
    page = pages.gather(misfortune, user=request.user)
    return TemplateResponse(request, "loans/misfortune_detail.html", {"page": page})


@require_http_methods(["GET", "POST"])
def misfortune_visit(request, pk):
    misfortune = misfortune_in_sight(request, pk, needs="loans.visit_family")
    if is_too_late(request, misfortune, "visit"):
        return redirect(misfortune)
    form = FamilyVisitForm(request.POST or None, initial={"version": misfortune.version})
    if form.is_valid():
        visit = partial(misfortunes.record_visit, misfortune=misfortune, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, visit, said=_("The visit is saved.")):
            return answer
    return show_verb(request, misfortune, form, title=_("I visited the family"), text=[])


@require_http_methods(["GET", "POST"])
def misfortune_propose(request, pk):
    misfortune = misfortune_in_sight(request, pk, needs="loans.propose_waiver")
    if is_too_late(request, misfortune, "propose"):
        return redirect(misfortune)
    facts = {name: getattr(misfortune, name) for name in ("ground", "paper", "paper_number", "amount")}
    initial = facts | {"version": misfortune.version, "amount": misfortune.amount or misfortune.loan.balance}
    form = WaiverForm(request.POST or None, misfortune=misfortune, initial=initial)
    if form.is_valid():
        propose = partial(misfortunes.propose, misfortune=misfortune, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, propose, said=_("Proposed. Somebody else decides.")):
            return answer
    return show_verb(request, misfortune, form, title=_("Propose to forgive the loan"), text=pages.BEFORE_PROPOSING)


@require_http_methods(["GET", "POST"])
def misfortune_waive(request, pk):
    misfortune = misfortune_in_sight(request, pk, needs="loans.approve_waiver")
    if is_too_late(request, misfortune, "waive"):
        return redirect(misfortune)
    form = MoveForm(request.POST or None, button=_("Forgive this"), initial={"version": misfortune.version})
    if form.is_valid():
        waive = partial(misfortunes.waive, misfortune=misfortune, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, waive, said=_("Forgiven. The family is told.")):
            return answer
    text = pages.before_forgiving(misfortune)
    return show_verb(request, misfortune, form, title=_("Forgive what was proposed"), text=text)


@require_http_methods(["GET", "POST"])
def misfortune_end(request, pk):
    misfortune = misfortune_in_sight(request, pk, needs="loans.end_misfortune")
    if is_too_late(request, misfortune, "end"):
        return redirect(misfortune)
    form = EndForm(request.POST or None, initial={"version": misfortune.version})
    if form.is_valid():
        end = partial(misfortunes.end, misfortune=misfortune, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, end, said=_("The loan goes on.")):
            return answer
    return show_verb(request, misfortune, form, title=_("Let the loan go on"), text=pages.BEFORE_ENDING)
