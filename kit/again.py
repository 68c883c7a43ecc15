"""A refused form gets a page of its own, asked for by GET: Back and refresh work, and nothing is sent twice.

What was typed, and what was said to it, waits in the session until that page is asked for, and is shown once.
"""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse

KEY = "refused"
# Nobody fills a form of ours with more; what is longer is answered at once, and stored nowhere.
LONGEST = 20_000


def form_of(request, form_class, **options):
    """The form with what is sent; by GET with what was refused a moment ago, and its errors; else empty."""
    if request.method == "POST":
        return form_class(request.POST, **options)
    refused = request.session.pop(KEY, None)
    if refused is None or refused["path"] != request.path:
        return form_class(None, **options)
    form = form_class(QueryDict(refused["typed"]), **options)
    form.errors.clear()
    for field, said in refused["errors"].items():
        if field in form.fields or field == NON_FIELD_ERRORS:
            form.add_error(field, [ValidationError(one["message"], code=one["code"]) for one in said])
    return form


def page(request, template, context):
    """The page of `context["form"]`; after a POST that was refused, a redirect to it."""
    form = context["form"]
    typed = form.data.urlencode() if request.method == "POST" else ""
    if not typed or len(typed) > LONGEST:
        return TemplateResponse(request, template, context)
    request.session[KEY] = {"path": request.path, "typed": typed, "errors": form.errors.get_json_data()}
    return redirect(request.get_full_path())
