"""Two gigabytes poured into a web server, announced and in chunks: what that costs it in memory and on disk.

The floor is a photo of a size that is taken, in the same run: what any form with a picture costs.
"""

import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks.tables import table
from launch.say import say
from tests.kit.flood import pour, server

PHOTO_MB, FLOOD_MB = 8, 2048
POURED = (
    ("a photo that is taken", PHOTO_MB, True),
    ("2 GB, announced", FLOOD_MB, True),
    ("2 GB in chunks", FLOOD_MB, False),
)


def measure(*, is_quick=False):
    found = []
    for name, megabytes, says_length in POURED:
        with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (door, pid, temporary):
            cost = pour(
                door, pid, temporary, megabytes=megabytes // 8 if is_quick else megabytes, says_length=says_length
            )
            found.append({"poured": name} | asdict(cost))
    show(found)
    return found


def show(found):
    say("\nA flood into one worker: how much its memory and its temporary files grew at most")
    heads = ("poured", "answer", "MB taken", "memory MB", "disk MB")
    rows = [
        (one["poured"], one["status"] or "cut off", one["sent_mb"], f"{one['memory_mb']:.1f}", f"{one['disk_mb']:.1f}")
        for one in found
    ]
    say(table(heads, rows))
