from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.actions import call_backs
from casework.forms import CallBackForm, DecideForm
from casework.models import CallBack
from casework.pages import call_backs as pages
from casework.states import CallBackState
from journal.acting import act_once


def call_back_in_sight(request, pk, *, needs=None):
    back = get_object_or_404(CallBack.objects.visible_to(request.user).for_list(), pk=pk)
    if needs and not request.user.has_perm(needs, back):
        raise PermissionDenied(needs)
    return back


@require_safe
def call_back_list(request):
    listed = pages.listed(request.user, asked=request.GET, now=timezone.now())
    return TemplateResponse(request, "casework/call_back_list.html", listed)


@require_http_methods(["GET", "POST"])
def call_back_detail(request, pk):
    """What the contact was, and where whoever may writes down what the client says of it."""
    back = call_back_in_sight(request, pk, needs="casework.call_back" if request.method == "POST" else None)
    form = CallBackForm(request.POST or None, initial={"version": back.version})
    if form.is_valid():
        verb = call_backs.reach if form.is_reached else call_backs.try_in_vain
        write = partial(verb, back=back, by=request.user, **form.facts())
        if answer := act_once(request, form, write, said=said_of):
            return answer
    return show(request, back, form)


@require_http_methods(["GET", "POST"])
def call_back_settle(request, pk):
    back = call_back_in_sight(request, pk, needs="casework.settle_call_back")
    form = DecideForm(request.POST or None, initial={"version": back.version})
    if form.is_valid():
        settle = partial(call_backs.settle, back=back, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, settle, said=_("Saved.")):
            return answer
    return show(request, back, form)


def said_of(back):
    if back.state == CallBackState.DRAWN:
        return _("Saved. Try again on another day; after three tries it ends as not reached.")
    return _("Saved.")


def show(request, back, form):
    context = pages.gather(back, user=request.user, today=timezone.localdate())
    if context["may_settle"]:
        form = form if isinstance(form, DecideForm) else DecideForm(initial={"version": back.version})
        form.helper.form_action = reverse("casework:call-back-settle", args=[back.pk])
    return TemplateResponse(request, "casework/call_back_detail.html", context | {"back": back, "form": form})
