"""Where somebody wanted to go before they had to sign in, or came from to a page that many lead to."""

from urllib.parse import urlsplit

from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from kit.again import is_only_sent


def wanted(request):
    """The page that was asked for, if it is one of ours; "" otherwise."""
    url = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if is_ours else ""


def with_next(name, request):
    """The address of a further page of signing in, which leads on to the same place."""
    return reverse(name) + carried(request)


def carried(request):
    """What an address ends with, so that the page there knows the same place."""
    url = wanted(request)
    return f"?{urlencode({'next': url})}" if url else ""


def came_from(request):
    """The address of the page of ours from which this was asked for, or nothing."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return ""
    try:
        view = resolve(urlsplit(referer).path).func
    except Resolver404:
        return ""
    return "" if is_only_sent(view) else urlsplit(referer)._replace(scheme="", netloc="").geturl()


def here(request):
    """Where this page is opened again, such as in another language: a form without a page stood on another.

    What was typed into a refused form waits there, or is lost with a form that is a button alone.
    """
    match = request.resolver_match
    if request.method != "POST" or match is None or not is_only_sent(match.func):
        return request.get_full_path()
    return came_from(request) or "/"
