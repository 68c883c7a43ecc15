"""Second readings of plans, for colleagues alone."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.actions import plan_reviews
from casework.forms import MoveForm, PlanReviewForm
from casework.models import PlanReview
from casework.pages import plan_reviews as pages
from journal.acting import act_once


def review_in_sight(request, pk, *, needs=None):
    review = get_object_or_404(PlanReview.objects.visible_to(request.user).for_list(), pk=pk)
    if needs and not request.user.has_perm(needs, review):
        raise PermissionDenied(needs)
    return review


@require_safe
def plan_review_list(request):
    listed = pages.listed(request.user, asked=request.GET, now=timezone.now())
    return TemplateResponse(request, "casework/plan_review_list.html", listed)


@require_http_methods(["GET", "POST"])
def plan_review_detail(request, pk):
    """The plan, and where whoever may says what they make of it."""
    review = review_in_sight(request, pk, needs="casework.review_plan" if request.method == "POST" else None)
    form = PlanReviewForm(request.POST or None, initial={"version": review.version})
    if form.is_valid():
        read = partial(plan_reviews.read, review=review, by=request.user, **form.facts())
        if answer := act_once(request, form, read, said=_("Saved.")):
            return answer
    return show(request, review, form)


@require_POST
def plan_review_talk(request, pk):
    review = review_in_sight(request, pk, needs="casework.talk_plan_over")
    form = MoveForm(request.POST)
    if form.is_valid():
        talk = partial(plan_reviews.talk_over, review=review, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, talk, said=_("Saved.")):
            return answer
    return show(request, review, form)


def show(request, review, form):
    context = pages.gather(review, user=request.user, today=timezone.localdate())
    return TemplateResponse(request, "casework/plan_review_detail.html", context | {"review": review, "form": form})
