import socket
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from contacts.roles import Role
from tests.postgresql import free_port
from tests.servers import PRODUCTION, ROOT, environment, manage, wait_for


@pytest.fixture
def place(tmp_path: Path, empty_database: str) -> dict[str, str]:
    """The environment of a demo with a folder and a database of its own."""
    return {"VAR_DIR": str(tmp_path / "var"), "DATABASE_URL": empty_database}


def ask(code: str, **variables: str) -> str:
    return manage("shell", "-v", "0", "-c", code, **variables).stdout.strip()


def test_the_demo_prepares_a_whole_site_and_a_second_run_changes_nothing(place):
    first = manage("demo", "--no-serve", **place)
    assert first.returncode == 0, first.stderr
    for role in Role:
        assert f"{role.value.replace('_', '-')}@demo.example" in first.stdout
    assert "superuser@demo.example" in first.stdout
    assert "http://localhost:8000/" in first.stdout

    key = Path(place["VAR_DIR"]) / "demo-secret-key"
    written = key.read_text()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    count = (
        "from contacts.models import *; from portal.models import User\n"
        "print(User.objects.count(), StaffRole.objects.count(), Agency.objects.count(),"
        " Area.objects.count(), Responsibility.objects.count())"
    )
    before = ask(count, **place)
    assert before.split()[:3] == [str(len(Role) + 1), str(len(Role)), "4"]

    second = manage("demo", "--no-serve", **place)
    assert second.returncode == 0, second.stderr
    assert ask(count, **place) == before
    assert key.read_text() == written


def test_the_demo_serves_on_both_names_of_localhost(place):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", str(port)],
        cwd=ROOT,
        env=environment(**place),
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
