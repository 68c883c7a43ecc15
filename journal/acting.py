"""How a page acts: once, and with every refusal beside what was typed."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from journal.moves import MoveRefused
from journal.once import OtherContent, once_for, without_key


def act_once(request, form, act, *, said, to=None):
    """Act, and lead on to what came of it, or to the page `to`. None when it was refused: the form says why.

    Nothing is called done before it is saved. `said` is the words, or a function that says them of what was made; a
    form that comes a second time makes nothing, and is told no more than that it is saved.
    """
    done = []

    def answer_of():
        made = act()
        done.append(made)
        return redirect(to or made)

    try:
        answer = once_for(request, form, answer_of)
    except OtherContent:
        # The page stood open twice. What is typed here is another form, and is sent as one if it is still wanted.
        form.data = request.POST = without_key(request.POST)
        form.add_error(
            None, _("You sent this page once already, with other words: those are saved, these are not yet.")
        )
    except MoveRefused as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as refusal:
        refuse(form, refusal)
    else:
        messages.success(request, words_for(said, done))
        return answer
    return None


def words_for(said, done):
    if not callable(said):
        return said
    return said(done[0]) if done else _("Saved.")


def refuse(form, refusal):
    """Put each message beside its field, or above the form where it has none."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
