"""Timed jobs: when they are due, one process at a time, and nothing that one of them does stops."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal import jobs
from portal.models import JobRun
from tests.portal import smtp
from tests.portal.smtp import database_url
from tests.portal.test_outbox import NOW
from tests.servers import ROOT, environment, gunicorn

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
def register(monkeypatch):
    """Registers jobs; those of the site are left out meanwhile."""
    monkeypatch.setattr(jobs, "_jobs", {})

    def add(name: str, run, schedule=None, **options) -> None:
        schedule = schedule or jobs.Every(MINUTE)
        jobs.register(jobs.Job(name, name.title(), schedule, run, **options))

    return add


def run_due(now: dt.datetime = NOW) -> dict[str, str]:
    return {ran.name: ran.error or ran.report for ran in jobs.run_due(tell_time=lambda: now)}


# When ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_start", "now", "is_due"),
    [
        (None, "2026-11-23T12:00+00:00", True),
        ("2026-11-23T02:00+00:00", "2026-11-23T22:00+00:00", False),  # today at three already
        ("2026-11-23T02:00+00:00", "2026-11-24T01:59+00:00", False),
        ("2026-11-23T02:00+00:00", "2026-11-24T02:00+00:00", True),  # 03:00 in winter
        ("2026-11-21T02:00+00:00", "2026-11-23T12:00+00:00", True),  # the machine was off
        ("2026-11-23T01:30+00:00", "2026-11-23T12:00+00:00", True),  # that was last night's
        ("2026-07-01T01:00+00:00", "2026-07-02T00:59+00:00", False),
        ("2026-07-01T01:00+00:00", "2026-07-02T01:00+00:00", True),  # 03:00 in summer
        ("2026-03-28T02:00+00:00", "2026-03-29T01:00+00:00", True),  # the clock jumps from 2 to 3
        ("2026-10-24T01:00+00:00", "2026-10-25T01:30+00:00", False),  # the second 02:30 of that day
        ("2026-10-24T01:00+00:00", "2026-10-25T02:00+00:00", True),
        ("2026-10-25T02:00+00:00", "2026-10-25T22:59+00:00", False),
    ],
)
def test_a_nightly_job_runs_once_a_local_day(last_start, now, is_due):
    last = dt.datetime.fromisoformat(last_start) if last_start else None

    assert jobs.Nightly().is_due(last, dt.datetime.fromisoformat(now)) is is_due


@pytest.mark.django_db
def test_a_job_runs_when_its_time_has_come_and_says_what_it_did(register):
    register("count", lambda now: f"at {now:%H:%M}")

    assert run_due() == {"count": "at 09:00"}
    assert run_due(NOW + MINUTE / 2) == {}
    assert run_due(NOW + MINUTE) == {"count": "at 09:01"}
    row = JobRun.objects.get()
    assert (row.last_start, row.last_end, row.last_success) == (NOW + MINUTE,) * 3
    assert (row.report, row.error, row.leased_until) == ("at 09:01", "", None)


# One at a time ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_nobody_runs_a_job_that_somebody_else_is_at_until_the_lease_is_over(register):
    calls, others = [], []

    def work(now: dt.datetime) -> str:
        calls.append(now)
        if len(calls) > 1:
            return "again"
        others.extend([run_due(NOW + 2 * MINUTE), run_due(NOW + 2 * HOUR)])
        return "late"

    register("slow", work, lease=HOUR)
    run_due()

    assert others == [{}, {"slow": "again"}]
    assert JobRun.objects.get().report == "again"  # whoever has lost the lease writes nothing


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_process_that_was_killed_is_taken_over(register):
    script = """
import datetime as dt, os, signal, sys
import django; django.setup()
from portal import jobs
jobs._jobs.clear()
jobs.register(jobs.Job("deadly", "", jobs.Nightly(), lambda now: os.kill(os.getpid(), 9)))
jobs.run_due(tell_time=lambda: dt.datetime.fromisoformat(sys.argv[1]))
"""
    killed = subprocess.run(
        [sys.executable, "-c", script, NOW.isoformat()],
        cwd=ROOT,
        env=environment(DATABASE_URL=database_url()),
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    register("deadly", lambda now: "alive", jobs.Every(MINUTE))

    assert run_due(NOW + jobs.LEASE / 2) == {}
    assert run_due(NOW + jobs.LEASE) == {"deadly": "alive"}


# What goes wrong ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_job_that_fails_stops_no_other_and_tells_where_but_not_about_whom(register, caplog):
    def fail(now: dt.datetime) -> str:
        raise ValueError("amal@example.org")

    register("broken", fail)
    register("sound", lambda now: "fine")

    assert run_due()["sound"] == "fine"
    row = JobRun.objects.get(name="broken")
    assert row.error.startswith("ValueError in tests/portal/test_jobs.py:")
    assert (row.last_end, row.last_success, row.leased_until) == (NOW, None, None)
    assert "Job broken failed: ValueError in tests/portal/test_jobs.py:" in caplog.text
    assert "amal" not in caplog.text + row.error
    register("broken", lambda now: "mended")
    assert run_due(NOW + MINUTE)["broken"] == "mended"
    assert JobRun.objects.get(name="broken").error == ""


# Processes ----------------------------------------------------------------------------------------

LOOP = """
import datetime as dt, sys
import django; django.setup()
from portal import jobs
from portal.processes import Bell
bell = Bell()
def work(now):
    print("begin", flush=True)
    return print(sys.stdin.readline().strip(), flush=True) or ""
jobs._jobs.clear()
jobs.register(jobs.Job("work", "", jobs.Every(dt.timedelta(0)), work))
jobs.loop(pause=lambda seconds: bell.pause(0.05), go_on=lambda: bell.is_silent)
"""
KEPT = """
import os
from portal import processes
processes.RESTART_AFTER = 0
def work(bell):
    print(os.getpid(), flush=True)
    while bell.pause(60):
        pass
processes.keep_running(work, parent=os.getppid())
"""


@contextmanager
def python(script: str, **variables: str) -> Iterator[subprocess.Popen]:
    """A process that runs `script`; talked to through pipes, and gone at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment(**variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.django_db(transaction=True)
def test_the_loop_waits_for_the_database_and_ends_after_the_present_piece_of_work():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE portal_jobrun RENAME TO away")
    try:
        with python(LOOP, DATABASE_URL=database_url()) as process:
            assert "Jobs wait for the database" in process.stderr.readline()
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE away RENAME TO portal_jobrun")
            assert process.stdout.readline() == "begin\n"
            process.stdin.write("one\n")
            process.stdin.flush()
            assert process.stdout.readline() == "one\n"
            assert "the database is back" in process.stderr.readline()
            assert process.stdout.readline() == "begin\n"
            process.terminate()
            out, _errors = process.communicate("two\n", timeout=60)
            assert (out, process.returncode) == ("two\n", 0)
    finally:
        if "away" in connection.introspection.table_names():
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE away RENAME TO portal_jobrun")
    row = JobRun.objects.get()
    assert (row.leased_until, row.error) == (None, "")


def test_a_loop_that_is_killed_comes_back_and_ends_when_it_is_asked_to():
    with python(KEPT) as process:
        first = int(process.stdout.readline())
        os.kill(first, signal.SIGKILL)
        second = int(process.stdout.readline())
        assert second != first
        process.terminate()
        assert process.wait(timeout=60) == 0
        with pytest.raises(ProcessLookupError):
            os.kill(second, 0)


def test_a_loop_ends_with_the_process_that_has_started_it():
    orphan = KEPT.replace("os.getppid()", "os.getpid()")  # not our parent, or not any more
    with python(orphan) as process:
        assert process.communicate(timeout=60) == ("", "")
        assert process.returncode == 0


@pytest.mark.django_db(transaction=True)
def test_the_web_process_runs_the_jobs_beside_it_and_takes_them_along(tmp_path):
    reads, writes = os.pipe()
    with os.fdopen(reads) as log, os.fdopen(writes, "w") as errors:
        with gunicorn(workers=1, log=errors, JOBS="on", DATABASE_URL=database_url()):
            until(lambda: JobRun.objects.filter(last_success__isnull=False).count() == len(SITE))
        errors.close()
        log.read()  # ends when no process is left that could write there


SITE = jobs.registered()


def until(is_so, seconds: float = 30) -> None:
    """Ask again and again, as `tests.servers.wait_for` does."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "It did not come to that."
        time.sleep(0.1)


# Commands -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_jobs_can_be_run_by_hand(register, capsys):
    register("sound", lambda now: "fine")
    register("quiet", lambda now: "")

    call_command("run_jobs")
    call_command("run_jobs")
    call_command("run_jobs", "sound")
    call_command("run_jobs", "--list")
    assert capsys.readouterr().out.splitlines() == [
        "sound: fine",
        "quiet: nothing to do",
        "No job is due, or another process is at it.",
        "sound: fine",
        "sound                Sound",
        "quiet                Quiet",
    ]
    with pytest.raises(CommandError, match="No such job: nonsense"):
        call_command("run_jobs", "nonsense")


@pytest.mark.django_db
def test_a_job_that_fails_by_hand_is_an_error_of_the_command(register):
    register("broken", lambda now: 1 / 0)

    with pytest.raises(CommandError, match="A job failed"):
        call_command("run_jobs", "broken")


def test_the_site_sends_mail_every_few_seconds_and_wipes_it_at_night():
    assert SITE["mail"].schedule == jobs.Every(dt.timedelta(seconds=5))
    assert SITE["wipe-mail"].schedule == jobs.Nightly(dt.time(3))


def test_a_test_mail_says_what_works_and_what_does_not(settings, capsys):
    settings.EMAIL_BACKEND = "tests.portal.smtp.OutsideTransactions"
    settings.DEMO, settings.EMAIL_HOST, settings.EMAIL_USE_TLS = False, smtp.HOST, False
    settings.DEFAULT_FROM_EMAIL = "portal@ansprechbar.test"
    with smtp.mail_server() as server:
        settings.EMAIL_PORT = server.port
        call_command("send_test_mail", "me@example.org")
        assert server.received[0]["To"] == "me@example.org"
        server.answers = {"RCPT": ["550 5.1.1 unknown"]}
        with pytest.raises(
            CommandError, match=r"recipient \(550 5\.1\.1\)\. The server is reached"
        ):
            call_command("send_test_mail", "me@example.org")
    assert "Accepted by the server" in capsys.readouterr().out
    with pytest.raises(CommandError, match=r"unreachable\. Check EMAIL_HOST"):
        call_command("send_test_mail", "me@example.org")
    with pytest.raises(CommandError, match="no e-mail address"):
        call_command("send_test_mail", "nobody")
    settings.EMAIL_HOST = ""
    with pytest.raises(CommandError, match="Set EMAIL_HOST"):
        call_command("send_test_mail", "me@example.org")
    settings.DEMO = True
    with pytest.raises(CommandError, match="demo never sends"):
        call_command("send_test_mail", "me@example.org")
