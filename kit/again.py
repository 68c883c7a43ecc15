"""A refused form gets a page of its own, asked for by GET: Back and refresh work, and nothing is sent twice.

What was typed, and what was said to it, waits in the session until that page is asked for. Public pages show it once:
the next person at a device learns nothing of the one before. From such a page, refused or half filled, what stands
there goes along into the other language, but for a code. To whoever is signed in it is shown until they send the next
form, or for a few minutes; a button beside it, whose view `leaves_typing`, sends none. What must be said anew for each
person, such as that they agreed or that the card was seen, a form names in `not_kept`: it comes back once, on the page
of the refusal, and not when that is opened later.
A form that adds one more of many people says `opens_empty`: whoever comes to it from another page begins anew.
"""

import time
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm, FileField
from django.http import HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language

KEY, HELD = "refused", "refused_here"
HELD_FOR = 10 * 60  # seconds
# No secret lies in a session, and no token outlives its page.
NEVER_HELD = {"csrfmiddlewaretoken"}
# What the button that changes the language sends beside the form in which it stands.
OF_THE_BUTTON = NEVER_HELD | {"language", "next"}
# Nobody fills a form of ours with more; what is longer is answered at once, and stored nowhere.
LONGEST = 20_000


def form_of(request, form_class, **options):
    """The form with what is sent; by GET with what was refused a moment ago, and its errors; else empty.

    Where it `goes_along`, the button in the page's head sends it to be shown in the other language.
    """
    form = the_form_of(request, form_class, options)
    form.goes_along = not any(
        field.widget.attrs.get("autocomplete") == "one-time-code" for field in form.fields.values()
    )
    if request.method != "POST" and form.is_bound and form.goes_along:
        request.session[KEY] |= {"is_shown": True}
    elif request.method != "POST":
        request.session.pop(KEY, None)
    return form


def the_form_of(request, form_class, options):
    if request.method == "POST":
        return form_class(request.POST, **options)
    refused = request.session.get(KEY)
    if refused is None or refused["path"] != request.path or refused.get("is_shown"):
        return form_class(None, **options)
    form = form_class(QueryDict(refused["typed"]), **options)
    say_again(form, refused)
    return form


def take_along(request):
    """What stands on a page, whole or not, waits for it in the other language, with what was said to it, if anything.

    Only what comes from a form of ours: whoever asks for this by a page of theirs fills in nothing.
    """
    typed = without(OF_THE_BUTTON, request.POST)
    path = urlsplit(request.GET.get("next", "")).path
    if not typed or not path or len(typed) > LONGEST:
        return
    refused = request.session.get(KEY) or {}
    if refused.get("path") != path:
        refused = {"path": path, "errors": {}, "language": get_language(), "typed": typed}
    refused_typing = refused.get("before", refused["typed"])
    request.session[KEY] = refused | {"typed": typed, "before": refused_typing, "is_shown": False}


def told(form):
    """What was said to the form, in which language, and what it takes to say it anew in another."""
    said = {field: [as_kept(error) for error in errors.as_data()] for field, errors in form.errors.items()}
    return {"errors": said, "language": get_language()}


def as_kept(error):
    params = {name: value for name, value in (error.params or {}).items() if isinstance(value, str | int | float)}
    return {"message": error.messages[0], "code": error.code or "", "params": params}


def say_again(form, refused):
    """Put what was said to the form in place of what it says by itself: an action may have said more.

    Whoever reads in another language by now reads the same in that, as far as form or field know it. What was typed
    anew since is not what it was said to: of that the form says what it finds now.
    """
    is_same = refused.get("language", get_language()) == get_language()
    typed_anew = typed_since(form, refused)
    anew = {} if is_same and not typed_anew else form.errors.as_data()
    form.errors.clear()
    for name, said in refused["errors"].items():
        now = []
        if name in typed_anew:
            now = anew.get(name, [])
        elif name in form.fields or name == NON_FIELD_ERRORS:
            field = None if is_same else form.fields.get(name)
            now = [said_now(one, field=field, anew=anew.get(name, [])) for one in said]
        if now:
            form.add_error(name, now)


def typed_since(form, refused):
    """The fields in which something else stands than what was refused; with any of them, the form as a whole."""
    if "before" not in refused:
        return set()
    before = QueryDict(refused["before"])
    changed = {
        name
        for name, field in form.fields.items()
        if field.widget.value_from_datadict(before, {}, form.add_prefix(name))
        != field.widget.value_from_datadict(form.data, {}, form.add_prefix(name))
    }
    return changed | {NON_FIELD_ERRORS} if changed else changed


def said_now(one, *, field, anew):
    """The form's own words of now; of a file, which is not there any more, its field's; else what was said then."""
    found = next((error for error in anew if (error.code or "") == one["code"]), None)
    if found is not None:
        anew.remove(found)
        return found
    if isinstance(field, FileField) and one["code"] in field.error_messages:
        return ValidationError(field.error_messages[one["code"]], code=one["code"], params=one["params"])
    return ValidationError(one["message"], code=one["code"])


def page(request, template, context):
    """The page of `context["form"]`; after a POST that was refused, a redirect to it."""
    form = context["form"]
    typed = form.data.urlencode() if request.method == "POST" else ""
    if not typed or len(typed) > LONGEST:
        return TemplateResponse(request, template, context)
    request.session[KEY] = {"path": request.path, "typed": typed} | told(form)
    return redirect(request.get_full_path())


class Onward(HttpResponseRedirect):
    """In place of a page that is not drawn."""

    def render(self):
        return self


def leaves_typing(view):
    """A button that stands beside a form: whoever presses it loses nothing of what was refused there."""
    view.leaves_typing = True
    return view


class RefusedForms:
    """The same for every page of whoever is signed in, whose view takes its form by GET and by POST.

    Asked of browsers alone that go from page to page: a script, or a part of a page, is answered at once.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, _args, _kwargs):
        held = request.session.get(HELD) if request.user.is_authenticated else None
        is_sent = request.method == "POST" and not getattr(view, "leaves_typing", False)
        if held and (is_sent or time.time() - held["at"] >= HELD_FOR):
            del request.session[HELD]

    def process_template_response(self, request, response):
        context = response.context_data or {}
        form = context.get("form")
        # A page that lays its form out by what was sent cannot be drawn anew from the form alone.
        if not isinstance(form, BaseForm) or "helper" in context or not request.user.is_authenticated:
            return response
        if request.method == "POST":
            return self.hold(request, form) or response
        held = request.session.get(HELD)
        if held and is_about(held, form, request) and is_opened_anew(form, request):
            del request.session[HELD]
        elif held and not form.is_bound and is_about(held, form, request):
            request.refused = form.data = QueryDict(held["typed"])
            form.is_bound = True
            say_again(form, held)
            if not_kept := {form.add_prefix(name) for name in getattr(form, "not_kept", ())}:
                request.session[HELD] = held | {"typed": without(not_kept, form.data)}
        return response

    def hold(self, request, form):
        """Keep what was refused and lead on to its page; None where the answer is the page itself."""
        goes_on = request.headers.get("Sec-Fetch-Mode") == "navigate" and takes_get(request.resolver_match.func)
        is_whole = set(form.fields) <= set(form.base_fields)
        if not goes_on or not is_whole or not form.errors or has_secrets(form, request):
            return None
        return Onward(request.get_full_path()) if keep(request, form, told(form)) else None


def keep(request, form, said):
    """Hold the form as it stands, with what is said to it, for its own page; whether it is short enough for that."""
    # What a form added to its own data, such as by what it finds a file again, goes along.
    if len(typed := without(NEVER_HELD, form.data)) > LONGEST:
        return False
    about = {"path": request.path, "form": type(form).__name__, "typed": typed, "at": int(time.time())}
    request.session[HELD] = about | said
    return True


def keep_unsaid(request, form, *, query=None):
    """Lead on to the form's page where a button changed what stands in it, and nothing was sent yet; None if too long.

    Nothing is said to it. `query` takes the place of what stands behind the address, where the button chose that.
    """
    is_kept = keep(request, form, {"errors": {}, "language": get_language()})
    address = request.get_full_path() if query is None else f"{request.path}?{urlencode(query)}"
    return redirect(address) if is_kept else None


def without(names, typed):
    kept = typed.copy()
    for name in names & set(kept):
        del kept[name]
    return kept.urlencode()


def is_held(request):
    """Whether something that was typed waits for this page: then it is shown, whatever else the page would do."""
    return request.session.get(HELD, {}).get("path") == request.path


def is_about(held, form, request):
    return (held["path"], held["form"]) == (request.path, type(form).__name__)


def is_opened_anew(form, request):
    """By a link on another page. The refusal itself, refresh and Back name the form's own page, or none."""
    came_from = urlsplit(request.headers.get("Referer", "")).path
    return getattr(form, "opens_empty", False) and came_from not in {"", request.path}


def has_secrets(form, request):
    """Passwords, PINs and codes: what the view hides from error reports, or the browser while it is typed."""
    return bool(getattr(request, "sensitive_post_parameters", None)) or any(
        getattr(field.widget, "input_type", "") == "password" for field in form.fields.values()
    )


def takes_get(view):
    """Whether this view is known to answer GET."""
    return "GET" in (methods_of(view) or ())


def is_only_sent(view):
    """Whether this view is known to be a form's alone, without a page to open."""
    return "GET" not in (methods_of(view) or ("GET",))


def stands_on(find):
    """Of a view that is a form's alone: which page the form is on, where none lies over its address."""

    def marked(view):
        view.page_of = find
        return view

    return marked


def methods_of(view):
    """What Django's `require_http_methods` lets through to this view; None where nothing was said."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            if isinstance(cell.cell_contents, list) and ("POST" in cell.cell_contents or "GET" in cell.cell_contents):
                return cell.cell_contents
        view = getattr(view, "__wrapped__", None)
    return None
