"""What a log may say of an exception: its kind and where it arose. Never its text, which may quote a phone number."""

import traceback
from pathlib import Path

FRAMES = 4


def describe(error: BaseException) -> dict[str, str]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    place = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return {"error": type(error).__name__, "place": place}
