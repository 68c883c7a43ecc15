"""The portal's URLs, and beside each measured page a floor: a view that sends the same bytes and does nothing else.

The floor of a page has that page's own door, so the same middleware asks the same questions of the same person.
`stand_in` lists these doors in this process alone; the portal's own table never hears of them.
"""

from contextlib import contextmanager
from unittest import mock

from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from portal.doors import DOORS
from portal.urls import handler400, handler403, handler404, handler500  # noqa: F401 - Django looks for them here

NAMESPACE = "floors"
BODIES = {}


def floor(request, name):
    return HttpResponse(BODIES[name])


def floor_of(view_name):
    """The path of the floor of this view, which answers while it stands in."""
    return f"/floor/{view_name}/"


def floors():
    """One name for each door, because the table in `portal/doors.py` goes by names."""
    return [path(floor_of(name).removeprefix("/"), floor, {"name": name}, name=name) for name in DOORS]


urlpatterns = [path("", include("portal.urls")), path("", include((floors(), NAMESPACE)))]


@contextmanager
def stand_in(bodies):
    """Serve floors with these bodies, by the names of the views that they stand for."""
    doors = {f"{NAMESPACE}:{name}": DOORS[name] for name in bodies}
    with (
        mock.patch.dict(BODIES, bodies),
        mock.patch.dict(DOORS, doors),
        override_settings(ROOT_URLCONF="benchmarks.urls"),
    ):
        yield
