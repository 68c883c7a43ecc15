"""A colleague, or another office, is asked to take a case, and answers."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.actions import transfers
from casework.forms import AcceptForm, MoveForm, RefusalForm, TransferForm
from casework.models import Transfer
from casework.pages import transfers as pages
from casework.states import TransferState
from casework.views.cases import case_in_sight
from journal.acting import act_once


def transfer_in_sight(request, pk, *, needs=None):
    transfer = get_object_or_404(Transfer.objects.visible_to(request.user).for_list(), pk=pk)
    if needs and not request.user.has_perm(needs, transfer):
        raise PermissionDenied(needs)
    return transfer


def transfer_to_answer(request, pk):
    """One that waits, for who may answer it. Once it is decided, who was slower reads that beside what they typed."""
    transfer = transfer_in_sight(request, pk)
    if transfer.state == TransferState.PROPOSED and not request.user.has_perm("casework.answer_transfer", transfer):
        raise PermissionDenied("casework.answer_transfer")
    return transfer


@require_http_methods(["GET", "POST"])
def transfer_create(request, pk):
    case = case_in_sight(request, pk, needs="casework.propose_transfer")
    today = timezone.localdate()
    posts = transfers.askable(on=today).exclude(user__in=[case.advisor_id, request.user.pk])
    posts = posts.order_by("office__name", "user__full_name", "pk")
    offices = transfers.offices_to_ask(case, on=today).order_by("name", "pk")
    # Those of the case's own office come first.
    near = sorted(posts, key=lambda post: post.office_id != case.office_id)
    form = TransferForm(request.POST or None, posts=near, offices=offices, initial={"version": case.version})
    if form.is_valid():
        said = form.cleaned_data
        asked = {"to": transfers.To(*said["to"]), "version": said["version"], "reason": said["reason"]}
        propose = partial(transfers.propose, case=case, by=request.user, **asked)
        if answer := act_once(request, form, propose, said=_("Asked. Until somebody says yes, the case stays here.")):
            return answer
    standing = case.transfers.waiting().first()
    return TemplateResponse(request, "casework/transfer_create.html", {"case": case, "form": form, "asked": standing})


@require_safe
def transfer_detail(request, pk):
    transfer = transfer_in_sight(request, pk)
    return show(request, transfer, AcceptForm(initial={"version": transfer.version}))


@require_POST
def transfer_accept(request, pk):
    transfer = transfer_to_answer(request, pk)
    said = _("The case is taken. The client is told who has it now.")
    form = AcceptForm(request.POST)
    return moved(request, transfer, transfers.accept, said=said, to=transfer.case, form=form)


@require_POST
def transfer_withdraw(request, pk):
    transfer = transfer_in_sight(request, pk, needs="casework.withdraw_transfer")
    return moved(request, transfer, transfers.withdraw, said=_("Nobody is asked any more."), to=transfer)


@require_POST
def transfer_see(request, pk):
    transfer = transfer_in_sight(request, pk, needs="casework.see_refusal")
    return moved(request, transfer, transfers.see, said=_("Read. The case stays where it is."), to=transfer.case)


@require_POST
def transfer_undo(request, pk):
    transfer = transfer_in_sight(request, pk, needs="casework.undo_transfer")
    said = _("The case went back. The client is told who has it now.")
    return moved(request, transfer, transfers.undo, said=said, to=transfer)


@require_http_methods(["GET", "POST"])
def transfer_refuse(request, pk):
    transfer = transfer_to_answer(request, pk)
    if request.method != "POST" and transfer.state != TransferState.PROPOSED:
        return redirect(transfer)
    form = RefusalForm(request.POST or None, initial={"version": transfer.version})
    if form.is_valid():
        refuse = partial(transfers.refuse, transfer=transfer, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, refuse, said=_("Saved. The case stays where it is.")):
            return answer
    context = pages.gather(transfer, user=request.user, today=timezone.localdate())
    return TemplateResponse(request, "casework/transfer_refuse.html", context | {"transfer": transfer, "form": form})


def moved(request, transfer, action, *, said, to, form=None):
    """Make a move that needs little but a button; a refusal is shown on the proposal's own page."""
    form = form or MoveForm(request.POST)
    if form.is_valid():
        act = partial(action, transfer=transfer, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, act, said=said, to=to):
            return answer
    return show(request, transfer, form)


def show(request, transfer, form):
    context = pages.gather(transfer, user=request.user, today=timezone.localdate()) | {
        "transfer": transfer,
        "form": form,
    }
    if context["hurdle"]["is_full"] and isinstance(form, AcceptForm):
        form.helper.form_action = reverse("casework:transfer-accept", args=[transfer.pk])
        context["accept_form"] = form
    return TemplateResponse(request, "casework/transfer_detail.html", context)
