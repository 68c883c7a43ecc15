"""One page of a registration, open on two devices: what the other one saved meanwhile is not wiped unseen.

The page carries what it was filled with. An answer that its sender left as it was gives way to what was saved since;
one that both changed is shown with the other's, and counts once it is sent again.
"""

import json
from contextlib import suppress

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kit.text import apart, without_surrogates
from kit.words import listed
from places.forms import Answer, TownOrDistrict

FILLED = "filled"


def filled_of(form):
    """What the page is filled with, as it is carried."""
    known = {name: mark(field, form.initial.get(name)) for name, field in form.fields.items()}
    return json.dumps({name: value for name, value in known.items() if value}, ensure_ascii=False)


def keep_unseen(form):
    """Put what was saved elsewhere since in the place of what the sender did not touch; return what both changed."""
    before = read(form.data.get(FILLED))
    if before is None:
        return {}
    data, both = form.data.copy(), {}
    for name, field in form.fields.items():
        saved = form.initial.get(name)
        sent = mark(field, field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name)))
        was, now = str(before.get(name, "")), mark(field, saved)
        if now in {was, sent}:
            continue
        if sent == was:
            put(data, name, field, saved)
        else:
            both[name] = saved
    data[FILLED] = filled_of(form)
    form.data = data
    return both


def read(text):
    try:
        known = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None
    return known if isinstance(known, dict) else None


def mark(field, value):
    """A value, typed or kept, in one form, to be compared."""
    if isinstance(value, Answer):
        return f"?{value.typed}" if value.has_new_words else value.chosen
    if not isinstance(field, forms.ModelChoiceField):
        with suppress(ValidationError):
            value = field.to_python(value)
    if value in (None, "", False, []):
        return ""
    return without_surrogates(" ".join(sorted(map(str, value))) if isinstance(value, list) else str(value))


def put(data, name, field, value):
    """As if it had been typed."""
    parts = TownOrDistrict.PARTS if isinstance(field.widget, TownOrDistrict) else ("",)
    for part in parts:
        data.pop(f"{name}{part}", None)
    if isinstance(value, list):
        data.setlist(name, value)
    elif value not in (None, "", False):
        data[name] = "on" if value is True else str(value)


def refusal(field, value):
    """What is said beside an answer that both changed."""
    if isinstance(field, forms.ModelChoiceField):
        found = field.queryset.filter(code=value).first()
        said = found.label if found else ""
    elif isinstance(field, forms.BooleanField):
        said = _("Yes") if value else _("No")
    elif isinstance(field, forms.ChoiceField):
        labels = dict(field.choices)
        said = listed(str(labels.get(one, one)) for one in (value if isinstance(value, list) else [value or ""]))
    else:
        said = str(field.prepare_value(value) or "")
    sentence = _("Another device saved this meanwhile: %(said)s. Look at it, and press once more.")
    return ValidationError(sentence % {"said": apart(said or "–")}, code="meanwhile")
