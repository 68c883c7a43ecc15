"""The visit form on paper: its fields are those of the screen, by construction."""

from typing import Any

from django.conf import settings
from django.forms import BooleanField, ChoiceField, MultipleChoiceField
from django.utils import translation
from django.utils.translation import ngettext

from casework.forms import ContactForm
from casework.forms.visits import NAMES, WHO
from casework.models import Case, Contact
from kit import words
from kit.text import apart

# Of what is typed at most: so many empty lines.
LINES = {"agreed": 5}


def sheets_of(case: Case | None) -> list[dict[str, Any]]:
    """The form in every language of the portal, the client's own first."""
    own = case.person.language if case else settings.LANGUAGE_CODE
    codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != own)
    sheets = []
    for code in codes:
        with translation.override(code):
            is_rtl = translation.get_language_bidi()
            sheets.append({"code": code, "dir": "rtl" if is_rtl else "ltr", "fields": fields_of_paper()})
    return sheets


def fields_of_paper() -> list[dict[str, Any]]:
    """What the screen asks of a visit, each as it is filled in by hand: boxes to tick, or lines to write on.

    In the order of the page on which ten are typed. Whose visit it is stands above them.
    """
    fields, found = ContactForm().fields, []
    for name in NAMES:
        if name != WHO:
            field = fields[name]
            is_tick = isinstance(field, BooleanField)
            choices = field.choices if isinstance(field, ChoiceField | MultipleChoiceField) else []
            found.append(
                {
                    "name": name,
                    "label": str(field.label),
                    "boxes": [""] if is_tick else [str(label) for _value, label in choices],
                    "lines": range(0 if is_tick or choices else LINES.get(name, 1)),
                }
            )
    return found


def saved(visits: list[Contact]) -> str:
    """Whose visits are saved, in the order of the stack."""
    said = ngettext("{number} visit is saved: {who}.", "{number} visits are saved: {who}.", len(visits))
    names = (f"{apart(visit.case.person.name)} ({apart(visit.case.enterprise.reference)})" for visit in visits)
    return said.format(number=len(visits), who=words.listed(names))
