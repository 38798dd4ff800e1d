"""Logs: one object a line, with the id of the request, and nothing that names anybody."""

import json
import logging
import urllib.error
import urllib.request
from pathlib import Path

from django.http import HttpRequest

from portal.logs import JsonFormatter, RequestIdFilter, WithoutSecrets
from tests.servers import gunicorn, manage

CANARY = "kanarienvogel"


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
            ("/de/anfrage/hilfe-suchen/", f"name={CANARY}&email={CANARY}@example.org".encode()),
        ):
            request = urllib.request.Request(address + path, data)
            request.add_header("X-Forwarded-For", "203.0.113.7")
            try:
                urllib.request.urlopen(request).close()
            except urllib.error.HTTPError as error:
                error.close()

    lines = log.read_text().splitlines()
    loggers = {json.loads(line)["logger"] for line in lines}
    assert {"gunicorn.error", "django.request"} <= loggers
    assert not [line for line in lines if CANARY in line or "203.0.113" in line]
