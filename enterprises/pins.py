"""Which PINs are too easy to guess."""

from itertools import pairwise


def is_easy(pin: str, *, birth_year: int | None = None, numbers: tuple[str, ...] = ()) -> bool:
    """Whether somebody who knows the person, or nobody at all, guesses this PIN soon.

    Digits in a row or repeated, the year of birth, and any six digits that stand in `numbers` (CNIC, phone).
    """
    if is_in_a_row(pin) or is_repeated(pin):
        return True
    if birth_year is not None and str(birth_year) in pin:
        return True
    return any(pin in number for number in numbers)


def is_in_a_row(pin: str) -> bool:
    """123456, 654321, 890123, 111111: each digit is as far from the one before."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, 9}


def is_repeated(pin: str) -> bool:
    """121212, 123123, 112233: a part that comes again, or digits that come in pairs one after another."""
    in_parts = any(pin == pin[:size] * (len(pin) // size) for size in (1, 2, 3))
    in_pairs = pin[::2] == pin[1::2] and is_in_a_row(pin[::2])
    return in_parts or in_pairs
