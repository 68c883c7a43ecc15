"""Registering from a file: the template, the upload, what the portal makes of each row, and the confirmation."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises import intake_files
from enterprises.actions import intakes
from enterprises.intake_forms import IntakeForm, columns_told
from enterprises.intake_rows import AT_ONCE, Checker, advance, leads_in
from enterprises.models import Intake, IntakeRow, Person
from journal.once import once
from kit.paging import page

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Verdict = IntakeRow.Verdict
# What needs somebody comes first.
SHOWN = (
    Verdict.FAULTY, Verdict.ON_FILE, Verdict.ALIKE, Verdict.FAILED, Verdict.TWICE, Verdict.EXAMPLE, Verdict.SOUND,
    Verdict.REGISTERED,
)  # fmt: skip
# How often a page looks again by itself while the portal works.
SECONDS = 5


@require_http_methods(["GET", "POST"])
def intake_list(request):
    """Send a list, fetch the template, and find the lists that were sent before."""
    form = IntakeForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            answer = once(request, {"file": form.cleaned_data["file"]}, partial(take, request, form.cleaned_data))
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            work_at_once(Intake.objects.get(sha256=form.cleaned_data["file"].sha256))
            return answer
    rows = Intake.objects.visible_to(request.user).for_list()
    found = page(rows, order=("-uploaded_at", "-id"), after=request.GET.get("after"))
    may_send = request.user.has_perm("enterprises.register_enterprise")
    context = {"form": form if may_send else None, "page": found, "kept_days": Intake.KEPT_DAYS}
    return TemplateResponse(request, "enterprises/intake_list.html", context)


def take(request, said):
    sheet = said["file"]
    intake = intakes.take(
        name=sheet.name,
        sha256=sheet.sha256,
        headings=said["headings"],
        columns=said["columns"],
        rows=said["rows"],
        by=request.user,
    )
    return redirect("enterprises:intake-detail", intake.pk)


def work_at_once(intake):
    """A small list is done while its sender waits; a large one is left to the job."""
    if intake.rows.exclude(verdict=Verdict.REGISTERED).count() <= AT_ONCE:
        advance(intake)


def in_sight(request, pk):
    rows = Intake.objects.visible_to(request.user).select_related("office", "uploaded_by", "confirmed_by")
    return get_object_or_404(rows, pk=pk)


@require_safe
def intake_detail(request, pk):
    """What the portal makes of each row, in the reader's language; while it works, how far it is."""
    intake = in_sight(request, pk)
    counts = intake.rows.counts()
    shown = request.GET.get("show", "")
    if shown not in counts:
        shown = next((verdict for verdict in SHOWN if verdict in counts), "")
    rows = intake.rows.filter(verdict=shown).select_related("enterprise__sector", "enterprise__district")
    rows = rows.annotate(who=Subquery(Person.objects.contacts_of(OuterRef("enterprise_id")).values("name")[:1]))
    found = page(rows, order=("number", "id"), after=request.GET.get("after"))
    may_keep = request.user.has_perm("enterprises.keep_intake", intake)
    checker = Checker(intake, by=request.user)
    looks = checker.look_at(row for row in found.rows if is_to_do(row))
    context = {
        "intake": intake,
        "counts": [count_of(verdict, counts, shown) for verdict in SHOWN if verdict in counts],
        "sound": counts.get(Verdict.SOUND, 0),
        "total": sum(counts.values()),
        "waiting": counts.get(Verdict.SOUND if intake.is_registering else Verdict.WAITING, 0),
        "to_mend": may_keep and intake.rows.to_mend().exists(),
        "may_keep": may_keep,
        "page": found,
        "rows": [row_shown(row, looks.get(row.pk), name=checker.name_in(row), may_keep=may_keep) for row in found.rows],
        "opens": request.user.has_perm("enterprises.find_look_alikes"),
        "erased_on": timezone.localdate(intake.touched_at + intakes.KEPT),
    }
    context["read"], context["unused"] = columns_told(intake.headings, intake.columns)
    if context["sound"] and not intake.confirmed_at:
        context["leads"] = leads_in(intake)
    context["done"] = context["total"] - context["waiting"]
    answer = TemplateResponse(request, "enterprises/intake_detail.html", context)
    if intake.is_working:
        answer["Refresh"] = str(SECONDS)
    return answer


def count_of(verdict, counts, shown):
    return {
        "number": counts[verdict],
        "label": ngettext("possible duplicate", "possible duplicates", counts[verdict])
        if verdict == Verdict.ALIKE
        else Verdict(verdict).label,
        "url": f"?show={verdict}",
        "is_current": verdict == shown,
        "is_late": verdict == Verdict.FAULTY,
    }


def is_to_do(row):
    """Whether somebody has to look at the row: it was looked at, and something is wrong."""
    done = {Verdict.REGISTERED, Verdict.WAITING, Verdict.SOUND, Verdict.EXAMPLE}
    return bool(row.cells) and row.verdict not in done


def row_shown(row, look, *, name, may_keep):
    """One row as it is read: who, what is wrong, and where it is dealt with by hand."""
    return {
        "row": row,
        "name": name,
        "problems": look.problems if look else [],
        "url": f"{reverse('enterprises:assisted-register')}?row={row.pk}" if look and may_keep else "",
    }


@require_POST
def intake_confirm(request, pk):
    intake = in_sight(request, pk)

    def act():
        intakes.confirm(intake=intake, by=request.user)
        return redirect("enterprises:intake-detail", pk)

    try:
        answer = once(request, {"intake": intake}, act)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("enterprises:intake-detail", pk)
    work_at_once(intake)
    return answer


@require_POST
def intake_erase(request, pk):
    intake = in_sight(request, pk)

    def act():
        intakes.erase(intake=intake, by=request.user)
        messages.success(request, _("The list was erased. Who was registered stays registered."))
        return redirect("enterprises:intake-list")

    return once(request, {"intake": intake}, act)


@require_safe
def intake_template(request, form):
    """An empty list in the reader's language, with hints and one example."""
    if form not in TYPES:
        raise Http404
    content = intake_files.template(request.user, form=form)
    return download(content, form=form, name=f"register-{request.LANGUAGE_CODE}.{form}")


@require_safe
def intake_mend(request, pk, form):
    """The rows that were not registered, as they came, each with the reason, to be mended and sent again."""
    intake = in_sight(request, pk)
    if form not in TYPES:
        raise Http404
    content = intake_files.to_mend(intake, Checker(intake, by=request.user), form=form)
    return download(content, form=form, name=f"mend-{intake.pk}.{form}")


def download(content, *, form, name):
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store, private",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=TYPES[form], headers=headers)
