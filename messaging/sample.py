"""What the phones of the sample people received. Only for sample data with the built-in gateway on this machine."""

import json
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, JsonResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kit.phones import PhoneError, display, parse
from kit.text import ascii_digits
from messaging.checks import is_loopback
from messaging.fake_gateway import NAME

TIMEOUT = 3
SHOWN = 50
LONGEST_TYPED = 40


class Unreachable(Exception):
    """The sample gateway does not run."""


@never_cache
@require_safe
def sample_phone(request):
    """The messages, newest first; `?phone=` in any script and form, `?after=` an id, `?format=json`."""
    if not (settings.SAMPLE_DATA and is_loopback(settings.MESSAGE_GATEWAY_URL)):
        raise Http404
    typed = request.GET.get("phone", "").strip()[:LONGEST_TYPED]
    page = {"typed": typed, "messages_shown": [], "error": "", "is_unreachable": False}
    try:
        phone = parse(typed) if typed else ""
        page["messages_shown"] = received(phone=phone, after=whole(request.GET.get("after", "")))
    except PhoneError as error:
        page["error"] = str(error)
    except Unreachable:
        page["is_unreachable"] = True
    status = 503 if page["is_unreachable"] else 400 if page["error"] else 200
    if request.GET.get("format") == "json":
        return as_json(page, status=status)
    page["has_errors"] = bool(page["error"])
    page["phone_shown"] = display(phone) if typed and not page["error"] else ""
    return TemplateResponse(request, "messaging/sample_phone.html", page, status=status)


def as_json(page, *, status):
    if page["is_unreachable"]:
        return JsonResponse({"error": _("The sample phones cannot be reached.")}, status=status)
    if page["error"]:
        return JsonResponse({"error": page["error"]}, status=status)
    return JsonResponse({"messages": page["messages_shown"]}, status=status)


def received(*, phone, after):
    """Ask the gateway. Raises `Unreachable`; a gateway that is not the built-in one is none of this page's business."""
    address = urlsplit(settings.MESSAGE_GATEWAY_URL)
    connection = HTTPConnection(address.hostname, address.port, timeout=TIMEOUT)
    try:
        connection.request("GET", f"/messages?{urlencode({'phone': phone, 'after': after, 'limit': SHOWN})}")
        response = connection.getresponse()
        content = response.read()
    except (OSError, HTTPException) as error:
        raise Unreachable from error
    finally:
        connection.close()
    if not response.headers.get("Server", "").startswith(NAME):
        raise Http404
    return [
        {"id": row["id"], "phone": row["phone"], "text": row["text"], "at": parse_datetime(row["at"])}
        for row in json.loads(content)["messages"]
    ]


def whole(text):
    """A message's id, or 0 for anything else."""
    digits = ascii_digits(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0  # noqa: PLR2004
