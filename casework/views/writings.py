"""What client and advisor write to each other on the case."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework.actions import writings
from casework.forms import ButtonForm, MoveForm, SeenForm, WritingForm
from casework.models import Case, Writing
from casework.pages import writings as pages
from casework.views.cases import case_in_sight
from journal.acting import act_once
from journal.once import once_for
from kit.again import leaves_typing, stands_on

# The newest text, and the form below it.
NEWEST = "#newest"


def thread_of(user, case_id):
    """Where the user reads it."""
    return reverse("casework:my-thread" if user.is_entrepreneur else "casework:thread", args=[case_id])


@require_http_methods(["GET", "POST"])
def thread(request, pk):
    """As colleagues read it, and answer."""
    case = case_in_sight(request, pk, needs="casework.answer_writing" if request.method == "POST" else None)
    after = request.GET.get("after", "") if request.method == "GET" else ""
    shown = pages.gather(case, user=request.user, after=after)
    form = pages.answer_form(shown, request.POST or None)
    if form.is_valid():
        answer = partial(writings.answer, case=case, by=request.user, **form.cleaned_data)
        if done := act_once(request, form, answer, to=case, said=_("Sent. It stands on the client's page.")):
            return done
        # What a colleague wrote meanwhile stands on the page now: sent once more, the text goes beside it.
        form.data = form.data.copy()
        form.data["seen"] = str(shown.seen)
    return TemplateResponse(request, "casework/thread.html", {"thread": shown, "case": case, "form": form})


@require_POST
def thread_settle(request, pk):
    case = case_in_sight(request, pk, needs="casework.answer_writing")
    form = SeenForm(request.POST)
    if form.is_valid():
        settle = partial(writings.settle, case=case, by=request.user, **form.cleaned_data)
        said = _("Nothing waits for an answer any more. The client reads that you read it.")
        if done := act_once(request, form, settle, to=case, said=said):
            return done
    shown = pages.gather(case, user=request.user)
    context = {"thread": shown, "case": case, "form": pages.answer_form(shown), "refused": form}
    return TemplateResponse(request, "casework/thread.html", context)


@require_http_methods(["GET", "POST"])
def my_thread(request, pk):
    """As the client reads it, and writes."""
    case = get_object_or_404(Case.objects.visible_to(request.user).for_list(), pk=pk)
    if not request.user.has_perm("casework.write_to_advisor", case):
        raise PermissionDenied("casework.write_to_advisor")
    form = WritingForm(request.POST or None)
    if form.is_valid():
        write = partial(writings.write, case=case, by=request.user, **form.cleaned_data)
        if done := act_once(request, form, write, to=thread_of(request.user, case.pk) + NEWEST, said=promised):
            return done
    return show_own(request, case, form)


def promised(_writing):
    return _("Sent. You get an answer within two working days.")


def show_own(request, case, form, **more):
    context = pages.for_client(pages.gather(case, user=request.user, after=request.GET.get("after", "")))
    return TemplateResponse(request, "casework/my_thread.html", context | {"form": form} | more)


@leaves_typing
@stands_on(thread_of)
@require_POST
def thread_read(request, pk):
    """Open what the other side wrote: reading is an act, because who wrote it is told of it."""
    case = get_object_or_404(Case.objects.visible_to(request.user).for_list(), pk=pk)
    form = ButtonForm(request.POST)
    form.is_valid()

    def opened():
        writings.read(case=case, by=request.user)
        return redirect(thread_of(request.user, case.pk) + NEWEST)

    return once_for(request, form, opened)


def page_of_writing(user, pk):
    writing = Writing.objects.visible_to(user).filter(pk=pk).first()
    return thread_of(user, writing.case_id) if writing else ""


@leaves_typing
@stands_on(page_of_writing)
@require_POST
def writing_take_back(request, pk):
    """While nobody has read it."""
    writing = get_object_or_404(Writing.objects.visible_to(request.user).for_list(), pk=pk)
    if not request.user.has_perm("casework.take_back_writing", writing):
        raise PermissionDenied("casework.take_back_writing")
    case, form = writing.case, MoveForm(request.POST)
    if form.is_valid():
        take_back = partial(writings.take_back, writing=writing, by=request.user, **form.cleaned_data)
        to = thread_of(request.user, case.pk)
        if done := act_once(request, form, take_back, to=to, said=_("Taken back. Nobody has read it.")):
            return done
    if request.user.is_entrepreneur:
        return show_own(request, case, WritingForm(), refused=form)
    shown = pages.gather(case, user=request.user)
    context = {"thread": shown, "case": case, "form": pages.answer_form(shown), "refused": form}
    return TemplateResponse(request, "casework/thread.html", context)
