"""What a page weighs: bytes and requests of a first view and of the next, as a real Chromium counts them.

The portal is served as in production. The browser counts what comes through the wire, heads included, and nothing that
it had kept. A window without a picture of itself never asks for the icon, so here the page is made to.
"""

from dataclasses import asdict, dataclass

from django.conf import settings

from benchmarks.tables import mark, table
from launch import browser
from launch.say import say
from tests.chromium import FLAGS, PHONE

ASK_FOR_ICON = "() => fetch(document.querySelector('link[rel=icon]').href).then(answer => answer.blob())"


@dataclass(frozen=True)
class Weight:
    """Bytes and requests of one page in one language."""

    page: str
    language: str
    first_bytes: int
    again_bytes: int
    requests: int
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


def weigh(chromium, address, case, language):
    """The page in a browser that has never been here, and again in the same browser."""
    width, height = PHONE
    context = chromium.new_context(viewport={"width": width, "height": height}, base_url=address)
    cookies = case.cookies | {settings.LANGUAGE_COOKIE_NAME: language}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    page = context.new_page()
    first = Traffic(page).of(case.path)
    again = Traffic(page).of(case.path)
    context.close()
    return Weight(
        page=case.label,
        language=language,
        first_bytes=sum(first),
        again_bytes=sum(again),
        requests=len(first),
        first_aim=case.aims.first_bytes,
        again_aim=case.aims.again_bytes,
        requests_aim=case.aims.requests,
    )


class Traffic:
    """Listens to what a page's browser loads."""

    def __init__(self, page):
        self.page = page
        self.loaded = []
        self.network = page.context.new_cdp_session(page)
        self.network.on("Network.loadingFinished", lambda said: self.loaded.append(said["encodedDataLength"]))
        self.network.send("Network.enable")

    def of(self, path):
        """The bytes of each request that this page, opened now, sends through the wire."""
        self.page.goto("about:blank")
        self.loaded.clear()
        answer = self.page.goto(path)
        assert answer.status == 200, f"{path} answers {answer.status}"  # noqa: S101, PLR2004
        self.page.evaluate(ASK_FOR_ICON)
        self.page.wait_for_load_state("networkidle")
        self.network.detach()
        return [int(length) for length in self.loaded if length]


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
