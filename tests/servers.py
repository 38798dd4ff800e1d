"""Real processes for tests: management commands, gunicorn, databases that they may fill."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "MODE": "production",
    "SECRET_KEY": "not-a-secret-but-long-enough-for-the-check-0123456789-abcdefghijkl",
    "ALLOWED_HOSTS": "ansprechbar.test",
    "SITE_URL": "https://ansprechbar.test",
    "SECURITY_CONTACT": "mailto:security@ansprechbar.test",
    "EMAIL_HOST": "mail.ansprechbar.test",
    "DEFAULT_FROM_EMAIL": "Ansprechbar <portal@ansprechbar.test>",
}
# What configures a site, and must not reach a subprocess from the shell of whoever runs the tests.
OURS = {"MODE", "SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "SECURITY_CONTACT"}
OURS |= {"DATABASE_URL", "DEBUG", "VAR_DIR", "DJANGO_ALLOW_ASYNC_UNSAFE"}
OURS |= {"CACHE_URL", "SECOND_FACTOR_REQUIRED", "TRUSTED_PROXIES", "BEHIND_PROXY"}
OURS |= {"EMAIL_HOST", "EMAIL_PORT", "EMAIL_USER", "EMAIL_PASSWORD", "EMAIL_USE_TLS"}
OURS |= {"EMAIL_USE_SSL", "EMAIL_TIMEOUT", "DEFAULT_FROM_EMAIL", "JOBS"}
OURS |= {"FILES_DIR", "CLAMD_SOCKET", "EXTRA_FONT_PATHS"}


def environment(**changes: str) -> dict[str, str]:
    """The environment for a subprocess: ours without what configures a site, and `changes`.

    A server runs no timed jobs, and what it writes goes to the folder of this run, unless
    `changes` say so.
    """
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    ours = {"DJANGO_SETTINGS_MODULE": "portal.settings", "JOBS": "off"}
    return {**kept, **ours, "VAR_DIR": str(settings.VAR_DIR), **changes}


def manage(
    *arguments: str, code: Path = ROOT, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` in a process of its own, with `variables` in the environment.

    With `code`, the folder of another release, it is that one's.
    """
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=code,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@contextmanager
def empty_database(folder: Path, *, like: str = "") -> Iterator[str]:
    """The address of a database without tables: a file, or a new one on the run's server.

    With `like`, the address of another database that nobody uses meanwhile, it is a copy of that.
    """
    if connection.vendor == "sqlite":
        path = folder / "scratch.sqlite3"
        if like:
            original = like.removeprefix("sqlite:///")
            with closing(sqlite3.connect(original)) as read, closing(sqlite3.connect(path)) as copy:
                read.backup(copy)
        yield f"sqlite:///{path}"
        return
    import psycopg

    name = f"scratch_{uuid.uuid4().hex[:8]}"
    template = f"TEMPLATE {like.rpartition('/')[2]}" if like else ""
    parts = settings.DATABASES["default"]
    where = {"host": parts["HOST"], "port": parts["PORT"] or 5432, "user": parts["USER"]}
    login = {**where, "password": parts["PASSWORD"]}
    with psycopg.connect(**login, dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} {template}")
        try:
            secret = f":{parts['PASSWORD']}" if parts["PASSWORD"] else ""
            yield "postgres://{user}{secret}@{host}:{port}/{name}".format(
                **where, secret=secret, name=name
            )
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def database_of_the_run() -> str:
    """The address of the database that tests write to; nobody is connected to it afterwards."""
    connection.close()  # PostgreSQL copies no database that is in use
    kind = "sqlite" if connection.vendor == "sqlite" else "postgres"
    return f"{kind}:///{connection.settings_dict['NAME']}"


@dataclass(frozen=True)
class Demo:
    """A site that `manage.py demo` has prepared, and what it printed. Nobody writes to it."""

    variables: dict[str, str]
    printed: str

    @contextmanager
    def copy(self, folder: Path) -> Iterator[dict[str, str]]:
        """The environment of a site of one's own with the same content."""
        shutil.copytree(self.variables["VAR_DIR"], folder / "var")
        with empty_database(folder, like=self.variables["DATABASE_URL"]) as url:
            yield {"VAR_DIR": str(folder / "var"), "DATABASE_URL": url}


def wait_for(url: str, process: subprocess.Popen, seconds: float = 60) -> None:
    """Wait until `url` answers with 200; raise when the process ends or the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with code {process.returncode}.")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(f"{url} did not answer within {seconds} seconds.")


@contextmanager
def gunicorn(
    *,
    workers: int = 2,
    application: str = "portal.wsgi:application",
    log: IO[str] | None = None,
    code: Path = ROOT,
    **variables: str,
) -> Iterator[str]:
    """Serve the site as production does; gives its address, such as `http://127.0.0.1:40123`.

    Its log goes to the file `log`, else to where ours goes; `code` is as for `manage`.
    """
    # The socket is handed down, so that nobody else can take the port in between.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port, number = listening.getsockname()[1], listening.fileno()
        options = ["-c", "deploy/gunicorn.conf.py", "--bind", f"fd://{number}"]
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, application],
            cwd=code,
            env=environment(WEB_CONCURRENCY=str(workers), **variables),
            stderr=log,
            pass_fds=[number],
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=40)
