from django.http import HttpResponse
from django.template.response import TemplateResponse

from journal.differences import differences
from journal.models import Event
from journal.moves import EditConflict
from journal.once import OtherContent
from journal.sentences import sentence
from kit.onward import here


class EditConflictMiddleware:
    """Nobody overwrites anybody, and nothing typed is lost: both texts are shown with status 409.

    Whoever was faster than themselves, by a second press or in a second window, is not told of somebody else.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception) -> HttpResponse | None:
        if isinstance(exception, EditConflict):
            form = exception.form  # none where a button alone was pressed: nobody typed anything
            rows = list(differences(form, exception.item)) if form else []
            change = Event.objects.explaining(exception.item)
            own = change if change and change.by_id == request.user.pk else None
            context = {"rows": rows, "back": here(request), "own": own}
            if change and (own or getattr(request.user, "is_colleague", False)):
                context |= {"what": sentence(change), "by": change.by, "at": change.at}
            return TemplateResponse(request, "errors/edit_conflict.html", context, status=409).render()
        if isinstance(exception, OtherContent):
            return TemplateResponse(request, "errors/other_content.html", {"back": here(request)}, status=409).render()
        return None
