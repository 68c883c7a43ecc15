"""What somebody typed beside what stands there now, in the words of the form: for a page that refuses to overwrite.

A form whose fields are no fields of the record says by `beside(record)` what to show: (label, yours, theirs).
"""

from collections.abc import Iterator
from datetime import time
from typing import Any

from django.db.models import Model
from django.forms import BaseForm, BoundField, ModelChoiceField
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kit import words

# What a choice of the form calls a value of the record.
NAMES = {True: "yes", False: "no"}


def differences(form: BaseForm, record: Model) -> Iterator[dict[str, Any]]:
    """(label, what you typed, what it says now) of every field that differs; None where the record has no such field.

    Expects a form that was found valid.
    """
    rows = form.beside(record) if hasattr(form, "beside") else fields_beside(form, record)
    for label, yours, theirs in rows:
        if yours != (theirs or ""):
            yield {"label": label, "yours": yours, "theirs": theirs}


def fields_beside(form: BaseForm, record: Model) -> Iterator[tuple[str, str, str | None]]:
    for field in form.visible_fields():
        yours = in_words(field, form.cleaned_data.get(field.name))
        yield capfirst(str(field.label)), yours, standing(field, record)


def standing(field: BoundField, record: Model) -> str | None:
    """What the record says now. A field that was made for this record begins with what stands there."""
    if any(field.name in (known.name, known.attname) for known in record._meta.concrete_fields):
        value, said = getattr(record, field.name), getattr(record, f"get_{field.name}_display", None)
        # What nobody may choose, such as that it was not asked yet, has its words in the record alone.
        is_offered = said is None or str(value) in {str(code) for code, _label in getattr(field.field, "choices", ())}
        return in_words(field, value) if is_offered or not value else str(said())
    if field.name not in field.form.base_fields:
        return in_words(field, field.initial)
    return None


def in_words(field: BoundField, value: Any) -> str:
    """One value as the form shows it; nothing for an empty box or answer."""
    if value is None or value == "":
        return ""
    choices = getattr(field.field, "choices", None)
    if isinstance(value, Model):
        named = getattr(field.field, "label_from_instance", str)
        return str(named(value))
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return words.listed(in_words(field, part) for part in value)
    if choices is not None and not isinstance(field.field, ModelChoiceField):
        return chosen(choices, value)
    if isinstance(value, bool):
        return _("Yes") if value else ""
    return str(field.field.prepare_value(value))


def chosen(choices: Any, value: Any) -> str:
    key = NAMES.get(value, value) if isinstance(value, bool) else value
    key = f"{key:%H:%M}" if isinstance(key, time) else str(key)
    return str({str(code): label for code, label in choices}.get(key, key))
