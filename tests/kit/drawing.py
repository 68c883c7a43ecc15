"""Reading a drawn paper: which glyph stands where."""

import re
from xml.etree import ElementTree as ET

NUMBER = re.compile(r"-?[\d.]+")
LINK = "{http://www.w3.org/1999/xlink}href"


def glyphs(drawing):
    """(distance from the left edge in points, glyph) of everything written, from left to right."""
    return sorted(placed(ET.fromstring(drawing), 1.0, 0.0))  # noqa: S314 (drawn by ourselves)


def placed(element, scale, start):
    how = element.get("transform", "")
    numbers = [float(number) for number in NUMBER.findall(how)]
    if how.startswith("matrix"):
        start, scale = start + scale * numbers[4], scale * numbers[0]
    elif how.startswith("translate"):
        start += scale * numbers[0]
    if element.tag.endswith("}use"):
        yield start + scale * float(element.get("x", 0)), element.get(LINK)
    for child in element:
        yield from placed(child, scale, start)
