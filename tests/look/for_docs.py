"""The pictures of the guides, cut from those that `make look` took: `.venv/bin/python -m tests.look.for_docs`."""

from pathlib import Path

from PIL import Image

from launch.say import say

TAKEN = Path(__file__).parent / "pictures"
DOCS = Path(__file__).parents[2] / "docs" / "pictures"
DAY, TEAM, OWN = "an_advisors_day", "a_managers_review", "an_entrepreneurs_page"
PHONE, DESKTOP, URDU = "en-phone-script", "en-desktop-script", "ur-phone-no-script"
COLOURS, MOST_BYTES = 64, 60 * 1024
# Name in the guide: whose walk, at which size, what they saw; the rows of it that are shown.
PICTURES = {
    "guide-day": (DAY, DESKTOP, "day", 0, 800),
    "guide-case": (DAY, PHONE, "case-uncalled", 0, 1000),
    "guide-contact": (DAY, PHONE, "contact-log", 0, 1000),
    "guide-appointment": (DAY, PHONE, "appointment-make", 0, 1000),
    "guide-enquiry": (DAY, PHONE, "enquiry-answered", 0, 1000),
    "guide-check": (DAY, PHONE, "check-area", 0, 1000),
    "guide-check-done": (DAY, PHONE, "check-done", 0, 1000),
    "guide-plan": (DAY, PHONE, "plan-suggested", 0, 1000),
    "guide-step": (DAY, PHONE, "step", 0, 1000),
    "guide-business-plan": (DAY, DESKTOP, "plan-of-trade", 0, 900),
    "guide-obstacle": (DAY, PHONE, "obstacle", 0, 1000),
    "guide-case-later": (DAY, DESKTOP, "case-full", 0, 900),
    "guide-own-page-ur": (OWN, URDU, "own-page", 0, 1000),
    "guide-team": (TEAM, DESKTOP, "team", 0, 800),
}


def take(name: str) -> int:
    """Cut, with few colours; its bytes."""
    way, size, seen, top, bottom = PICTURES[name]
    (taken,) = (TAKEN / way / size).glob(f"[0-9]*-{seen}.png")
    with Image.open(taken) as whole:
        cut = whole.convert("RGB").crop((0, top, whole.width, min(bottom, whole.height)))
    path = DOCS / f"{name}.png"
    cut.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    for name in PICTURES:
        size = take(name)
        say(f"{name}: {size:,} bytes")
        assert size <= MOST_BYTES, name
