"""Asking the portal's pages as a browser does."""

import re
import uuid

from django.utils.html import strip_tags


def sent(client, url, **typed):
    """Send a form with a request key of its own."""
    return client.post(url, {"request_key": uuid.uuid4(), **typed})


def said(response):
    """The words of the page's main part, as one line."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)
    return " ".join(strip_tags(main.group()).split())


def links(response):
    """Where the page's main part leads to."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)
    return re.findall(r'href="([^"]+)"', main.group())
