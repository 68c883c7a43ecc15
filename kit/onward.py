"""Where somebody wanted to go before they had to sign in, or came from to a page that many lead to."""

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode


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
