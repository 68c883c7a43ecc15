"""What a colleague did and may take back: on one page, for 30 days."""

from functools import partial

from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.actions import notes
from casework.forms import ButtonForm
from casework.models import Note
from casework.pages import mistakes
from casework.pages import undo as pages
from casework.states import BACK_FOR
from journal.acting import act_once
from kit.again import stands_on


@require_safe
def undo_list(request):
    return show(request, ButtonForm())


def page_of_note(_user, _pk):
    return reverse("casework:undo-list")


@stands_on(page_of_note)
@require_POST
def note_remove(request, pk):
    return pressed(request, pk, notes.remove, said=_("The note is removed. For 30 days you can put it back here."))


@stands_on(page_of_note)
@require_POST
def note_restore(request, pk):
    return pressed(request, pk, notes.put_back, said=_("The note is back."))


def pressed(request, pk, act, *, said):
    """The button of a line; a refusal is shown above the list."""
    note = get_object_or_404(Note.objects.written_by(request.user), pk=pk)
    form = ButtonForm(request.POST)
    form.is_valid()
    act = partial(act, note=note, by=request.user)
    return act_once(request, form, act, said=said, to="casework:undo-list") or show(request, form)


def show(request, form):
    now = timezone.now()
    context = {
        "form": form,
        "rows": pages.recent(request.user, now=now),
        "typed": mistakes.typed(request.user, since=now - BACK_FOR),
        "notes": pages.removable(request.user, now=now),
    }
    return TemplateResponse(request, "casework/undo_list.html", context)
