"""How a page acts: once, and with every refusal beside what was typed."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect

from journal.moves import MoveRefused
from journal.once import once


def act_once(request, form, act, *, said, to=None):
    """Act, and lead on to what came of it, or to the page `to`. None when it was refused: the form says why.

    Nothing is called done before it is saved.
    """

    def answer_of():
        made = act()
        return redirect(to or made)

    try:
        answer = once(request, form.cleaned_data, answer_of)
    except MoveRefused as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as refusal:
        refuse(form, refusal)
    else:
        messages.success(request, said)
        return answer
    return None


def refuse(form, refusal):
    """Put each message beside its field, or above the form where it has none."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
