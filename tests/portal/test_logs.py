"""Logs: one object a line, with the id of the request, and nothing that names anybody."""

import json
import logging
import secrets
import socket
import urllib.error
import urllib.request
from pathlib import Path

from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest

from portal.logs import JsonFormatter, RequestIdFilter, WithoutSecrets
from portal.models import User
from tests.servers import gunicorn, manage

CANARY = "kanarienvogel"
KEY = secrets.token_urlsafe(24)  # as of a mailed link


def record(message: str, *arguments, error: BaseException | None = None) -> logging.LogRecord:
    raised = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("portal.x", logging.WARNING, __file__, 1, message, arguments, raised)


def test_a_line_is_one_object_whatever_a_message_holds():
    event = record("first\nsecond %s", 'a "b" ü')
    RequestIdFilter().filter(event)

    line = JsonFormatter().format(event)

    assert "\n" not in line
    entry = json.loads(line)
    assert entry["message"] == 'first\nsecond a "b" ü'
    assert (entry["level"], entry["logger"], entry["request"]) == ("WARNING", "portal.x", "-")
    assert entry["at"].endswith("+00:00")


def test_of_an_exception_the_log_has_the_places_and_not_the_words():
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as cause:
            raise ValueError(f"{CANARY}@example.org") from cause
    except ValueError as error:
        line = JsonFormatter().format(record("It failed.", error=error))

    said = json.loads(line)["exception"]
    assert said.startswith("ValueError in tests/portal/test_logs.py:")
    assert "after KeyError in tests/portal/test_logs.py:" in said
    assert CANARY not in line


def test_keys_are_taken_out_of_addresses():
    event = record("Not Found: %s", f"/kalender/{'k' * 43}.ics")
    WithoutSecrets().filter(event)

    assert event.getMessage() == "Not Found: /kalender/….ics"

    token = default_token_generator.make_token(User(email="a@example.org"))
    event = record("Service Unavailable: %s", f"/passwort/neu/1-{token}/")
    WithoutSecrets().filter(event)

    assert event.getMessage() == "Service Unavailable: /passwort/neu/…/"


def test_a_line_names_the_request_that_it_is_about():
    event = record("Forbidden")
    event.request = HttpRequest()
    event.request.request_id = "0123456789ab"
    RequestIdFilter().filter(event)

    assert json.loads(JsonFormatter().format(event))["request"] == "0123456789ab"


def test_the_server_writes_objects_that_name_neither_people_nor_networks(tmp_path: Path):
    site = {"VAR_DIR": str(tmp_path), "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    assert manage("collectstatic", "--noinput", "--verbosity", "0", **site).returncode == 0
    log = tmp_path / "log"
    with log.open("w") as file, gunicorn(workers=1, log=file, LOG_FORMAT="json", **site) as address:
        for path, data in (
            (f"/de/zustaendig/?ort={CANARY}", None),
            (f"/de/nirgends/?q={CANARY}", None),
            (f"/de/weiter/{KEY}/", b"again=1"),
            ("/de/anfrage/hilfe-suchen/", f"name={CANARY}&email={CANARY}@example.org".encode()),
        ):
            request = urllib.request.Request(address + path, data)
            request.add_header("X-Forwarded-For", "203.0.113.7")
            try:
                urllib.request.urlopen(request).close()
            except urllib.error.HTTPError as error:
                error.close()
        unreadable(address, f"GET /?q={CANARY}\0 HTTP/1.1\r\n\r\n")

    lines = log.read_text().splitlines()
    loggers = {json.loads(line)["logger"] for line in lines}
    assert {"gunicorn.error", "django.request"} <= loggers
    told = (CANARY, KEY, "203.0.113", "ip=")
    assert not [line for line in lines if any(word in line for word in told)]
    assert [line for line in lines if '"Invalid request"' in line]


def unreadable(address: str, text: str) -> None:
    """Sends what is no request, and waits until the server has said so."""
    host, _colon, port = address.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(text.encode())
        assert b"400" in line.recv(100)
