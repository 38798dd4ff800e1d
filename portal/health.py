"""`/healthz`: does this process answer? `/readyz`: may the proxy send it visitors?

The middleware stands first, so that a probe meets no host check, no redirect and no session. TRACE,
which is refused for the whole site, is refused here as well.
"""

import datetime as dt
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
)

from portal import clock
from portal.models import JobRun

ALLOWED_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
ENOUGH_DISK = 100 * 1024 * 1024  # bytes
OK = "ok"
NOTES = ("jobs",)  # said for whoever watches; visitors are served without
LATE = dt.timedelta(minutes=5)  # for a job that runs every few seconds


class HealthMiddleware:
    """Answers the two probes and refuses TRACE; everything else goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "TRACE":
            return HttpResponseNotAllowed(ALLOWED_METHODS)
        match request.path_info:
            case "/healthz":
                response: HttpResponse = HttpResponse(OK, content_type="text/plain")
            case "/readyz":
                parts = readiness()
                ready = all(state == OK for name, state in parts.items() if name not in NOTES)
                response = JsonResponse(parts, status=200 if ready else 503)
            case _:
                return self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response


def readiness() -> dict[str, str]:
    """The parts that this process depends on: "ok", or in a few words what is wrong."""
    return {"database": database(), "migrations": migrations(), "disk": disk(), "jobs": jobs()}


def database() -> str:
    """Whether the database takes writes; on SQLite, `atomic` takes the write lock for a moment."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool"
                )
            else:
                cursor.execute("SELECT 0")
            (read_only,) = cursor.fetchone()
    except Error:
        return "not reachable or not writable"
    return "read-only" if read_only else OK


@cache
def newest_migrations() -> frozenset[tuple[str, str]]:
    """The newest migration of each app in this release; read from disk once."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def migrations() -> str:
    """Whether the database has the schema of this release. A newer one is no obstacle."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except Error:
        return "unknown"
    missing = sorted(".".join(leaf) for leaf in newest_migrations() if leaf not in applied)
    return f"not applied: {', '.join(missing)}" if missing else OK


def disk() -> str:
    """Whether there is room for logs, uploads and SQLite's journal."""
    folders = [settings.VAR_DIR, *filter(Path.exists, [settings.FILES_DIR])]
    try:
        free = min(shutil.disk_usage(folder).free for folder in folders)
    except OSError:
        return "not readable"
    return OK if free > ENOUGH_DISK else f"only {free // 1024**2} MB free"


def jobs() -> str:
    """Whether mail leaves: when the job that sends it was started last, if that is too long ago."""
    try:
        run = JobRun.objects.filter(name="mail").values_list("last_start", flat=True).first()
    except Error:
        return "unknown"
    if run is None:
        return "never started"
    return OK if run > clock.now() - LATE else f"last started {run:%Y-%m-%dT%H:%MZ}"
