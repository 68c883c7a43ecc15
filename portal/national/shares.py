"""In which proportions the country borrows: rows of data, each with where it comes from."""

import csv
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

ROWS = Path(__file__).with_name("data") / "lending_shares.csv"


@dataclass(frozen=True)
class Slice:
    """What is chosen where the number drawn, from 0 to 1, lies from `low` up to `high`."""

    code: str
    low: float
    high: float


def slices(of: str, *, among: set[str] | None = None) -> list[Slice]:
    """The shares of one thing, side by side from 0 to 1; `among` leaves out what cannot be chosen here."""
    with ROWS.open(encoding="utf-8") as rows:
        weights = {
            row["code"]: float(row["share"])
            for row in csv.DictReader(rows)
            if row["of"] == of and (among is None or row["code"] in among)
        }
    ends = list(accumulate(weight / sum(weights.values()) for weight in weights.values()))
    # Rounding must leave no gap below 1.
    return [
        Slice(code, low, high) for code, low, high in zip(weights, [0.0, *ends[:-1]], [*ends[:-1], 1.0], strict=True)
    ]
