"""What a partner's clerk registered: one line each, and where it stands in one word."""

from django.db.models import OuterRef, Subquery
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from casework.states import CaseState
from enterprises.models import Enterprise, Person
from kit.paging import page

# Where somebody stands, in one word: enough to answer who asks at the counter, and nothing of what was talked about.
WORDS = {
    CaseState.NEW: pgettext_lazy("where somebody stands", "Registered"),
    CaseState.CONTACTED: pgettext_lazy("where somebody stands", "Called"),
    CaseState.PLANNED: pgettext_lazy("where somebody stands", "Advised"),
    CaseState.CLOSED: pgettext_lazy("where somebody stands", "Finished"),
}
COLUMNS = (_("Name"), _("Reference"), _("Registered on"), _("Where it stands"))


@require_safe
def registered_list(request):
    mine = Enterprise.objects.registered_by(request.user).unmerged().select_related("case", "sector", "district")
    mine = mine.annotate(who=Subquery(Person.objects.contacts_of(OuterRef("pk")).values("name")[:1]))
    found = page(mine, order=("-registered_at", "-id"), after=request.GET.get("after"))
    rows = [{"enterprise": one, "word": WORDS[one.case.state]} for one in found.rows]
    return TemplateResponse(request, "portal/registered_list.html", {"page": found, "rows": rows, "columns": COLUMNS})
