"""What the log says of an event, and what it never does: no query string, no key, no words of an
exception, no traceback where a request is to blame. The page of an error and each line about it
name the same request.
"""

import datetime as dt
import json
import logging
import re
import traceback
from contextvars import ContextVar
from pathlib import Path

from django.conf import settings

request_id: ContextVar[str] = ContextVar("request_id", default="-")


def where(error: BaseException, *, frames: int = 1) -> str:
    """The class of an exception and where it came from; never its words, which may name somebody.

    Innermost place first, such as "ValueError in portal/outbox.py:120".
    """
    places = []
    for frame in reversed(traceback.extract_tb(error.__traceback__)[-frames:]):
        path = Path(frame.filename)
        if path.is_relative_to(settings.BASE_DIR):
            path = path.relative_to(settings.BASE_DIR)
        else:
            path = Path(*path.parts[-2:])
        places.append(f"{path}:{frame.lineno}")
    return f"{type(error).__name__} in {' < '.join(places)}"


def chain(error: BaseException | None) -> str:
    """Where an exception came from, and those before it that led to it."""
    places = []
    while error is not None and len(places) < 5:
        places.append(where(error, frames=20))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "; after ".join(places)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, whatever line breaks a message holds; instants are UTC.

    Keys: `at`, `level`, `logger`, `request` (its id, "-" outside of one), `message`, and
    `exception` where there was one.
    """

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
            entry["exception"] = chain(record.exc_info[1])
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

    Keys have 32 characters at least. Words in addresses are rarely as long, and have neither digits
    nor capitals then.
    """

    key = re.compile(r"(?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{32,}|[A-Za-z0-9_-]{43,}")

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                self.key.sub("…", each) if isinstance(each, str) else each for each in record.args
            )
        return True


class WithoutRequestLine(logging.Filter):
    """Of a request that gunicorn cannot read, leaves that there was one: its line may hold words
    that somebody typed, and its sender is nobody's business.
    """

    begins = "Invalid request"

    def filter(self, record: logging.LogRecord) -> bool:
        if str(record.msg).startswith(self.begins):
            record.msg, record.args = self.begins, ()
        return True
