"""What the phones of the sample people received. Only for sample data with the built-in gateway on this machine."""

import json
import re
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kit.text import ascii_digits
from messaging.actions.delivery import write
from messaging.actions.queueing import CODE
from messaging.checks import is_loopback
from messaging.fake_gateway import NAME
from messaging.forms import SamplePhoneForm
from messaging.models import Message
from messaging.states import MessageState

TIMEOUT = 3
SHOWN = 50
LOOKED_AT = 200
HELD = ("phone", "text", "until")
SAID = ("id", "phone", "text", "at")
ARABIC = re.compile("[\u0600-\u06ff]")


class Unreachable(Exception):
    """The sample gateway does not run."""


@never_cache
@require_safe
def sample_phone(request):
    """The messages, newest first; `?phone=` in any script and form, `?after=` an id, `?format=json`."""
    if not (settings.SAMPLE_DATA and is_loopback(settings.MESSAGE_GATEWAY_URL)):
        raise Http404
    form = SamplePhoneForm(request.GET)
    found, status = [], HTTPStatus.OK
    if not form.is_valid():
        status = HTTPStatus.BAD_REQUEST
    else:
        try:
            found = received(phone=form.cleaned_data["phone"], after=whole(request.GET.get("after", "")))
        except Unreachable:
            status = HTTPStatus.SERVICE_UNAVAILABLE
    if request.GET.get("format") == "json":
        return as_json(form, found, status=status)
    held = waiting(phone=form.cleaned_data["phone"]) if form.is_valid() else []
    page = {
        "form": form,
        "messages_shown": found,
        "held": held,
        "is_unreachable": status == HTTPStatus.SERVICE_UNAVAILABLE,
    }
    return TemplateResponse(request, "messaging/sample_phone.html", page, status=status)


def as_json(form, found, *, status):
    if status == HTTPStatus.OK:
        held = [{name: row[name] for name in HELD} for row in waiting(phone=form.cleaned_data["phone"])]
        return JsonResponse({"messages": [{name: row[name] for name in SAID} for row in found], "held": held})
    wrong = form.errors.get("phone", [_("The sample phones cannot be reached.")])
    return JsonResponse({"error": wrong[0]}, status=status)


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
        row | {"at": parse_datetime(row["at"]), "language": "ur" if ARABIC.search(row["text"]) else "en"}
        for row in json.loads(content)["messages"]
    ]


def waiting(*, phone):
    """What is held back until the quiet hours end, the next first; as it would read now. Never a one-time code."""
    shown = []
    queued = Message.objects.filter(state=MessageState.WAITING, due_at__gt=timezone.now()).exclude(kind=CODE)
    for message in queued.order_by("due_at", "id")[:LOOKED_AT]:
        try:
            letter = write(message, now=message.due_at)
        except Exception:  # noqa: BLE001, S112 - not wanted, or not to be written: the pump says so
            continue
        if phone in {"", letter.phone}:
            row = {"phone": letter.phone, "text": letter.text, "until": message.due_at, "language": letter.language}
            shown.append(row)
    return shown[:SHOWN]


def whole(text):
    """A message's id, or 0 for anything else."""
    digits = ascii_digits(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0  # noqa: PLR2004
