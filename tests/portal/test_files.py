"""Where files of cases lie, how they come back, and what becomes of those that nobody needs."""

import datetime as dt
import http.client
import os
import socket
import struct
import threading
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.checks import Error
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.test import RequestFactory

from portal import checks, files, health, virus_scan
from portal.middleware import RequestSizeMiddleware, SecurityHeadersMiddleware
from portal.uploads import MAX_REQUEST, MB
from portal.virus_scan import Verdict
from tests.portal.uploading import large_upload, pdf_bytes
from tests.servers import gunicorn

NOW = dt.datetime(2026, 5, 4, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    """An empty folder for files of cases."""
    settings.FILES_DIR = tmp_path / "files"
    stored = settings.STORAGES["default"]
    options = {**stored["OPTIONS"], "location": settings.FILES_DIR}
    settings.STORAGES = {**settings.STORAGES, "default": {**stored, "OPTIONS": options}}
    return settings.FILES_DIR


def age(folder: Path, name: str, **ago: float) -> None:
    """Let the file have been written so long before NOW."""
    at = (NOW - dt.timedelta(**ago)).timestamp()
    os.utime(folder / name, (at, at))


def test_a_file_gets_a_name_that_tells_nothing_and_is_read_by_nobody_else(folder):
    sent = ContentFile(b"x", name="Ana Müller.pdf")
    first, second = (files.store(sent, folder="own") for _time in range(2))

    assert first != second
    assert files.OURS.fullmatch(first)
    assert (folder / first).read_bytes() == b"x"
    assert (folder / first).stat().st_mode & 0o777 == 0o600
    assert (folder / first).parent.stat().st_mode & 0o777 == 0o700


def test_a_large_upload_is_moved_into_its_place(folder):
    sent = pdf_bytes() + b"\n" * (3 * MB)

    with closing(large_upload("a.pdf", sent, "application/pdf")) as upload:
        name = files.store(upload, folder="own")

    assert (folder / name).read_bytes() == sent
    assert (folder / name).stat().st_mode & 0o777 == 0o600


def served(name: str, content_type: str = "application/pdf"):
    """A file as it leaves the site, with the headers of the whole site around it."""
    file = ContentFile(pdf_bytes())
    view = SecurityHeadersMiddleware(
        lambda request: files.as_attachment(file, name=name, content_type=content_type)
    )
    return view(RequestFactory().get("/de/antrag/x"))


def test_a_browser_saves_a_file_and_runs_nothing_of_it():
    response = served("Satzung.pdf")

    assert b"".join(response.streaming_content) == pdf_bytes()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="Satzung.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "script-src" not in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Müller ትግ.pdf", "attachment; filename*=utf-8''M%C3%BCller%20%E1%89%B5%E1%8C%8D.pdf"),
        ('a"b.pdf', 'attachment; filename="a\\"b.pdf"'),
        ("a;b.pdf", 'attachment; filename="a;b.pdf"'),
    ],
)
def test_any_name_stands_in_the_header(name, header):
    assert served(name)["Content-Disposition"] == header


@pytest.mark.parametrize("claimed", ["text/html", "image/svg+xml", ""])
def test_a_type_that_we_do_not_take_is_not_served_as_such(claimed):
    assert served("x", claimed)["Content-Type"] == "application/octet-stream"


def test_the_sweep_takes_what_is_old_and_known_to_nobody(folder):
    kept, orphan, fresh = (files.store(ContentFile(b"x"), folder="own") for _time in range(3))
    others = files.store(ContentFile(b"x"), folder="others")
    age(folder, others, days=100)
    age(folder, kept, days=100)
    age(folder, orphan, days=2)
    age(folder, fresh, hours=1)
    (folder / "own" / "README").write_text("not ours")
    age(folder, "own/README", days=100)

    swept = files.sweep("own", known={kept}, older_than=dt.timedelta(days=1), now=NOW)

    assert swept == 1
    assert not default_storage.exists(orphan)
    assert all(map(default_storage.exists, (kept, fresh, others, "own/README")))


def test_without_a_folder_there_is_nothing_to_sweep(folder):
    assert files.sweep("own", known=set(), older_than=dt.timedelta(days=1), now=NOW) == 0


def test_a_folder_that_cannot_be_written_is_found_before_the_start(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "not" / "there" / "yet"
    assert checks.files_can_be_stored(None) == []

    blocked = tmp_path / "file"
    blocked.write_text("")
    settings.FILES_DIR = blocked / "files"
    (found,) = checks.files_can_be_stored(None)
    assert isinstance(found, Error)
    assert str(blocked) in found.msg


def test_the_probe_looks_at_the_disk_of_the_files_too(settings, tmp_path):
    settings.FILES_DIR = tmp_path

    assert health.disk() == "ok"


# Requests that are too large ----------------------------------------------------------------------


def refuse_large(length: str, sent: bytes = b""):
    request = RequestFactory().post("/en/x/", data=sent, content_type="text/plain")
    request.META["CONTENT_LENGTH"] = length
    view = RequestSizeMiddleware(lambda request: HttpResponse("page"))
    return view(request)


@pytest.mark.parametrize("length", ["", "0", "1", str(MAX_REQUEST), "many", "-1"])
def test_a_request_of_the_usual_size_passes(length):
    assert refuse_large(length).content == b"page"


@pytest.mark.parametrize("length", [str(MAX_REQUEST + 1), str(10**15)])
def test_a_request_that_is_too_large_is_told_what_to_do(length):
    response = refuse_large(length, b"x" * 1000)

    assert response.status_code == 413
    assert "choose fewer files" in response.content.decode()
    assert '<html lang="en"' in response.content.decode()


def test_a_browser_that_sends_too_much_gets_to_see_the_page(tmp_path):
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    site = {"VAR_DIR": str(tmp_path), "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    with gunicorn(workers=1, TMPDIR=str(scratch), DEBUG="true", **site) as address:
        netloc = urlsplit(address).netloc
        with closing(http.client.HTTPConnection(netloc, timeout=30)) as connection:
            body = b"x" * (MAX_REQUEST + MB)
            connection.request("POST", "/en/", body, {"Content-Type": "multipart/form-data"})
            answer = connection.getresponse()
            assert (answer.status, b"choose fewer files" in answer.read()) == (413, True)

        host, _colon, port = netloc.partition(":")
        with socket.create_connection((host, int(port))) as cut:
            cut.sendall(
                b"POST /en/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\nxx"
            )
        with closing(http.client.HTTPConnection(netloc, timeout=30)) as connection:
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
    assert list(scratch.iterdir()) == []


# The virus scanner -------------------------------------------------------------------------------


@contextmanager
def scanner(address, *, answer: bytes | None = None):
    """A scanner that speaks as clamd does, and finds the word VIRUS; gives what it was sent."""
    heard: list[bytes] = []

    def speak() -> None:
        connection, _peer = server.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            sent = b""
            while length := struct.unpack(">L", stream.read(4))[0]:
                sent += stream.read(length)
            heard.append(sent)
            found = b"stream: Test-Signature FOUND\0" if b"VIRUS" in sent else b"stream: OK\0"
            connection.sendall(found if answer is None else answer)

    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as server:
        server.bind(address)
        server.listen()
        thread = threading.Thread(target=speak)
        thread.start()
        yield server, heard
        thread.join(timeout=10)


@pytest.mark.parametrize(
    ("content", "verdict"), [(b"harmless", Verdict.CLEAN), (b"a VIRUS", Verdict.QUARANTINED)]
)
def test_the_scanner_is_asked_over_its_socket(settings, tmp_path, content, verdict):
    sent = content + bytes(200_000)
    settings.CLAMD_SOCKET = str(tmp_path / "clamd.ctl")
    with scanner(settings.CLAMD_SOCKET) as (_server, heard):
        assert virus_scan.scan(ContentFile(sent)) == verdict
    assert heard == [sent]


def test_the_scanner_is_asked_over_the_network(settings):
    with scanner(("127.0.0.1", 0)) as (server, heard):
        settings.CLAMD_SOCKET = f"127.0.0.1:{server.getsockname()[1]}"
        assert virus_scan.scan(ContentFile(b"harmless")) == Verdict.CLEAN
    assert heard == [b"harmless"]


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b""])
def test_a_scanner_that_cannot_tell_leaves_the_file_unscanned(settings, tmp_path, answer):
    settings.CLAMD_SOCKET = str(tmp_path / "clamd.ctl")
    with scanner(settings.CLAMD_SOCKET, answer=answer):
        assert virus_scan.scan(ContentFile(b"x")) == Verdict.NOT_SCANNED


def test_without_a_scanner_nothing_is_scanned(settings, tmp_path, caplog):
    settings.CLAMD_SOCKET = ""
    assert virus_scan.scan(ContentFile(b"x")) == Verdict.NOT_SCANNED

    settings.CLAMD_SOCKET = str(tmp_path / "nobody.ctl")
    assert virus_scan.scan(ContentFile(b"x")) == Verdict.NOT_SCANNED
    assert "The virus scanner is away" in caplog.text
