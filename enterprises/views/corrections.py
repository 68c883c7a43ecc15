"""What becomes of a business: an idea begins, a business moves, and what was wrong is put right."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.actions import districts, stages
from enterprises.correction_forms import BegunForm, DistrictForm, IdeaStillForm
from enterprises.models import Correction, Enterprise, Person
from journal.acting import act_once
from kit.onward import carried


@require_http_methods(["GET", "POST"])
def my_begun(request, pk):
    """The owner says that the idea is a business now."""
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user).select_related("sector"), pk=pk)
    back = f"{reverse('enterprises:my-details')}?{urlencode({'ref': enterprise.reference})}"
    if enterprise.stage != Enterprise.Stage.IDEA and request.method == "GET":
        return redirect(back)
    form = BegunForm(request.POST if request.method == "POST" else None, of=enterprise)
    act = partial(stages.begin, enterprise=enterprise, person=request.user.person, by=request.user)
    return answer(request, form, act, back=back, enterprise=enterprise, template="enterprises/my_begun.html")


@require_http_methods(["GET", "POST"])
def enterprise_stage(request, pk):
    """The same for an advisor, who also takes back what was called a business by mistake."""
    enterprise = in_hand(request, pk)
    is_idea = enterprise.stage == Enterprise.Stage.IDEA
    data = request.POST if request.method == "POST" else None
    if is_idea:
        form = BegunForm(data, of=enterprise)
        act = partial(stages.begin, enterprise=enterprise, person=contact_of(enterprise), by=request.user)
    else:
        form = IdeaStillForm(data, initial={"version": enterprise.version})
        act = partial(stages.take_back, enterprise=enterprise, by=request.user)
    context = {"is_idea": is_idea, "title": _("Is it a business?")}
    return answer(request, form, act, back=back_to(request, enterprise), enterprise=enterprise, context=context)


@require_http_methods(["GET", "POST"])
def enterprise_district(request, pk):
    """The district was wrong, or the business moved: the case goes to the office there, and sight with it."""
    enterprise = in_hand(request, pk)
    initial = {"version": enterprise.version, "place": enterprise.place}
    form = DistrictForm(request.POST if request.method == "POST" else None, initial=initial)
    act = partial(districts.change, enterprise=enterprise, by=request.user)
    back = back_to(request, enterprise)
    if form.is_valid() and form.cleaned_data["district"].pk not in request.user.district_ids:
        back = reverse("accounts:start")  # the page is out of sight from now on
    said = _(
        "The district is changed. Where another office covers it, the case is theirs; a client who lets us contact them"
        " gets a message."
    )
    context = {"title": _("Change the district")}
    return answer(request, form, act, back=back, enterprise=enterprise, said=said, context=context)


def in_hand(request, pk):
    """A business in sight that this colleague may put right; 404 and 403 otherwise."""
    seen = Enterprise.objects.visible_to(request.user).select_related("district", "sector")
    enterprise = get_object_or_404(seen, pk=pk)
    if not request.user.has_perm("enterprises.correct_enterprise", enterprise):
        raise PermissionDenied("enterprises.correct_enterprise")
    return enterprise


def contact_of(enterprise):
    return Person.objects.contacts_of(enterprise).get()


def back_to(request, enterprise):
    return reverse("enterprises:enterprise-detail", args=[enterprise.pk]) + carried(request)


def answer(
    request, form, act, *, back, enterprise, said="", context=None, template="enterprises/enterprise_correct.html"
):
    if form.is_valid():
        doing = partial(act, **form.cleaned_data)
        if done := act_once(request, form, doing, to=back, said=said or _("Saved.")):
            return done
    context = {"form": form, "back": back, "enterprise": enterprise} | (context or {})
    context["earlier"] = (
        Correction.objects.visible_to(request.user)
        .filter(enterprise__in=enterprise.record_ids())
        .select_related("by", "district")
        .order_by("-at", "-pk")
    )
    return TemplateResponse(request, template, context)
