"""The card number of somebody who was registered without one or with a wrong one, written down by the advisor."""

from dataclasses import replace
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Q
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.actions import cards, people
from enterprises.card_forms import CardNumberForm
from enterprises.look_alike_forms import number_in
from enterprises.models import CardRelease, Enterprise, Person
from enterprises.summaries import candidate_rows
from journal.acting import act_once
from kit.onward import carried


@require_http_methods(["GET", "POST"])
def person_card(request, pk):
    """Ask for the number; where somebody else has it, show who that is as far as the reader may know."""
    person = person_asked(request, pk)
    is_wrong = person.cnic is not None
    data, shown = request.POST if request.method == "POST" else None, {"version": person.version}
    form = CardNumberForm(data, initial=shown, is_wrong=is_wrong)
    back = details_of(request, person) + carried(request)
    found = people.Found([])
    if form.is_valid():
        write = cards.correct if is_wrong else cards.add
        add = partial(write, person=person, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, add, to=back, said=what_came_of):
            return answer
        if form.has_error("cnic", "taken"):
            known = Person.objects.with_districts().get(pk=pk).facts
            facts = replace(known, cnic=number_in(form))
            found = people.look_alike(facts=facts, by=request.user, besides=person)
    context = {"person": person, "form": form, "helper": form.helper, "back": back}
    context |= {"found": candidate_rows(found), "elsewhere": found.elsewhere}
    return TemplateResponse(request, "enterprises/person_card.html", context)


def what_came_of(claim):
    if claim is None:
        return _("The card number is written down.")
    return _("Whose number it is, is settled under “Cards to see”. Until then it stays where it is.")


def person_asked(request, pk):
    """Somebody in sight, or whose number was taken off or came back here: without a business nobody else asks them."""
    lost = CardRelease.objects.visible_to(request.user).asking(pk)
    seen = Q(pk__in=Person.objects.visible_to(request.user).values("pk")) | Q(Exists(lost))
    person = get_object_or_404(Person.objects.unmerged().filter(seen), pk=pk)
    if not request.user.has_perm("enterprises.add_card", person):
        raise PermissionDenied("enterprises.add_card")
    return person


def details_of(request, person):
    """The page of details of the person's newest enterprise in sight: the link stands there.

    Of somebody without a business it is the page where the number was taken off.
    """
    owned = person.ownerships.current().values("enterprise_id")
    seen = Enterprise.objects.visible_to(request.user).unmerged().filter(pk__in=owned)
    if newest := seen.order_by("-registered_at", "-id").first():
        return reverse("enterprises:enterprise-detail", args=[newest.pk])
    lost = CardRelease.objects.visible_to(request.user).asking(person.pk)
    return get_object_or_404(lost.order_by("-pk")[:1]).get_absolute_url()
