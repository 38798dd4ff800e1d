"""A PostgreSQL cluster of our own: made in a temporary folder, gone afterwards.

`python tests/postgresql.py COMMAND …` runs the command with such a cluster as its DATABASE_URL.
PostgreSQL refuses to run as root; there, the cluster belongs to the user postgres or nobody.
"""

import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl of the newest PostgreSQL here, or None."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = [*debian, *filter(None, [shutil.which("initdb")])]
    newest = max(found, key=lambda path: _version(Path(path)), default=None)
    return Path(newest).resolve().parent if newest else None


def _version(initdb: Path) -> int:
    printed = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True)
    return int(re.search(r"(\d+)", printed.stdout)[1])


def free_port() -> int:
    """A port on the loopback address that nobody listens to at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _owner() -> str | None:
    """The user to run the cluster as; None for ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise RuntimeError("Root may not run PostgreSQL, and there is no other user.")


@dataclass(frozen=True)
class Cluster:
    """A server that runs, and can be stopped and started; `url` stays the same.

    `main_process` tells the number of the process that all others of the server come from.
    """

    url: str
    stop: Callable[[], None]
    start: Callable[[], None]
    main_process: Callable[[], int]


@contextmanager
def cluster(*, is_durable: bool = False) -> Iterator[Cluster]:
    """Start a cluster; stop and remove it at the end. With `is_durable`, it waits for the disk."""
    folder = binaries()
    if folder is None:
        raise FileNotFoundError("PostgreSQL's initdb was not found.")
    owner, port = _owner(), free_port()
    home = Path(tempfile.mkdtemp(prefix="ansprechbar-pg-"))
    if owner:
        shutil.chown(home, owner)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [folder / program, "-D", home / "data", *arguments],
            check=True,
            cwd=home,
            user=owner,
            stdout=subprocess.DEVNULL,
        )

    def start() -> None:
        run("pg_ctl", "-w", "-l", str(home / "log"), "-o", options, "start")

    def stop() -> None:
        run("pg_ctl", "-w", "-m", "immediate", "stop")

    def main_process() -> int:
        return int((home / "data" / "postmaster.pid").read_text().splitlines()[0])

    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home}"
    options += f" -c fsync={'on' if is_durable else 'off'} -c max_connections=120"
    try:
        run("initdb", "-U", "ansprechbar", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        start()
        try:
            url = f"postgres://ansprechbar@127.0.0.1:{port}/postgres"
            yield Cluster(url, stop, start, main_process)
        finally:
            with suppress(subprocess.CalledProcessError):  # it is stopped already
                stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def copy(source: str, target: str) -> None:
    """Copy the tables and rows of one database into another one that is empty; two addresses."""
    tools = binaries()
    dump = subprocess.run([tools / "pg_dump", "-O", source], check=True, capture_output=True)
    filling = [tools / "psql", "-q", "-v", "ON_ERROR_STOP=1", target]
    subprocess.run(filling, input=dump.stdout, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    with cluster() as server:
        environment = {**os.environ, "DATABASE_URL": server.url}
        sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
