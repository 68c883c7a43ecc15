"""Papers of a business: the entrepreneur's own page, and the one for colleagues. Both list and take them in."""

import re
from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import throttles
from enterprises.actions import documents
from enterprises.models import Document, DocumentRequest, Enterprise, Person
from enterprises.paper_forms import PaperForm
from journal.acting import act_once
from kit.errors import too_many
from portal.pages import papers

HOUR = 60 * 60
# Papers in an hour: of one's own, with every try that was not sharp; and of the clients whom a colleague helps.
OWN_PAPERS, PAPERS_OF_CLIENTS = 40, 300


def form_of(request, *, enterprise, asked=None):
    """The form as it was sent, or empty; the kind may be chosen by the link that led here."""
    if request.method == "POST":
        return PaperForm(request.POST, request.FILES, enterprise=enterprise, by=request.user)
    is_open = asked is not None and asked.closed_at is None
    kind = asked.kind.code if is_open else request.GET.get("kind", "")
    return PaperForm(initial={"kind": kind}, enterprise=enterprise, by=request.user)


def is_flood(request):
    """Whether the sender sent more than anybody has papers: each costs work, and a place for years."""
    most = OWN_PAPERS if request.user.is_entrepreneur else PAPERS_OF_CLIENTS
    return request.method == "POST" and not throttles.allow(f"papers:{request.user.pk}", limit=most, seconds=HOUR)


def asked_for(request):
    """The question that the link on the first page named; once it is answered, it still says for which business."""
    number = request.GET.get("asked", "")
    if not re.fullmatch("[0-9]{1,18}", number):
        return None
    rows = DocumentRequest.objects.visible_to(request.user).select_related("kind", "enterprise__sector")
    return rows.filter(pk=number).first()


def hand_in(request, form, *, enterprise, person, to, said):
    """Keep what was sent, and lead on to the list; None where it was refused."""
    cleaned = form.cleaned_data
    act = partial(documents.add, enterprise=enterprise, person=person, scan=form.scan, by=request.user, **cleaned)
    return act_once(request, form, act, to=to, said=said)


def own_enterprise(request):
    """The business that was asked for by its reference, or the newest of the reader's own."""
    owned = Enterprise.objects.visible_to(request.user).unmerged().for_list().order_by("-registered_at", "-id")
    reference = request.GET.get("ref", "")
    found = owned.by_reference(reference).first() if reference else owned.first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def my_papers(request):
    if is_flood(request):
        return too_many(request, HOUR)
    asked, person = asked_for(request), request.user.person
    enterprise = asked.enterprise if asked else own_enterprise(request)
    form = form_of(request, enterprise=enterprise, asked=asked)
    if request.method == "POST" and form.is_valid():
        to = f"{reverse('portal:my-papers')}?ref={enterprise.reference}"
        said = _("We have your paper. Thank you.")
        if answer := hand_in(request, form, enterprise=enterprise, person=person, to=to, said=said):
            return answer
    found = papers.gather(enterprise, user=request.user, on=timezone.localdate())
    context = {"enterprise": enterprise, "form": form, "papers": found, "today": timezone.localdate()}
    context["send"] = f"?{urlencode({'ref': enterprise.reference})}&"
    return TemplateResponse(request, "portal/my_papers.html", context)


@require_http_methods(["GET", "POST"])
def paper_list(request, pk):
    """For colleagues: what is missing, who gave what, and a paper that the client brought."""
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user).for_list(), pk=pk)
    person = get_object_or_404(Person.objects.contacts_of(enterprise))
    may_keep = request.user.has_perm("enterprises.keep_document", Document(enterprise=enterprise))
    form = form_of(request, enterprise=enterprise) if may_keep else None
    if request.method == "POST":
        if not may_keep:
            raise PermissionDenied
        if is_flood(request):
            return too_many(request, HOUR)
        if form.is_valid():
            to = reverse("portal:paper-list", args=[enterprise.pk])
            said = _("The paper is on file.")
            if answer := hand_in(request, form, enterprise=enterprise, person=person, to=to, said=said):
                return answer
    context = {
        "enterprise": enterprise,
        "person": person,
        "back": papers.way_back(enterprise, user=request.user),
        "form": form,
        "papers": papers.gather(enterprise, user=request.user, on=timezone.localdate()),
        "today": timezone.localdate(),
    }
    return TemplateResponse(request, "portal/paper_list.html", context)
