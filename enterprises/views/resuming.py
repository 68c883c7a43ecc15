"""Going on with a registration on another device: the number given then, a code, and the page where somebody stopped.

The pages say the same whether or not anything was begun with a number.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import throttles
from enterprises import pace
from enterprises.actions import codes, registrations
from enterprises.forms import PhoneCodeForm, ResumeForm
from enterprises.models import Draft
from enterprises.summaries import name_of
from enterprises.views.registration import BETWEEN_CODES, CODES_A_NUMBER, FROM_ONE_ADDRESS, HOUR, onward, remember
from kit import again
from kit.errors import too_many

# The registrations that this session proved to be of its phone; several people may have begun on one.
PROVEN = "resumable_drafts"
# Where the session keeps the number for which it asked.
TYPED = "resume_phone"


@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "POST"])
def resume(request):
    """The number with which it was begun. A code is said to be on its way, whatever is found."""
    form = again.form_of(request, ResumeForm)
    if request.method == "POST" and form.is_valid():
        return send_code(request, form.cleaned_data["phone"]) or redirect("enterprises:register-resume-code")
    return again.page(request, "enterprises/register_resume.html", {"form": form})


def send_code(request, phone):
    """Send this number a code, if anything was begun with it; the page 429 when there were too many."""
    allowed = [
        throttles.allow(f"resume-code:{phone}", limit=CODES_A_NUMBER, seconds=HOUR),
        throttles.allow_from(request, "code-from", limit=FROM_ONE_ADDRESS, seconds=HOUR),
    ]
    if not all(allowed):
        return too_many(request, HOUR)
    if request.session.session_key is None:
        request.session.create()
    request.session[TYPED] = phone
    with pace.even():
        registrations.ask_to_resume(phone=phone, session_key=request.session.session_key, language=get_language())
    return None


def asked_for(request):
    """The code that this session asked for last, spent or not."""
    session_key = request.session.session_key
    if session_key is None or TYPED not in request.session:
        return None
    return codes.latest(purpose=registrations.RESUME, session_key=session_key)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def resume_code(request):
    """The code that came to the phone. With one registration it goes on at once; of several, one is chosen."""
    if asked_for(request) is None:
        return redirect("enterprises:register-resume")
    form = again.form_of(request, PhoneCodeForm)
    if request.method == "POST" and form.is_valid():
        try:
            drafts = registrations.resume(
                session_key=request.session.session_key,
                digits=form.cleaned_data["code"],
                source=throttles.address_of(request),
            )
        except ValidationError as refusal:
            form.add_error("code", refusal)
        else:
            if len(drafts) == 1:
                return remember(redirect(onward(drafts[0])), drafts[0])
            request.session[PROVEN] = [draft.pk for draft in drafts]
            return redirect("enterprises:register-resume-choose")
    return again.page(request, "enterprises/register_resume_code.html", {"form": form})


@never_cache
@require_POST
def resume_code_again(request):
    """Another code to the number that was typed; the same answer whether or not anything was begun with it."""
    last, now = asked_for(request), timezone.now()
    if last is None:
        return redirect("enterprises:register-resume")
    if last.is_on_its_way(since=now - BETWEEN_CODES, now=now):
        messages.info(request, _("A code is on its way. It can take a minute."))
    elif refusal := send_code(request, request.session[TYPED]):
        return refusal
    else:
        messages.info(request, _("If a registration was begun with this number, another code is on its way."))
    return redirect("enterprises:register-resume-code")


@never_cache
@require_http_methods(["GET", "POST"])
def resume_choose(request):
    """Several people began on this phone: each finds their own."""
    drafts = Draft.objects.open().filter(pk__in=request.session.get(PROVEN, [])).order_by("-touched_at", "-id")
    if request.method == "POST":
        chosen = next((draft for draft in drafts if str(draft.pk) == request.POST.get("draft")), None)
        if chosen is not None:
            del request.session[PROVEN]
            return remember(redirect(onward(chosen)), chosen)
    if not drafts:
        return redirect("enterprises:register")
    rows = [{"pk": draft.pk, "name": name_of(draft), "touched_at": draft.touched_at} for draft in drafts]
    return TemplateResponse(request, "enterprises/register_resume_choose.html", {"rows": rows})
