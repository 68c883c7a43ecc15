from functools import partial

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from journal.acting import act_once
from loans.actions import committee, conflicts
from loans.conflicts import conflict_of
from loans.forms import ConflictForm, VoteForm
from loans.pages import application as pages
from loans.views.sight import application_in_sight, is_too_late


@require_http_methods(["GET", "POST"])
def application_vote(request, pk):
    application = application_in_sight(request, pk, needs="loans.vote_on_application")
    if (
        is_too_late(request, application, "approve")
        or has_voted(request, application)
        or has_conflict(request, application)
    ):
        return redirect(application)
    initial = {"version": application.version, "amount": application.amount_wanted}
    form = VoteForm(request.POST or None, initial=initial)
    if form.is_valid():
        vote = partial(committee.vote, application=application, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, vote, said=_("Your vote is counted.")):
            return answer
    page = pages.gather(application, user=request.user, on=timezone.localdate())
    return TemplateResponse(request, "loans/application_vote.html", {"page": page, "form": form})


def has_voted(request, application):
    """Whether the form has nothing to ask this member any more; they are told why."""
    if request.method != "GET" or not application.votes.filter(member=request.user).exists():
        return False
    messages.warning(request, _("You have voted on this application already."))
    return True


def has_conflict(request, application):
    """Whether this member must not decide; they are told why."""
    if request.method != "GET" or not (why := conflict_of(request.user, application)):
        return False
    messages.warning(request, _("You do not decide on this application. %(why)s") % {"why": why})
    return True


@require_http_methods(["GET", "POST"])
def application_conflict(request, pk):
    """A member says that they must not decide on it, and why."""
    application = application_in_sight(request, pk, needs="loans.vote_on_application")
    if is_too_late(request, application, "refuse") or has_voted(request, application):
        return redirect(application)
    if has_conflict(request, application):
        return redirect(application)
    form = ConflictForm(request.POST or None, initial={"version": application.version})
    if form.is_valid():
        declare = partial(conflicts.declare, application=application, by=request.user, **form.cleaned_data)
        said = _("Written down: you do not decide on this application.")
        if answer := act_once(request, form, declare, said=said):
            return answer
    return TemplateResponse(request, "loans/application_conflict.html", {"application": application, "form": form})
