"""Family and household: one's own page once something asked for it, and the same beside a case or an application."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.actions import families, households
from enterprises.family_forms import TAKEN_BACK, ChangeRelativeForm, HouseholdForm, RelativeForm
from enterprises.family_querysets import families_seen_by
from enterprises.kin import Relation
from enterprises.models import Household, Kinship, Person
from enterprises.pages import family as pages
from journal.acting import act_once
from kit.onward import carried, wanted


def own(request):
    """Oneself, once something asked about the family; before that there is no such page."""
    person = request.user.person
    if not pages.is_reached(person):
        raise Http404
    return person


def of_somebody(request, pk):
    return get_object_or_404(families_seen_by(request.user), pk=pk)


@require_safe
def my_family(request):
    return family_page(request, own(request))


@require_safe
def person_family(request, pk):
    return family_page(request, of_somebody(request, pk))


@require_http_methods(["GET", "POST"])
def my_kin_create(request):
    person = own(request)
    if request.method == "GET" and not request.user.has_perm("enterprises.keep_family", person):
        messages.info(request, _("Nobody asks about your family now, so there is nothing to add."))
        return redirect("enterprises:my-family")
    return create(request, person)


@require_http_methods(["GET", "POST"])
def person_kin_create(request, pk):
    return create(request, of_somebody(request, pk))


@require_http_methods(["GET", "POST"])
def my_kin_change(request, pk):
    return change(request, own(request), pk)


@require_http_methods(["GET", "POST"])
def person_kin_change(request, pk, kin):
    return change(request, of_somebody(request, pk), kin)


@require_http_methods(["GET", "POST"])
def my_household(request):
    return household(request, own(request))


@require_http_methods(["GET", "POST"])
def person_household(request, pk):
    return household(request, of_somebody(request, pk))


def family_page(request, person):
    carry = carried(request)
    context = pages.frame(request.user, person, carried=carry)
    context |= pages.gather(person, user=request.user, carried=carry) | {"behind": wanted(request)}
    return TemplateResponse(request, "enterprises/family.html", context)


def refuse_reader(request, person, needs):
    """Who may read and not write. When nothing asks any more somebody puts their own right, and adds nothing."""
    if not request.user.has_perm(needs, person):
        raise PermissionDenied(needs)


def create(request, person):
    refuse_reader(request, person, "enterprises.keep_family")
    form = RelativeForm(request.POST or None, of=person.sex, born=person.birth_year, is_staff=request.user.is_colleague)
    title = _("Add a relative")
    return answer(request, form, partial(state, person, form, request.user), person=person, title=title)


def state(person, form, by):
    return families.state(person=person, source=form.source_said(), by=by, **form.facts())


def change(request, person, pk):
    refuse_reader(request, person, "enterprises.correct_family")
    standing = Kinship.objects.visible_to(request.user).standing().of(person)
    kinship = get_object_or_404(standing.select_related("person", "relative", "asked_of"), pk=pk)
    may_end = kinship.relation == Relation.SPOUSE and kinship.ended_on is None
    form = ChangeRelativeForm(
        request.POST or None,
        initial={"version": kinship.version},
        may_end=may_end,
        is_staff=request.user.is_colleague,
    )
    shown = pages.row_of(kinship, person, telling=pages.Telling.of([kinship], to=request.user), may_correct=False)
    act = partial(end_or_take_back, person, kinship, form, request.user)
    return answer(request, form, act, person=person, title=shown["label"], rows=[shown | {"label": _("Name")}])


def end_or_take_back(person, kinship, form, by):
    typed = form.cleaned_data
    if typed["what"] == TAKEN_BACK:
        return families.take_back(person=person, kinship=kinship, by=by, version=typed["version"])
    return families.end_marriage(
        person=person,
        kinship=kinship,
        ending=typed["what"],
        ended_on=typed["ended_on"],
        source=form.source_said(),
        by=by,
        version=typed["version"],
    )


def household(request, person):
    home = Household.objects.of(person, on=timezone.localdate())
    refuse_reader(request, person, "enterprises.correct_family" if home else "enterprises.keep_family")
    kin = Kinship.objects.visible_to(request.user)
    names = pages.names_of_kin(kin.standing().of(person).for_page(), person)
    at_home = kin.at_home_of(person, on=timezone.localdate()) & names.keys()
    relatives = Person.objects.filter(pk__in=at_home).order_by("pk")
    initial = {"version": 0}
    if home is not None:
        living = home.residences.today().values_list("person_id", flat=True)
        initial = {"version": home.version, "size": home.size, "earners": home.earners, "with_whom": list(living)}
    form = HouseholdForm(
        request.POST or None,
        initial=initial,
        relatives=relatives,
        names=names,
        may_move=home is not None,
        is_staff=request.user.is_colleague,
    )
    act = partial(settle, person, form, request.user)
    return answer(request, form, act, person=person, title=_("Household"))


def settle(person, form, by):
    return households.state(person=person, source=form.source_said(), by=by, **form.facts())


def answer(request, form, act, *, person, title, rows=()):
    frame = pages.frame(request.user, person, carried=carried(request))
    if form.is_valid() and (
        done := act_once(request, form, act, said=_("It is written down."), to=frame["family_url"])
    ):
        return done
    context = {"form": form, "title": title, "rows": rows}
    return TemplateResponse(request, "enterprises/family_edit.html", frame | context)
