"""How many examples a law is tried with: few in `make test`, and others each time; five times as many with THOROUGH=1.

A handful catches whoever breaks a rule while changing it; what one run in a hundred would find is looked for by night.
"""

import os

TIMES = 5 if os.environ.get("THOROUGH") else 1


def examples(few: int) -> int:
    """What `max_examples` of hypothesis is to be."""
    return few * TIMES


def also(*others):
    """Further cases of one body, which only the night tries."""
    return others if TIMES > 1 else ()
