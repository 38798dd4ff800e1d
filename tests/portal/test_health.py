import datetime as dt
import json
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from portal import outbox
from portal.health import newest_migrations
from portal.models import JobRun
from tests.servers import gunicorn


def readiness_of(address: str) -> tuple[int, dict[str, str]]:
    """Status and parts of `/readyz` of a running server."""
    try:
        with urllib.request.urlopen(f"{address}/readyz") as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_healthz_needs_no_database_no_known_host_and_no_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True  # and pytest-django refuses any query here
    response = client.get("/healthz", headers={"host": "unknown.example"})
    assert response.status_code == 200
    assert response.content == b"ok"
    assert response["Content-Type"] == "text/plain"
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


@pytest.mark.django_db
def test_readyz_names_every_part_that_is_well(client):
    JobRun.objects.create(name="mail", last_start=timezone.now())
    response = client.get("/readyz")
    parts = ("database", "migrations", "disk", "jobs", "mail")
    assert response.json() == dict.fromkeys(parts, "ok")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_jobs_that_do_not_run_are_told_but_keep_no_visitor_away(client):
    assert client.get("/readyz").json()["jobs"] == "never started"
    JobRun.objects.create(name="mail", last_start="2026-01-02T03:04Z")
    response = client.get("/readyz")
    assert response.json()["jobs"] == "last started 2026-01-02T03:04Z"
    assert response.status_code == 200


@pytest.mark.django_db
def test_a_job_that_failed_and_mail_that_stays_are_told(client, settings):
    settings.DEMO = False
    now = timezone.now()
    JobRun.objects.create(name="mail", last_start=now)
    JobRun.objects.create(name="erase-due", last_start=now, error="ValueError in x.py:1")
    for number, hours in ((1, 0), (2, 1), (3, 2)):
        outbox.put(
            f"example:{number}",
            to="amal@example.org",
            subject="Hello",
            body="Hello",
            language="de",
            now=now - dt.timedelta(hours=hours),
        )

    parts = client.get("/readyz").json()

    assert parts["jobs"] == "failed: erase-due"
    assert parts["mail"].startswith("3 waiting, the oldest since ")
    assert (now - dt.timedelta(hours=2)).strftime("%Y-%m-%dT%H:%MZ") in parts["mail"]
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_readyz_asks_for_a_constant_number_of_queries(client, django_assert_max_num_queries):
    client.get("/readyz")
    with django_assert_max_num_queries(7):
        client.get("/readyz")


@pytest.mark.django_db
def test_readyz_names_a_migration_that_is_not_applied(client):
    newest = next(name for app, name in newest_migrations() if app == "portal")
    MigrationRecorder(connection).record_unapplied("portal", newest)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["migrations"] == f"not applied: portal.{newest}"


@pytest.mark.django_db
def test_readyz_says_that_the_disk_is_not_there(client, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "missing"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["disk"] == "not readable"


def test_without_a_database_the_process_is_alive_but_not_ready():
    with gunicorn(workers=1, DATABASE_URL="postgres://nobody@127.0.0.1:1/none") as address:
        status, parts = readiness_of(address)
    assert status == 503
    assert parts["database"] == "not reachable or not writable"
    assert parts["migrations"] == "unknown"


def test_a_sqlite_file_that_cannot_be_written_is_not_ready(tmp_path: Path):
    database = tmp_path / "folder-instead-of-file.sqlite3"
    database.mkdir()
    with gunicorn(workers=1, DATABASE_URL=f"sqlite:///{database}") as address:
        status, parts = readiness_of(address)
    assert status == 503
    assert parts["database"] == "not reachable or not writable"


def test_a_postgresql_that_only_reads_is_not_ready(postgresql_url):
    with psycopg.connect(postgresql_url, autocommit=True) as server:
        server.execute("CREATE DATABASE standby")
        server.execute("ALTER DATABASE standby SET default_transaction_read_only = on")
    url = postgresql_url.removesuffix("/postgres") + "/standby"
    with gunicorn(workers=1, DATABASE_URL=url) as address:
        status, parts = readiness_of(address)
    assert status == 503
    assert parts["database"] == "read-only"


@pytest.mark.parametrize("path", ["/", "/de/", "/verwaltung/", "/healthz"])
def test_trace_is_refused_everywhere(client, path):
    response = client.trace(path)
    assert response.status_code == 405
    assert "TRACE" not in response["Allow"]
