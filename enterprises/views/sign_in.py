"""Entrepreneurs sign in with their CNIC and a code. No answer here tells whether a CNIC is with us."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import throttles
from enterprises import devices, pace
from enterprises.access_forms import SignInCodeForm
from enterprises.actions import codes, sign_ins
from enterprises.forms import SignInForm
from kit import again, words
from kit.errors import too_many
from kit.onward import wanted, with_next

HOUR = 60 * 60
# From one address, or from the owner's devices.
CODES_A_CNIC, FROM_ONE_ADDRESS = 6, 600
BETWEEN_CODES = timedelta(seconds=60)
# Where the session keeps the CNIC until its code was entered.
TYPED = "sign_in_cnic"
# And whether no message went out for it, whichever it is.
SILENT = "sign_in_silent"
SESSION = timedelta(hours=8)
# Whoever came in by PIN or printed code often sits at a device of somebody else.
SHORT_SESSION = timedelta(minutes=20)
ANOTHER = gettext_lazy("If this CNIC is with us, another code is on its way. Only the newest one is good.")
NO_MORE = gettext_lazy(
    "No further message goes out for this CNIC from this device before %(time)s. A sheet of codes or a PIN opens the"
    " page as always; so does, in this browser, the code of the last message while it is good."
)
BACKEND = "accounts.backends.StaffBackend"


@never_cache
@sensitive_post_parameters("cnic")
@require_http_methods(["GET", "POST"])
def sign_in(request):
    """The CNIC. Whether or not it is known, a code is said to be on its way to the phone on file."""
    if request.user.is_authenticated and request.user.is_entrepreneur:
        return redirect(wanted(request) or "portal:my")
    form = again.form_of(request, SignInForm)
    if request.method == "POST" and form.is_valid():
        return send_code(request, form.cleaned_data["cnic"]) or redirect(with_next("enterprises:sign-in-code", request))
    context = {"form": form, "for_colleagues": with_next("accounts:sign-in", request)}
    return again.page(request, "enterprises/sign_in.html", context)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def sign_in_code(request):
    """The code from the message, from a sheet, or the PIN. It opens the session that asked, and no other."""
    if asked_for(request) is None:
        return redirect(with_next("enterprises:sign-in", request))
    cnic = request.session[TYPED]
    form = again.form_of(request, SignInCodeForm)
    if request.method == "POST" and form.is_valid():
        if not throttles.allow_from(request, "code-tries-from", limit=FROM_ONE_ADDRESS, seconds=HOUR):
            return too_many(request, HOUR)
        try:
            with pace.even():
                entry = sign_ins.confirm(
                    session_key=request.session.session_key,
                    digits=form.cleaned_data["code"],
                    source=devices.source_of(request, cnic),
                )
        except ValidationError as refusal:
            form.add_error("code", refusal)
        else:
            return enter(request, entry, cnic)
    context = {"form": form, "again": with_next("enterprises:sign-in-code-again", request)}
    context["is_silent"] = request.session.get(SILENT, False)
    context["back"] = with_next("enterprises:sign-in", request)
    return again.page(request, "enterprises/sign_in_code.html", context)


@never_cache
@require_POST
def sign_in_code_again(request):
    """Another code, for a message that did not come; under the same limits, and the same answer for every CNIC."""
    last = asked_for(request)
    if last is None:
        return redirect(with_next("enterprises:sign-in", request))
    now = timezone.now()
    if not request.session.get(SILENT) and last.is_on_its_way(since=now - BETWEEN_CODES, now=now):
        messages.info(request, _("A code is on its way. It can take a minute."))
    elif refusal := send_code(request, request.session[TYPED], said=ANOTHER):
        return refusal
    return redirect(with_next("enterprises:sign-in-code", request))


def asked_for(request):
    """The code that this session asked for last, spent or not."""
    session_key = request.session.session_key
    if session_key is None or TYPED not in request.session:
        return None
    return codes.latest(purpose=sign_ins.PURPOSE, session_key=session_key)


def send_code(request, cnic, *, said=None):
    """Send whoever has this CNIC a code; the page 429 when one address asks without end.

    Once an hour's messages have gone out the page goes on without one, for every CNIC alike: a sheet or a PIN needs
    none, and what keeps guessing off is counted where digits are tried.
    """
    source = devices.source_of(request, cnic)
    may_send = throttles.allow(f"sign-in:{cnic}:{source}", limit=CODES_A_CNIC, seconds=HOUR)
    if not throttles.allow_from(request, "code-from", limit=FROM_ONE_ADDRESS, seconds=HOUR):
        return too_many(request, HOUR)
    if request.session.session_key is None:
        request.session.create()
    request.session[TYPED], request.session[SILENT] = cnic, not may_send
    asked = {"cnic": cnic, "session_key": request.session.session_key, "language": get_language(), "source": source}
    with pace.even():
        sign_ins.ask(**asked, may_send=may_send)
    if not may_send:
        ends_at = throttles.window_of(timezone.now(), seconds=HOUR) + timedelta(seconds=HOUR)
        said = NO_MORE % {"time": words.plain(words.clock(ends_at))}
    if said:
        messages.info(request, said)
    return None


def enter(request, entry, cnic):
    """Sign them in, and lead on. A device of their own is known from now on; one of somebody else is not."""
    onward = wanted(request) or "portal:my"
    del request.session[TYPED]
    login(request, entry.user, backend=BACKEND)
    # An end by the clock: nothing that is done meanwhile moves it.
    request.session.set_expiry(timezone.now() + (SHORT_SESSION if entry.is_short else SESSION))
    response = redirect(onward)
    return response if entry.is_short else devices.remember(request, response, cnic)
