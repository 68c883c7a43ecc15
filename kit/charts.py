"""Where the bars and lines of a chart stand. Templates draw them; nothing here knows a colour or a word.

Time runs from the right where writing does, so every x is mirrored there; a place never moves, which is why the tile
grids of districts do not come through here. Sizes are in units of a drawing 340 wide.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from math import ceil, cos, pi, sin
from typing import Any

Point = Mapping[str, Any]

WIDTH = 340
# Columns: a scale of 30 units beside them, ground at 232, the top of the scale at 50 (a figure may stand above it).
SCALE, GROUND, TOP, COLUMNS_HEIGHT = 30, 232, 50, 256
# Up to here every column has its label and figure; beyond, a label every few columns and figures at both ends.
FEW = 6
LABELS_OF_MANY = 4
# A scale has that many steps at most, each 1, 2 or 5 of its power of ten.
MOST_STEPS = 4
# Stripes: a line of text, its bar 6 below, the next one 40 further.
STRIPE, STRIPE_TEXT, STRIPE_BAR = 40, 14, 20
# Radar: the ring of 100 has this radius, and labels stand a little outside of it.
RADAR, RADAR_HEIGHT, RADAR_RINGS, RADAR_LABELS = 100, 250, (50, 100), 110
# Sparkline: 100 by 22 inside a box of 30.
SPARK_WIDTH, SPARK_LOW, SPARK_HEIGHT = 100, 26, 22


def columns(points: Sequence[Point], *, is_rtl: bool) -> dict[str, Any]:
    """Columns for values over time, oldest first, before a scale from nought to the round number above them all."""
    scale = scale_of([point["value"] for point in points])
    top = scale[-1]
    step = (WIDTH - SCALE) / (len(points) or 1)
    width = round(min(step * 0.7, 40), 1)
    every = 1 if len(points) <= FEW else -(-len(points) // LABELS_OF_MANY)
    bars = []
    for at, point in enumerate(points):
        height = round((GROUND - TOP) * point["value"] / top, 1)
        left = SCALE + at * step + (step - width) / 2
        x = round(WIDTH - left - width if is_rtl else left, 1)
        at_an_end = at in {0, len(points) - 1}
        bars.append(
            {
                "x": x,
                "y": round(GROUND - height, 1),
                "width": width,
                "height": height,
                "middle": round(x + width / 2, 1),
                "text": _text(point) if at_an_end or len(points) <= FEW else "",
                "text_y": round(GROUND - height - 5, 1),
                "label": point["label"] if (len(points) - 1 - at) % every == 0 else "",
            }
        )
    return {
        "width": WIDTH,
        "height": COLUMNS_HEIGHT,
        "bars": bars,
        "lines": [_line(value, top) for value in scale],
        "from_x": 0 if is_rtl else SCALE,
        "span": WIDTH - SCALE,
        "scale_x": WIDTH if is_rtl else 0,
        "label_y": COLUMNS_HEIGHT - 6,
    }


def _text(point: Point) -> str:
    return point.get("text") or f"{point['value']:,}"


def _line(value: float, top: float) -> dict[str, Any]:
    y = round(GROUND - (GROUND - TOP) * value / top, 1)
    return {"y": y + 0.5, "text_y": y + 4, "text": f"{value:,}"}


def scale_of(values: Sequence[float]) -> list[int]:
    """The whole numbers of a scale, from nought to the first round one that no value passes: 0, 5, 10, 15 for 12."""
    largest = max(values, default=0)
    step = next(step for step in round_numbers() if step * MOST_STEPS >= largest)
    return [step * at for at in range(max(ceil(largest / step), 1) + 1)]


def round_numbers() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 and so on."""
    for power in count():
        yield from (times * 10**power for times in (1, 2, 5))


def stripes(points: Sequence[Point], *, is_rtl: bool, top: float | None = None) -> dict[str, Any]:
    """Bars under one another, each on a track as long as `top`, or as the largest."""
    top = top or max((point["value"] for point in points), default=0) or 1
    bars = []
    for at, point in enumerate(points):
        width = round(WIDTH * point["value"] / top)
        bars.append(
            {
                "x": WIDTH - width if is_rtl else 0,
                "y": at * STRIPE + STRIPE_BAR,
                "width": width,
                "label": point["label"],
                "text": _text(point),
                "text_y": at * STRIPE + STRIPE_TEXT,
            }
        )
    return {
        "width": WIDTH,
        "height": len(points) * STRIPE - 4 if points else 0,
        "bars": bars,
        "start_x": WIDTH if is_rtl else 0,
        "end_x": 0 if is_rtl else WIDTH,
    }


def radar(points: Sequence[Point], *, is_rtl: bool) -> dict[str, Any]:
    """A figure with a corner for each value of 100, and that of `before` where each point has one."""
    shapes = {name: [point.get(name) for point in points] for name in ("value", "before")}
    had = shapes["before"] if all(value is not None for value in shapes["before"]) else []
    labels = []
    for at, point in enumerate(points):
        x, y = _corner(at, len(points), RADAR_LABELS, is_rtl=is_rtl)
        lean = round(x - WIDTH / 2)
        # Text runs away from the drawing; where it starts depends on the direction of writing.
        anchor = "middle" if not lean else "start" if (lean > 0) != is_rtl else "end"
        labels.append({"x": x, "y": round(y + 5, 1), "anchor": anchor, "text": point["label"]})
    return {
        "width": WIDTH,
        "height": RADAR_HEIGHT,
        "rings": [_polygon([ring] * len(points), is_rtl=is_rtl) for ring in RADAR_RINGS],
        "shape": _polygon(shapes["value"], is_rtl=is_rtl),
        "before": _polygon(had, is_rtl=is_rtl),
        "labels": labels,
    }


def _polygon(values: Sequence[float], *, is_rtl: bool) -> str:
    corners = (_corner(at, len(values), value, is_rtl=is_rtl) for at, value in enumerate(values))
    return " ".join(f"{x},{y}" for x, y in corners)


def _corner(at: int, corners: int, value: float, *, is_rtl: bool) -> tuple[float, float]:
    """From the top on in the direction of reading; a value of 100 lies on the outer ring."""
    turn = 2 * pi * at / corners
    across = RADAR * value / 100 * sin(turn)
    y = RADAR_HEIGHT / 2 - RADAR * value / 100 * cos(turn)
    return round(WIDTH / 2 + (-across if is_rtl else across), 1), round(y, 1)


def spark(values: Sequence[float] | None, *, is_rtl: bool) -> dict[str, str] | None:
    """The points of a small line from low to high; None where there is no line to draw."""
    if not values or len(values) < 2:  # noqa: PLR2004 (a line has two ends)
        return None
    low, high = min(values), max(values)
    found = []
    for at, value in enumerate(values):
        x = SPARK_WIDTH * at / (len(values) - 1)
        y = SPARK_LOW - SPARK_HEIGHT * (value - low) / ((high - low) or 1)
        found.append(f"{SPARK_WIDTH - x if is_rtl else x:.1f},{y:.1f}")
    return {"points": " ".join(found), "last": found[-1]}


def patch_states(*, paid: int, total: int, late: int = 0, is_part_paid: bool = False) -> list[str]:
    """The patches of a loan: paid ones done, unpaid ones that are due late, the one begun or next to pay now."""
    states = ["done"] * paid + ["late"] * late + [""] * (total - paid - late)
    if paid < total and (is_part_paid or not late):
        states[paid] = "now"
    return states
