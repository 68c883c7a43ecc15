from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kit.onward import here
from portal.doors import DOORS

# (label, URL name, how the names of the pages begin for which it stands); shown to those whom the door admits.
NAVIGATION = [
    (_("My day"), "portal:desk", "portal:desk"),
    (_("Registered by me"), "portal:registered-list", "portal:registered"),
    (_("Enquiries"), "casework:enquiry-list", "casework:enquiry"),
    (_("Cases"), "casework:case-list", "casework:"),
    (_("People"), "enterprises:person-find", "enterprises:"),
    (_("Courses"), "training:run-list", "training:"),
    (_("Loans"), "loans:desk", "loans:"),
    (_("Reports"), "reports:dashboard", "reports:"),
]


def first_page(user):
    """Where somebody signed in begins: the own business, or the first page of a colleague's day; None for visitors."""
    if user is None or not user.is_authenticated:
        return None
    if user.is_entrepreneur:
        return {"label": _("My business"), "url": reverse("portal:my")}
    return {"label": _("My work"), "url": reverse("accounts:start")}


def portal(request):
    """What every page's frame needs."""
    match = getattr(request, "resolver_match", None)
    user = getattr(request, "user", None)
    nav = []
    if user is not None and user.is_authenticated and user.is_colleague and user.is_verified():
        view_name = match.view_name if match else ""
        current = next((name for _label, name, begins in NAVIGATION if view_name.startswith(begins)), "")
        nav = [
            {"label": label, "url": reverse(name), "is_current": name == current}
            for label, name, _begins in NAVIGATION
            if DOORS[name].admits(user)
        ]
        if user.is_staff:
            nav.append({"label": _("Administration"), "url": reverse("admin:index"), "is_current": False})
    return {
        "portal": {
            "name": settings.NAME_OF_PORTAL,
            "helpline": settings.HELPLINE,
            "nav": nav,
            "first_page": first_page(user),
            "here": here(request),
        }
    }
