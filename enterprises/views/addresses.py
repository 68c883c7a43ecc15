"""Addresses of a person and of their businesses: on one's own page, and beside the case."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.actions import addresses
from enterprises.address_forms import BusinessAddressForm, PermanentAddressForm, PresentAddressForm
from enterprises.models import Address, Enterprise, Person
from enterprises.pages import addresses as pages
from journal.acting import act_once
from kit import words
from kit.onward import carried, wanted

FORMS = {Address.Kind.PRESENT: PresentAddressForm, Address.Kind.PERMANENT: PermanentAddressForm}


@require_safe
def my_addresses(request):
    person = request.user.person
    context = {"cards": pages.cards_of(person, user=request.user, may_change=True), "person": person}
    return TemplateResponse(
        request, "enterprises/addresses.html", context | pages.frame(request.user, person, carried="")
    )


@require_safe
def person_addresses(request, pk):
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    may_change = request.user.has_perm("enterprises.keep_addresses", person)
    carry = carried(request)
    cards = pages.cards_of(person, user=request.user, may_change=may_change, carried=carry)
    context = {"cards": cards, "person": person, "behind": wanted(request)}
    frame = pages.frame(request.user, person, carried=carry)
    return TemplateResponse(request, "enterprises/addresses.html", frame | context)


@require_http_methods(["GET", "POST"])
def my_address_edit(request, kind):
    return edit(request, request.user.person, kind)


@require_http_methods(["GET", "POST"])
def person_address_edit(request, pk, kind):
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm("enterprises.keep_addresses", person):
        raise PermissionDenied("enterprises.keep_addresses")
    return edit(request, person, kind)


@require_http_methods(["GET", "POST"])
def business_address_edit(request, pk):
    """The place of one business, for its owner and for advisors of its district."""
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user).select_related("district"), pk=pk)
    if not request.user.has_perm("enterprises.change_enterprise", enterprise):
        raise PermissionDenied("enterprises.change_enterprise")
    person = Person.objects.contacts_of(enterprise).first()
    standing = Address.objects.standing().filter(enterprise=enterprise).first()
    initial = pages.initial_of(standing, place=enterprise.place)
    form = BusinessAddressForm(request.POST or None, initial=initial, is_staff=request.user.is_colleague)

    def act():
        return addresses.state_business(
            enterprise=enterprise,
            where=form.whereabouts(district=enterprise.district),
            source=form.source_said(),
            by=request.user,
            version=form.cleaned_data["version"],
        )

    context = {
        "title": Address.Kind.BUSINESS.label,
        "small": words.listed([enterprise.called, enterprise.district.label, enterprise.reference]),
    }
    return answer(request, form, act, person=person, context=context)


def edit(request, person, kind):
    if kind not in FORMS:
        raise Http404
    standing = Address.objects.standing().filter(person=person, kind=kind).select_related("district").first()
    initial = pages.initial_of(standing, **pages.known_of(person, kind, user=request.user))
    form = FORMS[kind](request.POST or None, initial=initial, is_staff=request.user.is_colleague)

    def act():
        said = {"source": form.source_said(), "by": request.user, "version": form.cleaned_data["version"]}
        if form.cleaned_data.get("same"):
            return addresses.state_same(person=person, **said)
        return addresses.state(person=person, kind=kind, where=form.whereabouts(), **said)

    return answer(request, form, act, person=person, context={"title": Address.Kind(kind).label, "small": ""})


def answer(request, form, act, *, person, context):
    frame = pages.frame(request.user, person, carried=carried(request))
    back = reverse("enterprises:my-addresses") if not request.user.is_colleague else frame["own_url"]
    if form.is_valid() and (done := act_once(request, form, act, said=_("The address is saved."), to=back)):
        return done
    return TemplateResponse(request, "enterprises/address_edit.html", frame | context | {"form": form, "back": back})
