"""One paper: its page, its picture, its file, and the question for one."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises import vault
from enterprises.actions import documents
from enterprises.models import Document, DocumentRequest, Enterprise
from enterprises.paper_forms import AskForm, CompareForm
from journal.acting import act_once
from journal.once import once

TYPES = {Document.Form.JPEG: ("image/jpeg", "jpg"), Document.Form.PDF: ("application/pdf", "pdf")}
# A file of somebody else's runs nothing and is kept by nobody, whatever a browser makes of it.
HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store, private",
}


def in_sight(request, pk):
    """The paper, where the reader may see it; one that was removed is in nobody's sight."""
    rows = Document.objects.visible_to(request.user).filter(removed_at__isnull=True)
    return get_object_or_404(rows.select_related("kind", "person", "enterprise", "uploaded_by", "replaced_by"), pk=pk)


def enterprise_of(request, document):
    """The enterprise on whose pages the reader meets the paper."""
    enterprises = Enterprise.objects.visible_to(request.user).unmerged()
    if document.enterprise_id:
        return get_object_or_404(enterprises, pk=document.enterprise_id)
    owned = document.person.ownerships.current().values("enterprise_id")
    return get_object_or_404(enterprises.filter(pk__in=owned).order_by("-registered_at", "-id")[:1])


def list_url(request, enterprise):
    if request.user.is_entrepreneur:
        return f"{reverse('portal:my-papers')}?ref={enterprise.reference}"
    return reverse("portal:paper-list", args=[enterprise.pk])


@require_http_methods(["GET", "POST"])
def document_detail(request, pk):
    """The picture, who gave it and when; an officer compares the picture of a card with the record here."""
    document = in_sight(request, pk)
    enterprise = enterprise_of(request, document)
    is_officer = document.kind.is_card and request.user.has_perm("enterprises.compare_card", document)
    if request.method == "POST" and not is_officer:
        raise PermissionDenied("enterprises.compare_card")
    may_compare = (
        is_officer
        and document.is_open
        and document.replaced_by_id is None
        and document.person.cnic_standing == document.person.Standing.CLAIMED
    )
    initial = {"version": document.person.version} if may_compare else {}
    form = CompareForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        compare = partial(documents.compare_card, document=document, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, compare, to=request.path, said=_("Saved: you have seen the card.")):
            return answer
    context = {
        "document": document,
        "back": list_url(request, enterprise),
        "form": form if may_compare or form.is_bound else None,
        "may_keep": request.user.has_perm("enterprises.keep_document", document),
        "earlier": Document.objects.visible_to(request.user).filter(replaced_by=document, removed_at__isnull=True),
        "is_own": request.user.is_entrepreneur,
    }
    return TemplateResponse(request, "enterprises/document_detail.html", context)


def bytes_of(document, part):
    """What lies in the vault; 404 for a paper that is kept shut, or whose file is gone."""
    if not document.is_open or (part and not document.has_preview):
        raise Http404
    try:
        return vault.read(document.name, part)
    except vault.LostFile as error:
        raise Http404 from error


@require_safe
def document_picture(request, pk):
    """The paper as a picture that we drew ourselves: small for lists, otherwise as large as a screen."""
    part = vault.SMALL if request.GET.get("size") == "small" else vault.LARGE
    content = bytes_of(in_sight(request, pk), part)
    return HttpResponse(content, content_type="image/jpeg", headers=HARMLESS | {"Content-Disposition": "inline"})


@require_safe
def document_file(request, pk):
    """The paper itself, to be saved: a browser never opens it as a page of ours."""
    document = in_sight(request, pk)
    content = bytes_of(document, vault.WHOLE)
    content_type, ending = TYPES[document.form]
    name = f"{document.kind.code}-{document.pk}.{ending}"
    headers = HARMLESS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


@require_POST
def document_remove(request, pk):
    document = in_sight(request, pk)
    onward = list_url(request, enterprise_of(request, document))

    def act():
        documents.remove(document=document, by=request.user)
        messages.success(request, _("The paper was removed. Its file is erased after 30 days."))
        return redirect(onward)

    return once(request, {"document": document}, act)


@require_http_methods(["GET", "POST"])
def document_ask(request, pk):
    """Ask the client for a paper; it stands on their page until it comes."""
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm("enterprises.ask_document", DocumentRequest(enterprise=enterprise)):
        raise PermissionDenied
    form = AskForm(request.POST if request.method == "POST" else None, initial={"kind": request.GET.get("kind")})
    if form.is_valid():
        ask = partial(documents.ask, enterprise=enterprise, by=request.user, **form.cleaned_data)
        to = reverse("portal:paper-list", args=[enterprise.pk])
        if answer := act_once(request, form, ask, to=to, said=_("The client is asked for it.")):
            return answer
    return TemplateResponse(request, "enterprises/document_ask.html", {"enterprise": enterprise, "form": form})


@require_http_methods(["GET", "POST"])
def document_request(request, pk):
    """A paper that was asked for: hand it in for the client, or take the question back."""
    rows = DocumentRequest.objects.visible_to(request.user).select_related("kind", "person", "enterprise", "asked_by")
    asked = get_object_or_404(rows, pk=pk)
    if request.method == "POST":

        def act():
            documents.take_back(request=asked, by=request.user)
            messages.success(request, _("The question was taken back."))
            return redirect("portal:paper-list", asked.enterprise_id)

        return once(request, {"request": asked}, act)
    context = {
        "asked": asked,
        "may_ask": request.user.has_perm("enterprises.ask_document", asked),
        "today": timezone.localdate(),
    }
    return TemplateResponse(request, "enterprises/document_request.html", context)
