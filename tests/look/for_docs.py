"""All pictures of the docs, taken and cut by one command: `.venv/bin/python -m tests.look.for_docs`.

It walks the journeys that they are of, as `make look` does, and cuts them to what the text beside them is about. With
names of pictures behind it, those alone are cut, from what the last look took.
"""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from launch.say import say

ROOT = Path(__file__).parents[2]
TAKEN, DOCS = Path(__file__).parent / "pictures", ROOT / "docs" / "pictures"
DAY, TEAM, OWN, WAYS_IN = "an_advisors_day", "a_managers_review", "an_entrepreneurs_page", "the_other_ways_in"
PHONE, DESKTOP, URDU = "en-phone-script", "en-desktop-script", "ur-phone-no-script"
COLOURS, MOST_BYTES = 64, 60 * 1024
# Name in the docs: whose walk, at which size, what they saw; the rows of it that are shown.
PICTURES = {
    "home-en": (WAYS_IN, DESKTOP, "home-first", 0, 860),
    "desk-en": (DAY, DESKTOP, "day", 0, 860),
    "my-ur": (OWN, URDU, "own-page", 0, 740),
    "passport-ur": (OWN, URDU, "passport-made", 0, 1000),
    "intake-en": (WAYS_IN, DESKTOP, "lists", 0, 860),
    "look-alikes-en": (WAYS_IN, DESKTOP, "assisted-look-alike", 0, 1100),
    "register-file-en": (WAYS_IN, DESKTOP, "list-read", 0, 1120),
    "merge-en": (WAYS_IN, DESKTOP, "merge", 0, 980),
    "papers-en": (DAY, DESKTOP, "papers", 0, 760),
    "guide-day": (DAY, DESKTOP, "day", 0, 800),
    "guide-case": (DAY, PHONE, "case-uncalled", 0, 1000),
    "guide-contact": (DAY, PHONE, "contact-log", 0, 1000),
    "guide-appointment": (DAY, PHONE, "appointment-make", 0, 1000),
    "guide-thread": (DAY, PHONE, "thread", 0, 1000),
    "guide-enquiry": (DAY, PHONE, "enquiry-answered", 0, 1000),
    "guide-check": (DAY, PHONE, "check-area", 0, 1000),
    "guide-check-done": (DAY, PHONE, "check-done", 0, 1000),
    "guide-plan": (DAY, PHONE, "plan-suggested", 0, 1000),
    "guide-step": (DAY, PHONE, "step", 0, 1000),
    "guide-business-plan": (DAY, DESKTOP, "plan-of-trade", 0, 900),
    "guide-refer": (DAY, PHONE, "refer-elsewhere", 0, 1000),
    "guide-obstacle": (DAY, PHONE, "obstacle", 0, 1000),
    "guide-case-later": (DAY, DESKTOP, "case-full", 0, 900),
    "guide-results": (DAY, DESKTOP, "results", 0, 800),
    "guide-own-page-ur": (OWN, URDU, "own-page", 0, 1000),
    "guide-team": (TEAM, DESKTOP, "team", 0, 800),
    "guide-call-back": (TEAM, DESKTOP, "call-back", 0, 1500),
}
# What is no page, but a picture of the portal's own.
WIDTHS = {"passport-ur": 360}


def look() -> None:
    """The walks that the pictures are of, and no other."""
    walks = " or ".join(sorted({f"{way}/{size}" for way, size, *_cut in PICTURES.values()}))
    command = [sys.executable, "-m", "launch", "look", "-n", "2", "-k", walks]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - our own command


def take(name: str) -> int:
    """Cut, with few colours; its bytes."""
    way, size, seen, top, bottom = PICTURES[name]
    (taken,) = (TAKEN / way / size).glob(f"[0-9]*-{seen}.png")
    with Image.open(taken) as whole:
        shown = whole.convert("RGB")
        if name in WIDTHS:
            shown = shown.resize((WIDTHS[name], shown.height * WIDTHS[name] // shown.width), Image.Resampling.LANCZOS)
        cut = shown.crop((0, top, shown.width, min(bottom, shown.height)))
    path = DOCS / f"{name}.png"
    cut.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    names = sys.argv[1:]
    if not names:
        look()
    for name in names or PICTURES:
        size = take(name)
        say(f"{name}: {size:,} bytes")
        assert size <= MOST_BYTES, name
