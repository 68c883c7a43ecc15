"""Entrepreneurs sign in with their CNIC and a code. No answer here tells whether a CNIC is with us."""

from datetime import timedelta

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import throttles
from enterprises import pace
from enterprises.access_forms import SignInCodeForm
from enterprises.actions import codes, sign_ins
from enterprises.forms import SignInForm
from kit.errors import too_many
from kit.onward import wanted, with_next

HOUR = 60 * 60
CODES_A_CNIC, FROM_ONE_ADDRESS = 6, 600
SESSION = timedelta(hours=8)
# Whoever came in by PIN or printed code often sits at a device of somebody else.
SHORT_SESSION = timedelta(minutes=20)
BACKEND = "accounts.backends.StaffBackend"


@never_cache
@sensitive_post_parameters("cnic")
@require_http_methods(["GET", "POST"])
def sign_in(request):
    """The CNIC. Whether or not it is known, a code is said to be on its way to the phone on file."""
    if request.user.is_authenticated and request.user.is_entrepreneur:
        return redirect(wanted(request) or "portal:my")
    form = SignInForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        cnic = form.cleaned_data["cnic"]
        allowed = [
            throttles.allow(f"sign-in:{cnic}", limit=CODES_A_CNIC, seconds=HOUR),
            throttles.allow_from(request, "code-from", limit=FROM_ONE_ADDRESS, seconds=HOUR),
        ]
        if not all(allowed):
            return too_many(request, HOUR)
        if request.session.session_key is None:
            request.session.create()
        with pace.even():
            sign_ins.ask(cnic=cnic, session_key=request.session.session_key, language=get_language())
        return redirect(with_next("enterprises:sign-in-code", request))
    return TemplateResponse(request, "enterprises/sign_in.html", {"form": form})


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def sign_in_code(request):
    """The code from the message, from a sheet, or the PIN. It opens the session that asked, and no other."""
    session_key = request.session.session_key
    if session_key is None or codes.latest(purpose=sign_ins.PURPOSE, session_key=session_key) is None:
        return redirect(with_next("enterprises:sign-in", request))
    form = SignInCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if not throttles.allow_from(request, "code-tries-from", limit=FROM_ONE_ADDRESS, seconds=HOUR):
            return too_many(request, HOUR)
        try:
            with pace.even():
                entry = sign_ins.confirm(session_key=session_key, digits=form.cleaned_data["code"])
        except ValidationError as refusal:
            form.add_error("code", refusal)
        else:
            onward = wanted(request) or "portal:my"
            login(request, entry.user, backend=BACKEND)
            # An end by the clock: nothing that is done meanwhile moves it.
            request.session.set_expiry(timezone.now() + (SHORT_SESSION if entry.is_short else SESSION))
            return redirect(onward)
    context = {"form": form, "again": with_next("enterprises:sign-in", request)}
    return TemplateResponse(request, "enterprises/sign_in_code.html", context)
