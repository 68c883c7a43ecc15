"""Registrations that stopped halfway: whom an advisor calls, and how many came back."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.actions import drafts
from enterprises.forms import DraftCallForm
from enterprises.models import Draft
from enterprises.steps import stopped_at
from enterprises.summaries import answers_of, name_of
from journal.once import once_for
from kit.paging import page

# How far back the share of those who came back is counted.
LOOKED_BACK = timedelta(days=90)


@require_safe
def draft_list(request):
    """Whom to call in the reader's districts, the longest overdue first, and the share that finished after all."""
    now = timezone.now()
    mine = Draft.objects.visible_to(request.user)
    found = page(
        mine.to_call(at=now).for_list(),
        order=("call_due_on", "id"),
        after=request.GET.get("after"),
        never_null=("call_due_on",),
    )
    rows = [{"draft": draft, "name": name_of(draft), "step": stopped_at(draft)} for draft in found.rows]
    recovery = mine.recovery(since=now - LOOKED_BACK, at=now)
    context = {
        "page": found,
        "rows": rows,
        "today": timezone.localdate(),
        "recovery": recovery,
        "share": round(100 * recovery["finished"] / recovery["stopped"]) if recovery["stopped"] else None,
        "days": LOOKED_BACK.days,
    }
    return TemplateResponse(request, "enterprises/draft_list.html", context)


@require_http_methods(["GET", "POST"])
def draft_call(request, pk):
    """One registration that stopped: who, which number, at which page, and what came of the call."""
    draft = get_object_or_404(Draft.objects.visible_to(request.user).for_list(), pk=pk)
    may_call = draft.state == Draft.State.OPEN and request.user.has_perm("enterprises.call_draft", draft)
    form = DraftCallForm(request.POST if request.method == "POST" else None)
    if form.is_valid():

        def act():
            drafts.log_call(draft=draft, by=request.user, **form.cleaned_data)
            messages.success(request, _("Written down."))
            return redirect("enterprises:draft-list")

        try:
            return once_for(request, form, act)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    context = {
        "draft": draft,
        "name": name_of(draft),
        "step": stopped_at(draft),
        "answers": answers_of(draft, may_change=False),
        "calls": draft.calls.select_related("by").order_by("-at", "-id"),
        "form": form if may_call else None,
        "today": timezone.localdate(),
        "erased_on": timezone.localdate(draft.touched_at + drafts.KEPT),
    }
    return TemplateResponse(request, "enterprises/draft_call.html", context)
