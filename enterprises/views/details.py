"""Details that are asked later: the owner's pages, and the same for the advisor who writes them down."""

from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enterprises import details, needs
from enterprises.actions.details import change
from enterprises.models import Enterprise, Person
from journal.once import once_for
from kit.onward import carried, wanted


@require_safe
def my_details(request):
    """All that we know about somebody and their business, who stated it, and where it is changed."""
    owned = Enterprise.objects.visible_to(request.user).unmerged().for_list().order_by("-registered_at", "-id")
    enterprise = next((one for one in owned if one.reference == request.GET.get("ref")), None) or owned.first()
    if enterprise is None:
        return redirect("portal:my")
    urls = {part: reverse("enterprises:my-details-change", args=[enterprise.pk, part]) for part in details.PARTS}
    urls["phone"] = reverse("enterprises:my-phone")
    urls["place"] = reverse("enterprises:business-address-edit", args=[enterprise.pk])
    if enterprise.stage == Enterprise.Stage.IDEA:
        urls["stage"] = reverse("enterprises:my-begun", args=[enterprise.pk])
    return page_of(request, "enterprises/my_details.html", enterprise, person=request.user.person, urls=urls)


@require_safe
def enterprise_detail(request, pk):
    """The same for a colleague in whose sight the enterprise lies."""
    enterprise = get_object_or_404(
        Enterprise.objects.visible_to(request.user).for_list().select_related("registered_by", "case"), pk=pk
    )
    urls, carry, person = {}, carried(request), contact_of(enterprise)
    if request.user.has_perm("enterprises.change_enterprise", enterprise):
        urls = {part: reverse("enterprises:enterprise-change", args=[pk, part]) + carry for part in details.PARTS}
        phone = reverse("enterprises:person-access", args=[person.pk]) + carry
        urls["phone"] = phone
        urls["place"] = reverse("enterprises:business-address-edit", args=[pk]) + carry
        urls["sex"] = reverse("enterprises:person-name", args=[person.pk]) + carry
        urls |= {what: reverse(f"enterprises:enterprise-{what}", args=[pk]) + carry for what in ("stage", "district")}
    return page_of(request, "enterprises/enterprise_detail.html", enterprise, person=person, urls=urls)


def page_of(request, template, enterprise, *, person, urls):
    today = timezone.localdate()
    sections = details.sections(person, enterprise, viewer=request.user, on=today, urls=urls)
    context = {"enterprise": enterprise, "person": person, "sections": sections, "behind": wanted(request)}
    context["carried"] = carried(request)
    is_read = person.cnic_standing == Person.Standing.VERIFIED
    context["may_add_card"] = not is_read and request.user.has_perm("enterprises.add_card", person)
    context["may_correct_name"] = request.user.has_perm("enterprises.correct_name", person)
    context["may_see_family"] = request.user.has_perm("enterprises.view_family", person)
    return TemplateResponse(request, template, context)


@require_http_methods(["GET", "POST"])
def my_details_change(request, pk, part):
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user), pk=pk)
    back = f"{reverse('enterprises:my-details')}?{urlencode({'ref': enterprise.reference})}"
    return part_of(
        request, part, enterprise, person=request.user.person, template="enterprises/my_details_change.html", back=back
    )


@require_http_methods(["GET", "POST"])
def enterprise_change(request, pk, part):
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user), pk=pk)
    return part_of(
        request,
        part,
        enterprise,
        person=contact_of(enterprise),
        template="enterprises/enterprise_change.html",
        back=reverse("enterprises:enterprise-detail", args=[pk]) + carried(request),
    )


def part_of(request, key, enterprise, *, person, template, back):
    """One page of questions: what differs is written down, with who stated it. It leads back to what asked for it."""
    if needs.STRAIGHT in request.GET:
        back = wanted(request) or back
    part = details.PARTS.get(key)
    if part is None:
        raise Http404
    subject = person if part.form.subject == "person" else enterprise
    form = part.form(request.POST if request.method == "POST" else None, of=subject)
    if form.is_valid():
        save = partial(change, subject=subject, person=person, by=request.user, **form.cleaned_data)

        def act():
            messages.success(request, _("Saved.") if save() else _("Nothing was different."))
            return redirect(back)

        return once_for(request, form, act)
    title = part.title if request.user.is_entrepreneur else part.staff_title
    return TemplateResponse(request, template, {"form": form, "title": title, "back": back, "enterprise": enterprise})


def contact_of(enterprise):
    return Person.objects.contacts_of(enterprise).get()
