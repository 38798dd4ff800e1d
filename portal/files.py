"""Files of cases: stored outside of everything that a web server serves, read by permission only.

They lie in the default storage (FILES_DIR, or a bucket) under random names; what they were called
stands in the row that refers to them. A file is written first and then referred to in a
transaction; what nobody refers to in the end is swept away.
"""

import datetime as dt
import re
import secrets
from collections.abc import Collection, Iterator

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse

from portal.uploads import KINDS

SERVED_TYPES = frozenset(kind.content_type for kind in KINDS)
OURS = re.compile(r"[a-z]+/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}")
# Whatever a browser makes of a file, it may do nothing with it.
POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class FilesAwayError(OSError):
    """Files can be neither read nor written now: `portal.middleware` says so to the visitor."""


def store(content: File, *, folder: str) -> str:
    """Write `content` and return the name that it has in the storage; it tells nothing.

    Each kind of file has a `folder` of its own, such as "attachments", which it also sweeps.
    """
    token = secrets.token_hex(16)
    return default_storage.save(f"{folder}/{token[:2]}/{token[2:4]}/{token}", content)


def as_attachment(file: File, *, name: str, content_type: str) -> FileResponse:
    """An answer that makes a browser save `file` under `name`, and never show it as a page."""
    response = FileResponse(
        file,
        as_attachment=True,
        filename=name,
        content_type=content_type if content_type in SERVED_TYPES else "application/octet-stream",
    )
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def sweep(
    folder: str, *, known: Collection[str], older_than: dt.timedelta, now: dt.datetime
) -> int:
    """Delete the files of `folder` that are not `known` and older than this; say how many.

    A day is a good age: between a file's writing and the commit of what refers to it lie seconds.
    """
    below = getattr(default_storage, "below", _below)  # a bucket tells both at once
    swept = 0
    for name, written_at in below(folder):
        if not OURS.fullmatch(name) or name in known:
            continue
        if written_at < now - older_than:
            default_storage.delete(name)
            swept += 1
    return swept


def _below(folder: str, depth: int = 0) -> Iterator[tuple[str, dt.datetime]]:
    """Each file in `folder`, as deep as `store` puts them, and when it was written."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in (f"{folder}/{file}" for file in files):
        yield name, default_storage.get_modified_time(name)
    if depth < 2:
        for inner in folders:
            yield from _below(f"{folder}/{inner}", depth + 1)
