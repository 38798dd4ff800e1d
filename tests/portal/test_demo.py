import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from contacts.roles import Role
from tests.postgresql import free_port
from tests.servers import PRODUCTION, ROOT, environment, manage, wait_for


@pytest.fixture
def place(tmp_path: Path, empty_database: str) -> dict[str, str]:
    """The environment of a demo with a folder and a database of its own, not prepared yet."""
    return {"VAR_DIR": str(tmp_path / "var"), "DATABASE_URL": empty_database}


@pytest.fixture
def again(tmp_path: Path, fresh_demo) -> Iterator[dict[str, str]]:
    """The environment of a demo that has been prepared before."""
    with fresh_demo.copy(tmp_path) as variables:
        yield variables


COUNT = (
    "from contacts.models import *; from portal.models import User\n"
    "print(User.objects.count(), StaffRole.objects.count(), Agency.objects.count(),"
    " Area.objects.count(), Responsibility.objects.count())"
)


def ask(code: str, **variables: str) -> str:
    return manage("shell", "-v", "0", "-c", code, **variables).stdout.strip()


def test_the_demo_prepares_a_whole_site(fresh_demo):
    for role in Role:
        assert f"{role.value.replace('_', '-')}@demo.example" in fresh_demo.printed
    assert "superuser@demo.example" in fresh_demo.printed
    assert "interpreting@demo.example" in fresh_demo.printed
    assert "http://localhost:8000/" in fresh_demo.printed
    key = Path(fresh_demo.variables["VAR_DIR"]) / "demo-secret-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_second_run_changes_nothing_and_serves_on_both_names_of_localhost(again):
    key = Path(again["VAR_DIR"]) / "demo-secret-key"
    written, before = key.read_text(), ask(COUNT, **again)
    assert before.split()[:3] == [str(len(Role) + 2), str(len(Role) + 1), "4"]

    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", str(port)],
        cwd=ROOT,
        env=environment(**again),
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", process, seconds=120)
        with urllib.request.urlopen(f"http://localhost:{port}/") as response:
            assert response.status == 200
            assert response.url == f"http://localhost:{port}/de/"
        if socket.has_ipv6 and Path("/proc/net/if_inet6").exists():
            with urllib.request.urlopen(f"http://[::1]:{port}/healthz") as response:
                assert response.read() == b"ok"
    finally:
        process.terminate()
        assert process.wait(timeout=40) == 0
    assert ask(COUNT, **again) == before
    assert key.read_text() == written


def test_a_port_that_is_taken_is_said_in_one_line(place):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = manage("demo", "--port", str(port), **place)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        f"CommandError: Port {port} is taken. Choose another: make demo PORT={port + 1}"
    ]
    assert not Path(place["VAR_DIR"]).exists()


def test_the_demo_refuses_production(place):
    result = manage("demo", "--no-serve", **{**PRODUCTION, **place})
    assert result.returncode == 1
    assert "MODE=production" in result.stderr
