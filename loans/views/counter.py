from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from loans.forms import CounterForm
from loans.pages import counter as pages


@require_safe
def counter(request):
    """Whose money is it? Who can be meant alone is opened at once: one key after the number."""
    form = CounterForm(request.GET)
    found = pages.find(request.user, form.cleaned_data["q"] if form.is_valid() else "", on=timezone.localdate())
    if found.only:
        return redirect("loans:receipt-create", found.only.pk)
    return TemplateResponse(request, "loans/counter.html", {"form": form, "found": found})
