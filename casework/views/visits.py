from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from casework.actions import contacts
from casework.forms import VisitsForm
from casework.pages import visits as pages
from casework.views.cases import case_in_sight
from journal.acting import act_once


@require_safe
def visit_form(request, pk=None):
    """One sheet to write on at a visit, with the client's name on it or without."""
    case = case_in_sight(request, pk, needs="casework.work_case") if pk else None
    return TemplateResponse(request, "casework/visit_form.html", {"case": case, "sheets": pages.sheets_of(case)})


@require_http_methods(["GET", "POST"])
def visit_list(request):
    """Ten visits from paper. All of a stack are saved, or none, and the page says which to look at."""
    if not request.user.has_perm("casework.open_case"):
        raise PermissionDenied("casework.open_case")
    form = VisitsForm(request.POST or None)
    if form.is_valid():
        rows = dict(form.rows())

        def log():
            try:
                return contacts.log_visits(rows=rows, by=request.user)
            except contacts.RowsRefusedError as refused:
                for row, refusal in refused.of_rows.items():
                    form.refuse(row, refusal)
                raise

        if answer := act_once(request, form, log, to="casework:visit-list", said=pages.saved):
            return answer
    return TemplateResponse(request, "casework/visit_list.html", {"form": form})
