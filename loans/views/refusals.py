from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from loans.pages import refusals as pages


@require_safe
def refusal_list(request):
    """What was refused, and whether the check before could have said so."""
    asked = {name: request.GET.get(name, "") for name in ("reason", "said", "after")}
    return TemplateResponse(request, "loans/refusal_list.html", {"page": pages.gather(request.user, **asked)})
