"""Rate limits, counted in PostgreSQL: they hold across processes and outlive every restart."""

import datetime as dt
import ipaddress

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Throttle

COUNT = """
INSERT INTO accounts_throttle (key, "window", count) VALUES (%s, %s, 1)
ON CONFLICT (key, "window") DO UPDATE SET count = accounts_throttle.count + 1
RETURNING count
"""


def allow(key: str, *, limit: int, seconds: int) -> bool:
    """Count one try under `key` and say whether it is among the first `limit` in this window of `seconds`.

    One statement that commits on its own, so that of tries at once none is missed, and a refusal afterwards does not
    take the count back: called inside a transaction it raises. Numbers and addresses are stored as keyed digests.
    """
    window = window_of(timezone.now(), seconds=seconds)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(COUNT, [digest_of(key, seconds=seconds), window])
        (count,) = cursor.fetchone()
    return count <= limit


def allow_from(request: HttpRequest, what: str, *, limit: int, seconds: int) -> bool:
    """As `allow`, for all that comes from the visitor's address; generous, because a whole camp may share one."""
    return allow(f"{what}:{address_of(request)}", limit=limit, seconds=seconds)


def address_of(request: HttpRequest) -> str:
    """The visitor's address: behind a proxy, the one that it wrote last; what stands before it the visitor claims.

    Of an IPv6 address only the first half counts: a household has all the others that begin with it.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or address
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    known = getattr(known, "ipv4_mapped", None) or known
    return str(ipaddress.ip_network((known, 64), strict=False) if known.version == 6 else known)  # noqa: PLR2004


def forget(*, before: dt.datetime) -> int:
    """Delete the counts of windows that began before; return how many. The nightly sweep calls this."""
    deleted, _by_model = Throttle.objects.filter(window__lt=before).delete()
    return deleted


def window_of(now: dt.datetime, *, seconds: int) -> dt.datetime:
    """The beginning of the window in which `now` lies."""
    return dt.datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, dt.UTC)


def digest_of(key: str, *, seconds: int) -> str:
    return salted_hmac("accounts.throttles", f"{seconds}:{key}", algorithm="sha256").hexdigest()
