"""The filters that a reader keeps, above the list of cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import SavedFilter
from kit.templatetags.kit import listed, own


@dataclass(frozen=True)
class Kept:
    chips: list[dict[str, Any]]
    url: str  # where the present choice is kept under a name, or changed where it has one; "" where nothing is chosen
    label: str
    gone: str  # which of the filters looks for what is not there any more


def chosen_in(form: Form) -> dict[str, str]:
    """What the list is asked for, by name. What cannot be read is not in it."""
    form.is_valid()
    return {name: value for name in form.fields if (value := form.cleaned_data.get(name))}


def gather(user: User, form: Form) -> Kept:
    """The reader's own, one query. The present one is known also where a part of it is not to be had any more."""
    chosen, asked = chosen_in(form), {name: form.data[name] for name in form.fields if form.data.get(name)}
    found = list(SavedFilter.objects.visible_to(user).for_list())
    present = next((one for one in found if one.chosen in (chosen, asked)), None)
    chips = [{"label": own(one.name), "url": one.get_absolute_url(), "is_current": one is present} for one in found]
    gone = listed([field.label for name, field in form.fields.items() if is_choice(field) and name in form.errors])
    if present:
        url = reverse("casework:filter-detail", args=[present.pk])
        return Kept(chips, url, _("Rename or delete this filter"), gone)
    url = f"{reverse('casework:filter-create')}?{urlencode(chosen)}" if chosen else ""
    return Kept(chips, url, _("Keep this filter under a name"), gone)


def in_words(form: Form, chosen: Mapping[str, str]) -> str:
    """What is looked for, as the list calls it."""
    return listed([words_for(field, chosen[name]) for name, field in form.fields.items() if name in chosen])


def is_choice(field: Any) -> bool:
    return hasattr(field, "choices")


def words_for(field: Any, value: str) -> Any:
    if not is_choice(field):
        return own(value)
    said = dict(field.choices).get(value)
    return said if said is not None else _("{field}: not there any more").format(field=field.label)
