"""Log lines as JSON."""

import json
import logging
from datetime import UTC, datetime

from kit.faults import trace


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message and what `extra` carries under its own names.

    The request itself is never printed: its form fields hold names and identity numbers. Nor is what an exception
    says: PostgreSQL quotes the row that broke a constraint.
    """

    ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request", "server_time"}

    def format(self, record):
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in self.ORDINARY}
        # A page that was refused is an answer, not a fault: where it was refused helps nobody.
        if record.exc_info and record.exc_info[1] and record.levelno >= logging.ERROR:
            line["traceback"] = trace(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)
