"""What a client can make the real server do or write."""

import http.client
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.servers import gunicorn, manage


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """The address of a server without a database, and the file that holds its log."""
    folder = tmp_path_factory.mktemp("server")
    site = {"VAR_DIR": str(folder), "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    collected = manage("collectstatic", "--noinput", "--verbosity", "0", **site)
    assert collected.returncode == 0, collected.stderr
    log = folder / "log"
    with log.open("w") as file, gunicorn(workers=1, log=file, **site) as address:
        yield address, log


def ask(address: str, path: str, **headers: str) -> tuple[int, str]:
    """Status and target of the answer; header names as they are, underscores included."""
    with closing(http.client.HTTPConnection(urlsplit(address).netloc)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Location", "")


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "SCRIPT-NAME", "PATH_INFO"])
def test_no_header_moves_the_site_to_another_path(served, name):
    address, _log = served

    assert ask(address, "/", **{name: "/x", "Accept-Language": "en"}) == (302, "/en/")


def test_an_unknown_host_name_leaves_one_line_in_the_log(served):
    address, log = served
    before = len(log.read_text().splitlines())

    assert ask(address, "/de/?ort=Grimma", Host="evil.example")[0] == 400

    (line,) = log.read_text().splitlines()[before:]
    assert "Invalid HTTP_HOST header: 'evil.example'" in line
    assert "Grimma" not in line
