"""With whom a client would rather talk: they say it themselves, or their advisor for them."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from casework.actions import hand_overs
from casework.actions.assignment import Lack, met, why_it_waits
from casework.forms import HandOverForm, WishForm
from casework.models import Case
from casework.pages import away
from casework.states import CaseState
from casework.views.cases import case_in_sight
from journal.acting import act_once


@require_http_methods(["GET", "POST"])
def case_wishes(request, pk):
    """As an advisor writes it down."""
    case = case_in_sight(request, pk, needs="casework.work_case")
    return answer(request, case, template="casework/case_wishes.html", to=case)


@require_http_methods(["GET", "POST"])
def case_hand_over(request, pk):
    """A manager names who takes it."""
    case = case_in_sight(request, pk, needs="casework.assign_case")
    posts = hand_overs.takers(request.user, on=timezone.localdate()).exclude(user=case.advisor_id)
    form = HandOverForm(request.POST or None, posts=posts, initial={"version": case.version})
    if form.is_valid():
        assign = partial(hand_overs.assign, case=case, by=request.user, **form.cleaned_data)
        if done := act_once(request, form, assign, to=case, said=_("Saved. The client is told who has the case now.")):
            return done
    return TemplateResponse(request, "casework/case_hand_over.html", {"case": case, "form": form})


@require_http_methods(["GET", "POST"])
def my_advisor(request, pk):
    """Who has one's case, and with whom one would rather talk."""
    case = get_object_or_404(Case.objects.visible_to(request.user).for_list(), pk=pk)
    if not request.user.has_perm("casework.wish_advisor", case):
        raise PermissionDenied("casework.wish_advisor")
    to = reverse("casework:my-advisor", args=[case.pk])
    return answer(request, case, template="casework/my_advisor.html", to=to)


def answer(request, case, *, template, to):
    typed = {"version": case.version, "woman": case.wants_woman, "language": case.wants_language}
    form = WishForm(request.POST or None, initial=typed)
    if form.is_valid():
        wish = partial(hand_overs.wish, case=case, by=request.user, **form.cleaned_data)
        if done := act_once(request, form, wish, to=to, said=said_of(case)):
            return done
    context = {
        "case": case,
        "form": form,
        "is_closed": case.state == CaseState.CLOSED,
        "advisor": case.advisor.introduced(_("Your advisor")),
        "today": timezone.localdate(),
        "away": away.of_case(case, on=timezone.localdate()),
    } | waiting(case)
    return TemplateResponse(request, template, context)


def waiting(case):
    """A wish that nobody meets: why, and from when somebody who would is there again."""
    wishes = hand_overs.wishes_of(case)
    if case.state == CaseState.CLOSED or all(met(wishes, case.advisor)):
        return {}
    lack, back_on = why_it_waits(case, wishes=wishes, now=timezone.now())
    return {"wish": {"lack": LACKS[lack], "back_on": back_on}}


LACKS = {
    Lack.NOBODY: gettext_lazy("Nobody like that works here just now."),
    Lack.AWAY: gettext_lazy("Somebody like that works here, and is away."),
    Lack.FULL: gettext_lazy("Somebody like that works here, and takes nobody else this week."),
    Lack.NONE: gettext_lazy("Somebody like that is free now."),
}


def said_of(before):
    """What came of the wish."""

    def said(case):
        if case.advisor_id != before.advisor_id:
            return _("Saved. Another advisor has the case from now on.")
        if not waiting(case):
            return _("Saved.")
        return _("Saved. The advisor stays the same for now, and the wish stands.")

    return said
