from textwrap import wrap

import segno
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import finder, throttles
from accounts.actions import second_factors
from accounts.forms import OfficeFinderForm, SecondFactorForm, StaffSignInForm
from accounts.models import Office
from accounts.roles import LENDER_ROLES, Role
from kit.errors import too_many
from kit.onward import wanted, with_next

# The first page of the day, by role; the first that fits.
STARTS = [
    ({Role.ADVISOR, Role.REGIONAL_MANAGER}, "portal:desk"),
    ({Role.TRAINER}, "training:run-list"),
    (LENDER_ROLES, "loans:desk"),
    ({Role.PARTNER_CLERK}, "portal:registered-list"),
    ({Role.PROGRAMME_MANAGER, Role.COMMITTEE_MEMBER, Role.MINISTRY_VIEWER, Role.AUDITOR}, "reports:dashboard"),
    ({Role.ADMINISTRATOR}, "admin:index"),
]


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request):
    """E-mail and password. Nothing opens with these alone: the second factor follows."""
    form = StaffSignInForm(request.POST or None)
    if form.is_valid():
        email = form.cleaned_data["email"].lower()
        allowed = [
            throttles.allow(f"staff-sign-in:{email}", limit=10, seconds=900),
            throttles.allow_from(request, "staff-sign-in-from", limit=300, seconds=900),
        ]
        if not all(allowed):
            return too_many(request, 900)
        user = authenticate(request, **form.cleaned_data)
        if user is not None:
            login(request, user)
            return redirect(with_next("accounts:second-factor", request))
        form.add_error(None, _("E-mail and password do not fit together. Check both and try again."))
    context = {"form": form, "next": wanted(request), "for_entrepreneurs": with_next("enterprises:sign-in", request)}
    return TemplateResponse(request, "accounts/sign_in.html", context)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor(request):
    """The code of the authenticator app; at the very first sign-in, the page that sets the app up."""
    user = request.user
    if not user.is_authenticated or not user.is_colleague:
        return redirect("accounts:sign-in")
    if user.is_verified():
        return redirect(wanted(request) or "accounts:start")
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    is_new = device is None
    device = device or second_factors.begin(user=user)
    form = SecondFactorForm(request.POST or None)
    if form.is_valid():
        if not throttles.allow(f"second-factor:{user.pk}", limit=10, seconds=900):
            return too_many(request, 900)
        code = form.cleaned_data["code"]
        accept = second_factors.confirm if is_new else second_factors.accept
        if accept(device=device, code=code):
            otp_login(request, device)
            request.session.cycle_key()  # whoever knew the session of the password alone does not come along
            return redirect(wanted(request) or "accounts:start")
        form.add_error("code", _("This code does not fit. Wait for the next one in your app and enter it."))
    context = {"form": form, "next": wanted(request)}
    if is_new:
        context["picture"] = segno.make(device.config_url, error="m").svg_data_uri(scale=5, light="#fff")
        context["secret"] = wrap(device.config_url.split("secret=")[1].split("&")[0], 4)
    return TemplateResponse(request, "accounts/second_factor.html", context)


@require_POST
def sign_out(request):
    """Leave the device to the next one: nothing of who sat there is shown any more."""
    was_entrepreneur = request.user.is_authenticated and request.user.is_entrepreneur
    logout(request)
    response = redirect("portal:home" if was_entrepreneur else "accounts:sign-in")
    for name in settings.FORGOTTEN_AT_SIGN_OUT:
        response.delete_cookie(name, samesite="Lax")
    return response


@require_http_methods(["GET"])
def start(request):
    """Send a colleague to the first page of their day."""
    name = next((name for roles, name in STARTS if request.user.has_role(*roles)), "portal:home")
    return redirect(resolve_url(name))


@require_safe
def office_list(request):
    """The public finder: who serves my district, and how do I reach them."""
    form = OfficeFinderForm(request.GET or None)
    district = form.cleaned_data["where"] if form.is_valid() else None
    today, after = timezone.localdate(), request.GET.get("after", "")
    context = {"form": form, "district": district}
    if district is not None or after or "all" in request.GET:
        context["found"] = finder.gather(district=district, after=after, on=today)
    return TemplateResponse(request, "accounts/office_list.html", context)


@require_safe
def office_detail(request, code):
    """One office; a closed one keeps its page and says who took over."""
    office = get_object_or_404(Office.objects.select_related("parent"), code=code)
    return TemplateResponse(request, "accounts/office_detail.html", finder.detail(office, on=timezone.localdate()))
