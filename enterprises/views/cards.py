"""The card number of somebody who was registered without one, added by the advisor."""

from dataclasses import replace
from functools import partial

from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.actions import cards, people
from enterprises.card_forms import CardNumberForm
from enterprises.models import Enterprise, Person
from enterprises.summaries import candidate_rows
from enterprises.views.access import person_in_sight
from journal.acting import act_once
from kit.onward import carried


@require_http_methods(["GET", "POST"])
def person_card(request, pk):
    """Ask for the number; where somebody else has it, show who that is as far as the reader may know."""
    person = person_in_sight(request, pk, needs="enterprises.add_card")
    form = CardNumberForm(request.POST if request.method == "POST" else None, initial={"version": person.version})
    back = details_of(request, person) + carried(request)
    found = people.Found([])
    if form.is_valid():
        add = partial(cards.add, person=person, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, add, to=back, said=_("The card number is written down.")):
            return answer
        if form.has_error("cnic", "taken"):
            known = Person.objects.with_districts().get(pk=pk).facts
            facts = replace(known, cnic=form["cnic"].field.clean(form["cnic"].data))
            found = people.look_alike(facts=facts, by=request.user, besides=person)
    context = {"person": person, "form": form, "helper": form.helper, "back": back}
    context |= {"found": candidate_rows(found), "elsewhere": found.elsewhere}
    return TemplateResponse(request, "enterprises/person_card.html", context)


def details_of(request, person):
    """The page of details of the person's newest enterprise in sight: the link stands there."""
    owned = person.ownerships.current().values("enterprise_id")
    seen = Enterprise.objects.visible_to(request.user).unmerged().filter(pk__in=owned)
    return reverse(
        "enterprises:enterprise-detail", args=[get_object_or_404(seen.order_by("-registered_at", "-id")[:1]).pk]
    )
