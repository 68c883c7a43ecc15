import copy
from pathlib import Path

import pytest

from tests.chromium import DESKTOP


@pytest.fixture(autouse=True)
def face_alone(settings):
    """The frame without the apps behind it, and the templates of these tests beside the portal's."""
    settings.ROOT_URLCONF = "tests.face.urls"
    settings.TEMPLATES = copy.deepcopy(settings.TEMPLATES)
    settings.TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = False


@pytest.fixture
def address():
    """A server of this process that needs no database."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()


@pytest.fixture
def opened(chromium, address):
    """A function: a page opened in one language, size, theme, with script or without; it collects what goes wrong."""
    contexts = []

    def open_page(path, *, language="en", size=DESKTOP, is_dark=False, has_script=True):
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if is_dark else "light",
            java_script_enabled=has_script,
        )
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: said.type in {"error", "warning"} and page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
