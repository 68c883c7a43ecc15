"""What Django's `check` says of the way out."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Warning, register  # noqa: A004 - Django's own name


@register("messaging")
def gateway_address(app_configs, **kwargs):
    """A wrong address would be noticed by the first person who waits for a code."""
    url = settings.MESSAGE_GATEWAY_URL
    if not url or is_web_address(url):
        return []
    return [Error("MESSAGE_GATEWAY_URL is not an http:// or https:// address.", id="messaging.E001")]


@register("messaging", deploy=True)
def gateway_in_production(app_configs, **kwargs):
    url = settings.MESSAGE_GATEWAY_URL
    if not url:
        return [Warning("MESSAGE_GATEWAY_URL is not set: no message is sent.", id="messaging.W001")]
    if is_web_address(url) and urlsplit(url).scheme != "https" and not is_loopback(url):
        return [Error("MESSAGE_GATEWAY_URL is not https: texts and codes would be readable.", id="messaging.E002")]
    return []


def is_web_address(url):
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def is_loopback(url):
    try:
        return ipaddress.ip_address(urlsplit(url).hostname or "").is_loopback
    except ValueError:
        return urlsplit(url).hostname == "localhost"
