"""How people in the journey use the portal: each at a device of their own, by what stands on the page."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from tests import eyes
from tests.browser.world import World
from tests.chromium import DESKTOP, PHONE

SIZES = {"phone": PHONE, "desktop": DESKTOP}
MOST_TABS = 30
# Words in Latin letters that an Urdu page shows and that are neither codes nor somebody's own words.
LEFT_IN_ENGLISH = r"""() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const found = new Set()
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement
    // Somebody's own words in a choice stand between signs of isolation; formats of files are called so everywhere.
    const text = walker.currentNode.data.replace(/\u2068[^\u2069]*\u2069|\b(CSV|XLSX?|PDF|MB)\b/g, '')
    if (!/[A-Za-z]{2}/.test(text)) continue
    if (parent.closest('bdi, [dir=auto], [lang=en], script, style, textarea')) continue
    found.add(walker.currentNode.data.trim())
  }
  return [...found]
}"""


@dataclass
class Walk:
    """One journey in one language, at one size, with script or without. What is wrong with a page is kept in `found`.

    `pictures` is the folder that takes a picture of each page, or None.
    """

    world: World
    chromium: Any
    language: str
    size: str
    has_script: bool
    pictures: Path | None = None
    found: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    seen: list[str] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)
    copy: Page | None = None

    def device(self, *, has_script: bool) -> Page:
        width, height = SIZES[self.size]
        context = self.chromium.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=has_script,
            is_mobile=self.size == "phone",
            has_touch=self.size == "phone",
            reduced_motion="reduce",
            locale="en-GB",
            base_url=self.world.address,
        )
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        return context.new_page()

    def somebody(self) -> Page:
        """A person with a device of their own, who opens the portal and chooses their language."""
        page = self.device(has_script=self.has_script)
        page.on("console", lambda said: said.type in {"error", "warning"} and self.complain(page, said.text))
        page.on("pageerror", lambda error: self.complain(page, str(error)))
        page.on("response", lambda got: got.status >= 500 and self.complain(page, f"{got.status} {got.url}"))
        page.goto("/")
        if self.language != "en":
            page.locator(f"button[name=language][value={self.language}]").click()
        return page

    def complain(self, page: Page, text: str) -> None:
        if "404 (Not Found)" not in text:  # an unknown code is looked for on purpose
            self.found[page.url.removeprefix(self.world.address)].setdefault("the browser says", []).append(text)

    def see(self, page: Page, name: str) -> None:
        """Look at the page as somebody who uses it would, and keep what is wrong with it under this name."""
        self.seen.append(name)
        if self.pictures:
            page.screenshot(path=self.pictures / f"{len(self.seen):02}-{name}.png", full_page=True)
        if name.startswith("admin"):
            return  # Django's own pages, kept plain
        found = {
            "barriers": eyes.barriers(page if self.has_script else self.copy_of(page), eyes.measured_in(self.language)),
            "small targets": eyes.small_targets(page),
            "wider than the window by": eyes.sideways(page),
            "focus does not show": eyes.unseen_focus(page),
            "is in another language": self.strange_language(page),
        }
        self.found[name].update({what: value for what, value in found.items() if value})

    def keep(self, page: Page, address: str, name: str) -> Any:
        """A picture that the portal makes, as it stands; what was answered."""
        answer = page.request.get(address)
        if self.pictures:
            (self.pictures / f"{len(self.seen):02}-{name}.png").write_bytes(answer.body())
        return answer

    def copy_of(self, page: Page) -> Page:
        """The same page where axe-core, which is a script, can run."""
        if self.copy is None:
            self.copy = self.device(has_script=True)
            self.copy.route("**/*.js", lambda route: route.abort())
        self.copy.set_content(page.content().replace("<head>", f'<head><base href="{page.url}">', 1))
        return self.copy

    def strange_language(self, page: Page) -> Any:
        if page.locator("html").get_attribute("lang") != self.language:
            return page.locator("html").get_attribute("lang")
        words = page.evaluate(LEFT_IN_ENGLISH) if self.language == "ur" else []
        return [word for word in words if word != "English"]  # the name of the language, where one is chosen

    def wrong(self) -> dict[str, dict[str, Any]]:
        """What is to be mended. Django admin's own inline styles, which our policy stops, are its own affair."""
        return {name: found for name, found in self.found.items() if found and not name.startswith("/admin")}

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def fill(page: Page, **answers: Any) -> None:
    """Answer the form's questions by the names of their fields: a text, a choice, several choices, yes or no."""
    for name, answer in answers.items():
        asked = page.locator(f"main [name='{name}']")
        open_around(asked.first)
        match asked.first.evaluate("e => e.type"):
            case "radio":
                asked.and_(page.locator(f"[value='{answer}']")).check()
            case "checkbox" if isinstance(answer, (list, tuple)):
                for each in answer:
                    asked.and_(page.locator(f"[value='{each}']")).check()
            case "checkbox":
                asked.set_checked(answer)
            case "select-one":
                # Several lists may have one name: a list of districts for each province.
                asked.filter(has=page.locator(f"option[value='{answer}']")).select_option(str(answer))
            case _:
                asked.fill(str(answer))


def open_around(field_asked) -> None:
    """Open what is folded around the field."""
    folded = field_asked.locator("xpath=ancestor::details[not(@open)]")
    while folded.count():
        folded.first.locator("summary").first.click()


def press(page: Page, name: str) -> None:
    """Press the button of this name and wait for the page that follows."""
    with page.expect_navigation():
        # Not one that is there for the Enter key alone.
        page.locator(f"main button[name='{name}']:not([aria-hidden])").first.click()


def follow(page: Page, where: str) -> None:
    """Follow the first link on the page whose address begins or ends like this; the way back may hang on it."""
    begins, ends, leads_back = f"[href^='{where}']", f"[href$='{where}']", f"[href*='{where}?']"
    with page.expect_navigation():
        page.locator(f"main a:is({begins}, {ends}, {leads_back})").first.click()


def find_in_list(page: Page, address: str) -> None:
    """Turn the pages of a list until the link is there, and follow it."""
    while not page.locator(f"main a[href='{address}']").count():
        with page.expect_navigation():
            page.locator("main a[rel=next]").click(timeout=1000)
    follow(page, address)


def rows_of(page: Page) -> Locator:
    """The rows of the page's table, without its heads."""
    return page.locator("main table.rows tbody tr:not(.g)")


@dataclass
class Keys:
    """Somebody who uses the keyboard alone; every press counts."""

    page: Page
    pressed: int = 0

    def press(self, key: str) -> None:
        self.pressed += 1
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.pressed += len(text)
        self.page.keyboard.type(text)

    def go_to(self, name: str) -> None:
        """Tab until the field of this name has the focus."""
        for _press in range(MOST_TABS):
            if self.page.locator(f"main [name={name}]:focus").count():
                return
            self.press("Tab")
        raise AssertionError(f"{MOST_TABS} times Tab do not lead to {name}")

    def choose(self, name: str, value: str) -> None:
        """Arrow down to the option, or up to it: what stands there at first is what was chosen the last time."""
        chosen = self.page.locator(f"main [name={name}]")
        values = [option.get_attribute("value") for option in chosen.locator("option").all()]
        if value not in values:
            raise AssertionError(f"{name} has no {value}")
        far = values.index(value) - values.index(chosen.input_value())
        for _press in range(abs(far)):
            self.press("ArrowDown" if far > 0 else "ArrowUp")
        assert chosen.input_value() == value


def path_of(page: Page) -> str:
    return re.sub(r"^https?://[^/]+", "", page.url).partition("?")[0]


def number_in(page: Page) -> int:
    """The number of the record whose page this is."""
    return int(re.search(r"/(\d+)/", page.url).group(1))
