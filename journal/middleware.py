from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from journal.moves import EditConflict
from journal.once import FIELD, OtherContent

NOT_SHOWN = {"csrfmiddlewaretoken", "version", FIELD}


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
        if name in NOT_SHOWN:
            continue
        field = fields.get(name)
        label = capfirst(field.verbose_name) if field else name
        theirs = getattr(item, f"get_{name}_display", lambda name=name: getattr(item, name, ""))() if field else ""
        yield {"label": label, "yours": ", ".join(typed.getlist(name)), "theirs": theirs}
