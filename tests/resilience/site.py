"""A site as it runs in production, with processes that can be killed: web, jobs and database."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests import postgresql, servers

SECONDS = 90


def until(is_so: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """Ask again and again."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} seconds.")
        time.sleep(0.05)


def children(parent: int) -> dict[int, str]:
    """The processes that `parent` has started and that live, with their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            state, their_parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(their_parent) == parent and state != "Z":
                said = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(folder.name)] = said.decode(errors="replace")
    return found


@dataclass
class Site:
    """gunicorn with its jobs, and a PostgreSQL of its own unless the database is a file."""

    variables: dict[str, str]
    database: postgresql.Cluster | None
    listening: socket.socket
    log: Path
    master: subprocess.Popen | None = None
    killed: dict[str, int] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return self.listening.getsockname()[1]

    def start(self) -> None:
        """Start the server; whoever has asked meanwhile waits in the socket, which is ours."""
        number = self.listening.fileno()
        options = ["-c", "deploy/gunicorn.conf.py", "--bind", f"fd://{number}"]
        with self.log.open("a") as log:
            self.master = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *options, "portal.wsgi:application"],
                cwd=servers.ROOT,
                env=servers.environment(**self.variables),
                stderr=log,
                pass_fds=[number],
            )

    def stop(self) -> None:
        self.master.terminate()
        self.master.wait(timeout=SECONDS)

    # What can be killed ---------------------------------------------------------------------------

    def workers(self) -> list[int]:
        found = children(self.master.pid)
        return [pid for pid, command in found.items() if "run_jobs" not in command]

    def keepers(self) -> list[int]:
        """The process that keeps the jobs running."""
        found = children(self.master.pid)
        return [pid for pid, command in found.items() if "run_jobs" in command]

    def jobs(self) -> list[int]:
        return [pid for keeper in self.keepers() for pid in children(keeper)]

    def backends(self) -> list[int]:
        """The processes of PostgreSQL that work for somebody."""
        found = children(self.database.main_process())
        return [pid for pid, command in found.items() if "ansprechbar" in command]

    def kinds(self) -> dict[str, Callable[[], list[int]]]:
        found = {
            "web worker": self.workers,
            "web master": lambda: [self.master.pid],
            "jobs": self.jobs,
            "keeper of the jobs": self.keepers,
        }
        if self.database is not None:
            found["PostgreSQL backend"] = self.backends
            found["PostgreSQL"] = lambda: [self.database.main_process()]
        return found

    def kill(self, kind: str, rng: random.Random) -> None:
        """kill -9 one process of `kind`, and start again what a service manager would."""
        alive: list[int] = []

        def found() -> list[int]:
            with suppress(FileNotFoundError):  # PostgreSQL starts, and has not said its number yet
                alive[:] = self.kinds()[kind]()
            return alive

        until(found, f"There is no {kind} to kill")
        theirs = children(alive[0]) if kind == "PostgreSQL" else {}
        os.kill(rng.choice(sorted(alive)), signal.SIGKILL)
        self.killed[kind] = self.killed.get(kind, 0) + 1
        if kind == "web master":
            self.master.wait()
            self.start()
        elif kind == "PostgreSQL":
            # It does not start before the last of its former processes has ended.
            until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in theirs), "They go on")
            until(self._database_starts, "PostgreSQL does not start again")

    def _database_starts(self) -> bool:
        with suppress(subprocess.CalledProcessError):
            self.database.start()
            return True
        return False


@contextmanager
def site(kind: str, *, tables: str = "", **variables: str) -> Iterator[Site]:
    """A site on "sqlite" or "postgresql" that is not started yet, in a folder that goes.

    `tables` is the address of a database of that kind that nobody uses, with all tables: they are
    copied, which is faster than making them.
    """
    home = Path(tempfile.mkdtemp(prefix="ansprechbar-kill-"))
    common = {**servers.PRODUCTION, "VAR_DIR": str(home), "BEHIND_PROXY": "true", **variables}
    try:
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
            if kind == "sqlite":
                file = home / "site.sqlite3"
                if tables:
                    shutil.copy(tables.removeprefix("sqlite:///"), file)
                common |= {"DATABASE_URL": f"sqlite:///{file}"}
                yield _prepared(common, None, listening)
                return
            with postgresql.cluster(is_durable=True) as database:
                if tables:
                    postgresql.copy(tables, database.url)
                yield _prepared(common | {"DATABASE_URL": database.url}, database, listening)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _prepared(
    variables: dict[str, str], database: postgresql.Cluster | None, listening: socket.socket
) -> Site:
    for command in ("migrate", "collectstatic"):
        done = servers.manage(command, "--noinput", "--verbosity", "0", **variables)
        if done.returncode:
            raise RuntimeError(done.stderr)
    return Site(variables, database, listening, Path(variables["VAR_DIR"]) / "server.log")
