"""Stopping, reloading and updating the real server: no request fails, and new code answers."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.portal.test_jobs import until
from tests.postgresql import free_port
from tests.servers import ROOT, environment, wait_for

# As systemd does it: the socket is there before the server, and stays when the server goes.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *sys.argv[2:]])
"""
OPTIONS = ("-c", "deploy/gunicorn.conf.py", "tests.resilience.watched_wsgi:application")
ENOUGH = 40  # requests on each side of the change
SECONDS = 60


@dataclass
class Place:
    """An address that a server may answer at, and the means to hold one request back."""

    socket: socket.socket
    variables: dict[str, str]
    folder: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def start(self, **more: str) -> subprocess.Popen:
        number = self.socket.fileno()
        process = subprocess.Popen(
            [sys.executable, "-c", HAND_OVER, str(number), *OPTIONS],
            cwd=ROOT,
            env=environment(WEB_CONCURRENCY="2", **self.variables, **more),
            pass_fds=[number],
        )
        wait_for(f"{self.address}/healthz", process)
        return process

    def release(self) -> None:
        (self.folder / "until").write_bytes(b"all of it")

    def write_code(self, name: str) -> None:
        (self.folder / "code").write_text(name)

    def wait_until_held(self) -> None:
        assert (self.folder / "begun").read_text() == "begun"


@pytest.fixture
def place(tmp_path) -> Iterator[Place]:
    for name in ("begun", "until"):
        os.mkfifo(tmp_path / name)
    variables = {name.upper(): str(tmp_path / name) for name in ("begun", "until", "code")}
    variables["DATABASE_URL"] = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        place = Place(listening, variables, tmp_path)
        place.write_code("old")
        yield place


@contextmanager
def ended(process: subprocess.Popen) -> Iterator[subprocess.Popen]:
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=SECONDS)


def get(address: str, path: str = "/healthz") -> tuple[int, str, str, bytes]:
    """Status, code and worker of the answer, and the answer."""
    with urllib.request.urlopen(address + path, timeout=SECONDS) as found:
        return found.status, found.headers["X-Code"], found.headers["X-Worker"], found.read()


@dataclass
class Visitors:
    """Four who ask all the time, each with a connection of its own; what they met."""

    address: str
    answers: list[tuple[int, str]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    _are_here: threading.Event = field(default_factory=threading.Event)

    def _ask(self) -> None:
        while not self._are_here.is_set():
            try:
                self.answers.append(get(self.address)[:2])
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(repr(error))

    def count(self, code: str) -> int:
        return self.answers.count((200, code))

    @contextmanager
    def ask(self) -> Iterator["Visitors"]:
        with ThreadPoolExecutor(4) as threads:
            for _visitor in range(4):
                threads.submit(self._ask)
            try:
                yield self
            finally:
                self._are_here.set()


def test_a_request_under_way_is_answered_before_the_server_ends(place):
    with ended(place.start()) as server, ThreadPoolExecutor(1) as threads:
        held = threads.submit(get, place.address, "/held")
        place.wait_until_held()

        server.send_signal(signal.SIGTERM)
        place.release()

        assert held.result()[0::3] == (200, b"all of it")
        assert server.wait(timeout=SECONDS) == 0


def test_a_reload_brings_new_code_and_no_request_fails(place):
    with ended(place.start()) as server, Visitors(place.address).ask() as visitors:
        until(lambda: visitors.count("old") >= ENOUGH)
        place.write_code("new")
        server.send_signal(signal.SIGHUP)
        until(lambda: visitors.count("new") >= ENOUGH)

    assert visitors.failed == []
    assert {status for status, _code in visitors.answers} == {200}


def test_a_restart_behind_a_socket_that_stays_fails_no_request(place):
    visitors = Visitors(place.address)
    with (
        ended(place.start()) as former,
        ExitStack() as later,
        ThreadPoolExecutor(1) as threads,
        visitors.ask(),  # the last to come is the first to go: all are answered before that
    ):
        until(lambda: visitors.count("old") >= ENOUGH)
        held = threads.submit(get, place.address, "/held")
        place.wait_until_held()
        former.send_signal(signal.SIGTERM)
        place.release()
        assert former.wait(timeout=SECONDS) == 0
        place.write_code("new")
        later.enter_context(ended(place.start()))
        until(lambda: visitors.count("new") >= ENOUGH)

    assert held.result()[0::3] == (200, b"all of it")
    assert visitors.failed == []


def test_figures_go_on_when_a_worker_is_killed_and_when_the_server_reloads(place):
    port = free_port()
    metrics = f"http://127.0.0.1:{port}/metrics"

    def counted() -> float:
        with urllib.request.urlopen(metrics, timeout=SECONDS) as found:
            lines = found.read().decode().splitlines()
        marked = 'ansprechbar_requests_total{method="GET",route="robots"'
        return sum(float(line.split()[-1]) for line in lines if line.startswith(marked))

    def ask_until(code: str, number: int) -> set[str]:
        answers = [get(place.address, "/robots.txt") for _time in range(number)]
        return {worker for _status, of, worker, _text in answers if of == code}

    with ended(place.start(METRICS_BIND=f"127.0.0.1:{port}")) as server:
        wait_for(metrics, server)
        workers = ask_until("old", 20)
        assert counted() == 20

        os.kill(int(workers.pop()), signal.SIGKILL)
        ask_until("old", 5)
        assert counted() == 25

        place.write_code("new")
        server.send_signal(signal.SIGHUP)
        asked = 25
        while not ask_until("new", 1):
            asked += 1
        wait_for(metrics, server)
        assert counted() == asked + 1
