from datetime import date

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from journal.moves import EditConflict
from journal.once import FIELD, OtherContent
from kit import words

NOT_SHOWN = {"csrfmiddlewaretoken", "version", FIELD}
# What a button sends along; it is no text of anybody's.
PRESSED = ["1"]


class EditConflictMiddleware:
    """Nobody overwrites anybody, and nothing typed is lost: both texts are shown with status 409."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception) -> HttpResponse | None:
        if isinstance(exception, EditConflict):
            rows = list(differences(request.POST, exception.item))
            context = {"rows": rows, "back": request.path}
            return TemplateResponse(request, "errors/edit_conflict.html", context, status=409).render()
        if isinstance(exception, OtherContent):
            return TemplateResponse(request, "errors/other_content.html", {"back": request.path}, status=409).render()
        return None


def differences(typed, item):
    """(label, what you typed, what stands there now) for every field that the form sent."""
    fields = {field.name: field for field in item._meta.fields}
    for name in typed:
        field, values = fields.get(name), typed.getlist(name)
        if name in NOT_SHOWN or (field is None and values == PRESSED):
            continue
        label = capfirst(field.verbose_name) if field else name
        yield {"label": label, "yours": in_words(field, values), "theirs": standing(item, field)}


def in_words(field, values):
    """What was typed or chosen, as the form showed it."""
    choices = dict(field.flatchoices) if field else {}
    return words.listed(choices.get(value, value) for value in values)


def standing(item, field):
    """What the record says now, written as it would be typed."""
    if field is None:
        return ""
    value = getattr(item, f"get_{field.name}_display", lambda: getattr(item, field.name))()
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    return "" if value is None else value
