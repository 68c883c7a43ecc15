"""What a log may say of an exception: its kind and where it arose. Never its text, which may quote a phone number."""

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import Error as DatabaseFault
from django.db import connection

logger = logging.getLogger(__name__)

FRAMES = 4


def one_by_one(rows: Iterable[Any], act: Callable[[Any], int], *, failed: str) -> int:
    """What a night's job does to each row, added up. A row that fails is logged as `failed`; the others go on.

    `act` keeps what it does to a row in a transaction of its own. What is no row's fault is raised: the job's time is
    over, or the database is gone. Then every other row would fail as well, and the job would count as done.
    """
    count = 0
    for row in rows:
        try:
            count += act(row)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:
            if isinstance(error, DatabaseFault) and not connection.is_usable():
                raise
            logger.error(failed, extra={"row": getattr(row, "pk", row), **describe(error)})  # noqa: TRY400 - codes only
    return count


def describe(error: BaseException) -> dict[str, str]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    place = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return {"error": type(error).__name__, "place": place}


def trace(error: BaseException) -> str:
    """The traceback, the cause first, with each exception's kind and without its words."""
    return "".join(line for fault in reversed(list(chain(error))) for line in said_of(fault))


def chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, and those that it came from."""
    fault: BaseException | None = error
    while fault is not None:
        yield fault
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)


def said_of(fault: BaseException) -> Iterator[str]:
    yield from traceback.format_tb(fault.__traceback__)
    yield f"{type(fault).__module__}.{type(fault).__qualname__}\n"
