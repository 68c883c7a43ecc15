"""A name or a sex that was written down wrongly, put right by the advisor."""

from functools import partial

from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.actions import names
from enterprises.models import NameCorrection
from enterprises.name_forms import NameForm
from enterprises.views.access import person_in_sight
from enterprises.views.cards import details_of
from journal.acting import act_once
from kit.onward import carried


@require_http_methods(["GET", "POST"])
def person_name(request, pk):
    """The name as it is on the card, and what stood there before."""
    person = person_in_sight(request, pk, needs="enterprises.correct_name")
    initial = {name: getattr(person, name) for name in ("version", *names.FIELDS)}
    form = NameForm(request.POST if request.method == "POST" else None, initial=initial)
    back = details_of(request, person) + carried(request)
    if form.is_valid():
        act = partial(names.correct, person=person, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, act, to=back, said=said_of):
            return answer
    earlier = NameCorrection.objects.visible_to(request.user).filter(person__in=person.record_ids())
    context = {"person": person, "form": form, "back": back}
    context["earlier"] = earlier.select_related("by").order_by("-at", "-pk")
    return TemplateResponse(request, "enterprises/person_name.html", context)


def said_of(made):
    return (
        _("It is corrected. The person gets a message if they let us contact them.")
        if made
        else _("Nothing was different.")
    )
