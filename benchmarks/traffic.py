"""What a page weighs: bytes and requests of a first view and of the next, as a real Chromium counts them.

The portal is served as in production. The browser counts what comes through the wire, heads included, and nothing that
it had kept. A window without a picture of itself never asks for the icon, so here the page is made to.
"""

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from django.conf import settings

from benchmarks.tables import mark, table
from launch import browser
from launch.say import say
from tests.chromium import FLAGS, PHONE

PATIENCE = 500  # hundredths of a second
ASK_FOR_ICON = "() => fetch(document.querySelector('link[rel=icon]').href).then(answer => answer.blob())"


@dataclass(frozen=True)
class Weight:
    """Bytes and requests of one page in one language."""

    page: str
    language: str
    first_bytes: int
    again_bytes: int
    requests: int
    fonts: int
    first_aim: int
    again_aim: int | None
    requests_aim: int | None


def measure(cases, world):
    """Nothing where there is no Chromium; one line says so."""
    found = browser.find()
    if not found:
        say(f"\nBytes are left out, no browser: {browser.HOW}")
        return []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        languages = [code for code, _name in settings.LANGUAGES]
        weights = [weigh(chromium, world.address, case, language) for case in cases for language in languages]
        chromium.close()
    show(weights)
    return [asdict(weight) for weight in weights]


def weigh(chromium, address, case, language, *, script=""):
    """The page in a browser that has never been here, and again in the same browser; `script` runs in it first."""
    with visit(chromium, address, case, language) as context:
        page = context.new_page()
        page.add_init_script(script)
        traffic = Traffic(page)
        first = traffic.of(case.path)
        fonts = list(traffic.begun.values()).count("Font")
        again = traffic.of(case.path)
    return Weight(
        page=case.label,
        language=language,
        first_bytes=sum(first),
        again_bytes=sum(again),
        requests=len(first),
        fonts=fonts,
        first_aim=case.aims.first_bytes,
        again_aim=case.aims.again_bytes,
        requests_aim=case.aims.requests,
    )


@contextmanager
def visit(chromium, address, case, language):
    """A phone that has never been here, of the person who sees this page in this language."""
    width, height = PHONE
    context = chromium.new_context(viewport={"width": width, "height": height}, base_url=address)
    cookies = case.cookies | {settings.LANGUAGE_COOKIE_NAME: language}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    yield context
    context.close()


class Traffic:
    """Listens to what a page's browser loads."""

    def __init__(self, page):
        self.page = page
        self.begun, self.loaded = {}, {}
        network = page.context.new_cdp_session(page)
        network.on("Network.requestWillBeSent", lambda said: self.begun.update({said["requestId"]: said["type"]}))
        network.on("Network.loadingFailed", lambda said: self.loaded.update({said["requestId"]: 0}))
        network.on("Network.loadingFinished", self.finish)
        network.send("Network.enable")

    def finish(self, said):
        self.loaded[said["requestId"]] = int(said["encodedDataLength"])

    def of(self, path):
        """The bytes of each request that this page, opened now, sends through the wire."""
        self.page.goto("about:blank")
        self.begun.clear()
        self.loaded.clear()
        answer = self.page.goto(path)
        assert answer.status == 200, f"{path} answers {answer.status}"  # noqa: S101, PLR2004
        assert urlsplit(self.page.url).path == path, f"{path} leads to {self.page.url}"  # noqa: S101
        self.page.evaluate(ASK_FOR_ICON)
        for _ in range(PATIENCE):
            if self.begun.keys() <= self.loaded.keys():
                break
            self.page.wait_for_timeout(10)
        return [length for length in self.loaded.values() if length]


def show(weights):
    say("\nBytes and requests in a Chromium, first view and next, with their aims")
    heads = ("page", "language", "first", "aim", "", "again", "aim", "", "requests", "aim", "")
    rows = [
        (
            weight.page,
            weight.language,
            *judged(weight.first_bytes, weight.first_aim),
            *judged(weight.again_bytes, weight.again_aim),
            *judged(weight.requests, weight.requests_aim),
        )
        for weight in weights
    ]
    say(table(heads, rows))


def judged(figure, aim):
    return f"{figure:,}", "" if aim is None else f"{aim:,}", mark(figure, aim)
