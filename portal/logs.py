"""What the log says of an event, and what it never does: no query string, no key, no traceback
where a request is to blame. A page of an error and each line about it name the same request.
"""

import datetime as dt
import json
import logging
import re
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class JsonFormatter(logging.Formatter):
    """One JSON object a line, whatever line breaks a message holds; instants are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        entry = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to each log record, "-" outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        record.request_id = getattr(request, "request_id", request_id.get())
        return True


class WithoutTraceback(logging.Filter):
    """Leaves one line of an event whose cause is a request and not our code."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True


class WithoutSecrets(logging.Filter):
    """Takes keys out of the addresses in a log: whoever has such an address needs no log-in.

    Keys are far longer than the words and numbers that addresses have else.
    """

    key = re.compile(r"[A-Za-z0-9_-]{43,}")

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                self.key.sub("…", each) if isinstance(each, str) else each for each in record.args
            )
        return True
