"""What registering costs the person and the colleague: pages, fields, key presses, bytes, and seconds on slow 3G.

Stated people are registered by the keyboard alone, as a Chromium counts it: Nasreen by herself on the quick path, and
two people by an advisor at a camp, of whom the second finds filled in what the first left. Seconds are until a page can
be used (`domInteractive`) with 400 ms there and back, 400 kbit/s and a processor six times slower; their floor is an
empty page under the same. She comes five times, each time to a browser that was never there; the walk in the middle is
shown. A keyboard that never thinks says what a page costs, not how long a person takes.
"""

import re
from dataclasses import asdict, dataclass, field
from functools import partial
from statistics import median
from urllib.parse import urlsplit

from benchmarks import cases
from benchmarks.tables import table
from launch import browser
from launch.say import Trouble, say
from tests.chromium import FLAGS, PHONE

ROUND_TRIP_MS, BITS, SLOWER = 400, 400_000, 6
WALKS = 5
SLOW = {
    "offline": False,
    "latency": ROUND_TRIP_MS,
    "downloadThroughput": BITS / 8,
    "uploadThroughput": BITS / 8,
}
EMPTY = "/livez"
FLOORS = 5
MOST_TABS = 80
PATIENCE_MS = 60_000
WHERE = (
    "() => [document.activeElement.name || '', document.activeElement.type || '', document.activeElement.value || '']"
)
READY = "() => performance.getEntriesByType('navigation')[0].domInteractive"
# Who is registered. The pages' questions that are not named here are left as they stand.
QUICK = (
    ("/register/", {}, "running"),
    ("/register/who/", {"name": "Nasreen Bibi", "cnic": "", "sex": "woman"}, "go"),
    ("/register/reach/", {"phone": "", "phone_owner": "self", "district_town": "Multan"}, "go"),
    ("/register/what/", {}, "go"),
    ("/register/check/", {"contact": "on"}, "send"),
)
# Another card and number at each walk: nobody registers twice.
CARDS = tuple(f"36308482910{digit}6" for digit in range(5, 5 + WALKS))
PHONES = tuple(f"03000841{digit}34" for digit in range(2, 2 + WALKS))
FIRST = {
    "name": "Shazia Batool",
    "cnic": "3630848291057",
    "sex": "woman",
    "phone": "03000841235",
    "phone_owner": "self",
    "sector": "tailoring",
    "district": "multan",
    "contact": "on",
}
NEXT = {name: value for name, value in FIRST.items() if name not in {"sector", "district"}} | {
    "name": "Rukhsana Kausar",
    "cnic": "3630848291074",
    "phone": "03000841236",
}


@dataclass
class Way:
    """One way of registering. `typed` are the characters of the answers; `keys` are all presses, Tab and Enter too."""

    way: str
    pages: int = 0
    fields: int = 0
    typed: int = 0
    keys: int = 0
    bytes: int = 0
    seconds: list[float] = field(default_factory=list)
    floor_s: float = 0.0

    @property
    def said(self):
        """As it is kept: the sum and the slowest page, and both as ratios to an empty page of the same run."""
        whole, slowest = sum(self.seconds), max(self.seconds)
        return {name: value for name, value in asdict(self).items() if name != "seconds"} | {
            "whole_s": round(whole, 2),
            "slowest_s": round(slowest, 2),
            "whole_ratio": round(whole / self.floor_s, 1),
            "slowest_ratio": round(slowest / self.floor_s, 1),
        }


def measure(world):
    """Nothing where there is no Chromium; one line says so."""
    found = browser.find()
    if not found:
        say(f"\nRegistering is left out, no browser: {browser.HOW}")
        return []
    from playwright.sync_api import sync_playwright

    with world.inside():
        advisor = cases.signed_in(cases.colleague("advisor1.multan"))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        ways = []
        for walks, cookies in (([camp], advisor), ([partial(quick, number=number) for number in range(WALKS)], {})):
            found = [walk_through(chromium, world, walk, cookies) for walk in walks]
            ways += in_the_middle([way for way in found if way])
        chromium.close()
    show(ways)
    return [way.said for way in ways]


def walk_through(chromium, world, walk, cookies):
    """The ways of one walk, in a browser that was never there; none where a page has no such field."""
    hands = Hands(chromium, world, cookies)
    try:
        return walk(hands)
    except Trouble as trouble:
        say(f"\nLeft out: {trouble}")
        return []
    finally:
        hands.context.close()  # the keyboard belongs to one page at a time


def in_the_middle(found):
    """Of several walks along one way the one that took the middle time, and within what the others lie."""
    if not found:
        return []
    by_time = sorted(found, key=lambda ways: sum(ways[0].seconds))
    if len(found) > 1:
        ends = [f"{sum(ways[0].seconds):.1f}" for ways in (by_time[0], by_time[-1])]
        say(f"\n{found[0][0].way}: {len(found)} walks of {ends[0]} to {ends[1]} s; the one in the middle is shown")
    return by_time[len(by_time) // 2]


class Hands:
    """Somebody at a slow phone who uses the keyboard alone. Every press, byte and second goes to `way`."""

    def __init__(self, chromium, world, cookies):
        width, height = PHONE
        self.world = world
        self.context = chromium.new_context(viewport={"width": width, "height": height}, base_url=world.address)
        cookies = cookies | {"django_language": "en"}
        self.context.add_cookies(
            [{"name": name, "value": value, "url": world.address} for name, value in cookies.items()]
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        network = self.context.new_cdp_session(self.page)
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", SLOW)
        network.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        network.on("Network.loadingFinished", self.weigh)
        self.way = Way("")

    def weigh(self, said):
        self.way.bytes += int(said["encodedDataLength"])

    def begin(self, name):
        """A new count, with the floor of this moment."""
        waits = [self.open(EMPTY) for _time in range(FLOORS)]
        self.way = Way(name, floor_s=median(waits))

    def open(self, path):
        self.page.goto(path)
        return self.page.evaluate(READY) / 1000

    def arrive(self):
        """A page stands there: it counts, and how long it took."""
        self.way.pages += 1
        self.way.seconds.append(self.page.evaluate(READY) / 1000)

    def press(self, key):
        self.way.keys += 1
        self.page.keyboard.press(key)

    def type(self, text):
        self.way.keys += len(text)
        self.way.typed += len(text)
        self.page.keyboard.type(text)

    def reach(self, name, kind=""):
        """Tab on until the field or button has the focus."""
        for _tab in range(MOST_TABS):
            found, its_kind, value = self.page.evaluate(WHERE)
            if found == name and (not kind or its_kind == kind):
                return its_kind, value
            self.press("Tab")
        raise Trouble(
            f"The keyboard finds no {name} on {self.page.url} ({self.page.title()}): {self.page.evaluate(WHERE)}."
        )

    def answer(self, name, wanted):
        self.way.fields += 1
        kind, value = self.reach(name)
        if kind == "radio":
            self.choose(name, wanted)
        elif kind == "checkbox":
            self.press("Space")
        elif kind == "select-one":
            # The first letters of the option, as a keyboard chooses it.
            label = self.page.locator(f"[name='{name}'] option[value='{wanted}']").inner_text()
            for letters in range(1, len(label) + 1):
                self.type(label[letters - 1])
                if self.page.evaluate(WHERE)[2] == wanted:
                    break
        elif value != wanted:
            self.type(wanted)

    def choose(self, name, wanted):
        self.press("Space")
        while not self.page.locator(f"[name='{name}'][value='{wanted}']").is_checked():
            self.press("ArrowDown")

    def go(self, button):
        """Enter on the button, and what follows."""
        self.reach(button)
        with self.page.expect_navigation():
            self.press("Enter")
        self.arrive()


def quick(hands, *, number):
    """The quick path, from the start page to the confirmation."""
    own = {"cnic": CARDS[number], "phone": PHONES[number]}
    hands.begin("by herself, the quick path")
    newest = hands.world.newest_message()
    hands.open("/register/")
    hands.arrive()
    for path, answers, button in QUICK:
        if not urlsplit(hands.page.url).path.startswith(path):
            raise Trouble(f"The quick path stands at {hands.page.url} and not at {path}.")
        for name, wanted in answers.items():
            hands.answer(name, own.get(name, wanted))
        go_on(hands, button)
    hands.world.deliver()
    (text,) = hands.world.received(f"+92{PHONES[number][1:]}", after=newest)[-1:]
    hands.answer("code", re.search(r"[0-9]{6}", text).group())
    hands.go("enter")
    return [hands.way]


def go_on(hands, button):
    """The two openings of the start page are buttons with values, and an answer; the others have names."""
    if button != "running":
        hands.go(button)
        return
    hands.way.fields += 1
    for _tab in range(MOST_TABS):
        if hands.page.evaluate(WHERE)[2] == button:
            break
        hands.press("Tab")
    with hands.page.expect_navigation():
        hands.press("Enter")
    hands.arrive()


def camp(hands):
    """The first person at a camp, and the next one."""
    found = []
    for name, person in (("at a camp, the first person", FIRST), ("at a camp, the next person", NEXT)):
        if found:
            # The page for the next one stands there already: it came with the button of the first.
            hands.way = Way(name, pages=1, seconds=hands.way.seconds[-1:], floor_s=hands.way.floor_s)
        else:
            hands.begin(name)
            hands.open("/desk/register/")
            hands.arrive()
        for field_name, wanted in person.items():
            hands.answer(field_name, wanted)
        hands.go("another")
        found.append(hands.way)
    return found


def show(ways):
    slow = f"slow 3G ({ROUND_TRIP_MS} ms there and back, {BITS // 1000} kbit/s), processor {SLOWER} times slower"
    say(f"\nRegistering by the keyboard alone, over {slow}")
    heads = ("way", "pages", "fields", "typed", "keys", "bytes", "seconds", "slowest", "empty page", "ratio", "slowest")
    rows = [
        (
            way.way, way.pages, way.fields, way.typed, way.keys, f"{way.bytes:,}", f"{sum(way.seconds):.1f}",
            f"{max(way.seconds):.2f}", f"{way.floor_s:.2f}", way.said["whole_ratio"], way.said["slowest_ratio"],
        )
        for way in ways
    ]  # fmt: skip
    say(table(heads, rows))
