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
from django.db.models import Count, Min, Q
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
)

from portal import clock
from portal.models import JobRun, OutboxMessage
from portal.sending import PAUSE

ALLOWED_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
ENOUGH_DISK = 100 * 1024 * 1024  # bytes
OK = "ok"
NOTES = ("jobs", "mail")  # said for whoever watches; visitors are served without
LATE = dt.timedelta(minutes=5)  # for a job that runs every few seconds
STUCK = dt.timedelta(minutes=15)  # for a mail that nothing holds back


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
    parts = (database, migrations, disk, jobs, mail)
    return {part.__name__: part() for part in parts}


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
    """Whether the timed jobs run: the one for mail, which is due all the time, and all others."""
    try:
        runs = {run.name: run for run in JobRun.objects.only("name", "last_start", "error")}
    except Error:
        return "unknown"
    if "mail" not in runs or runs["mail"].last_start is None:
        return "never started"
    if runs["mail"].last_start <= clock.now() - LATE:
        return f"last started {runs['mail'].last_start:%Y-%m-%dT%H:%MZ}"
    failed = sorted(name for name, run in runs.items() if run.error)
    return f"failed: {', '.join(failed)}" if failed else OK


def mail() -> str:
    """Whether mail leaves: since when the oldest one waits that is not to be sent later."""
    now = clock.now()
    meant_for_now = Q(tries__gt=0) | Q(not_before__lte=now + PAUSE)
    waiting = OutboxMessage.objects.filter(meant_for_now, state=OutboxMessage.State.WAITING)
    try:
        found = waiting.aggregate(first=Min("created_at"), number=Count("pk"))
    except Error:
        return "unknown"
    if found["first"] is None or found["first"] > now - STUCK:
        return OK
    return f"{found['number']} waiting, the oldest since {found['first']:%Y-%m-%dT%H:%MZ}"
