"""What public pages show while the database is away: the snapshots that were good last.

A process keeps its own in memory. For one that starts during the outage, a job writes them to a
file of this machine whenever they have changed; it holds nothing but what is public anyway.
Nothing is written to the database meanwhile: forms say so (`portal.views.errors.database_away`).
"""

import contextlib
import datetime as dt
import hashlib
import logging
import os
import pickle
import time
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext_lazy

from portal import data_version, jobs
from portal.data_version import KEPT, Versions

logger = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError)
PAUSE = 3.0  # seconds in which it is not asked again: a host that is gone lets us wait for it
UNCHANGED = ""


class DatabaseAwayError(OperationalError):
    """Nothing can be written now: `portal.middleware.DatabaseAwayMiddleware` says so."""


class _Outage:
    """What this process knows of the database being away; `until` is of the monotonic clock."""

    until = 0.0
    has_looked = False


def read() -> Versions:
    """The versions of the data, or `Versions(is_last_good=True)` while the database is away."""
    if time.monotonic() < _Outage.until:
        return Versions((), is_last_good=True)
    try:
        found = data_version.read()
    except AWAY:
        if connection.in_atomic_block:
            raise
        connection.close()
        _Outage.until = time.monotonic() + PAUSE
        logger.warning("The database is away; pages show what was good last.")
        if not _Outage.has_looked:
            _Outage.has_looked = True
            _take_from_file()
        return Versions((), is_last_good=True)
    _Outage.until, _Outage.has_looked = 0.0, False
    return found


# The file -----------------------------------------------------------------------------------------


def path() -> Path:
    """A file of this release: another one may not understand what it holds."""
    release = hashlib.sha256(settings.RELEASE.encode()).hexdigest()[:12]
    return settings.STATE_DIR / f"last-good-{release}.pickle"


def keep(now: dt.datetime) -> str:
    """Write everything public of this moment to the file; nothing where it holds that already."""
    import_module(settings.ROOT_URLCONF)  # whatever a page shows is known then
    versions = data_version.read()
    if _written == versions.numbers and path().exists():
        return UNCHANGED
    held = {name: snapshot.kept_at(versions) for name, snapshot in KEPT.items()}
    _write(pickle.dumps(held, protocol=pickle.HIGHEST_PROTOCOL))
    globals()["_written"] = versions.numbers
    return f"version {versions}"


_written: tuple = ()


def _write(content: bytes) -> None:
    """All of it or nothing: whoever reads meanwhile finds the former file."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    with open(fresh, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(content)
    fresh.replace(target)


def _take_from_file() -> None:
    """Fill in what this process has not built itself."""
    try:
        held = pickle.loads(path().read_bytes())  # noqa: S301  (our own file, readable by us alone)
    except Exception:  # whatever an unsound file raises, there is nothing to show then
        logger.warning("No file with what was good last can be read.")
        return
    for name, snapshot in KEPT.items():
        with contextlib.suppress(KeyError):
            snapshot.take(held[name])


def register_jobs() -> None:
    label = gettext_lazy("Keeps contacts at hand for the case that the database is away")
    jobs.register(jobs.Job("keep-last-good", label, jobs.Every(dt.timedelta(minutes=1)), keep))
