"""The lines of a business plan: what each says in the reader's language, and what they add up to."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language

from casework.models import Part

Line = dict[str, Any]


def label_of(line: Line) -> str:
    """As it was asked on the day it was written; own words stand as they were typed."""
    return str(line.get(f"name_{(get_language() or 'en')[:2]}") or line["name"])


def of_part(lines: Iterable[Line], part: str) -> list[Line]:
    return [line for line in lines if line["part"] == part]


def kept(line: Line, untaken: list[Line]) -> Line:
    """A line in own words; where these are those of a line that was asked for, that line, in both its languages.

    Each of these is taken once, out of `untaken`.
    """
    asked = next((one for one in untaken if one["code"] and line["name"] in {one["name"], one.get("name_ur")}), None)
    if asked is None:
        return line
    untaken.remove(asked)
    return asked | {"amount": line["amount"]}


def total(lines: Iterable[Line], part: str) -> int:
    return sum(line["amount"] for line in of_part(lines, part))


def sums_of(lines: list[Line], *, own_share: int) -> dict[str, int]:
    """What is worked out and never typed: sales, costs, and the loan, which is what own money leaves missing."""
    return {
        "sales": total(lines, Part.SALES),
        "costs": total(lines, Part.COSTS),
        "loan_wanted": total(lines, Part.START) - own_share,
    }


def key_of(line: Line) -> tuple[str, str]:
    """Which lines of two versions are the same: by what was asked, or by the words of their author."""
    return line["part"], line["code"] or line["name"]


def of_sums(plan: Any) -> list[Line]:
    """The lines of a plan that was written before plans had lines: one of each part, in the words of the plan."""
    sums = ((Part.START, plan.purpose, plan.needed), (Part.COSTS, "", plan.costs), (Part.SALES, "", plan.sales))
    return [
        {"part": str(part), "code": "", "name": name[:100] or str(part.label), "amount": amount}
        for part, name, amount in sums
        if amount
    ]
