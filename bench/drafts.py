"""Many applicants on the evening of the closing date: 300 write, 50 send, all at once.

Two workers serve them, on the database in DATABASE_URL (empty; SQLite in a scratch folder without).
Ends with an error when one answer is not what it should be, or one field is lost; prints how long
saving and sending took. Usage: python -m bench.drafts
"""

import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from bench.run import ROOT, manage, served

WRITERS, SENDERS, SAVES = 300, 50, 4
TOKEN = "a" * 32  # of the forms: cookie and field have to agree
PREPARE = """
import datetime as dt, json
import django; django.setup()
from portal import clock
from portal.models import User
from tests.contacts.county import county
from tests.portal.entering import entered
from tests.projects import cases
now = clock.now()
agency = county().agency
day = dt.timedelta(days=1)
call = cases.open_call(agency, opens_at=now - day, closes_at=now + day)
for number in range(%d):
    client = entered(f"user{number}@example.org")
    user = User.objects.get(email=f"user{number}@example.org")
    made = cases.draft(call, user, now=now)
    print(json.dumps([str(made.uuid), client.cookies["session"].value]))
"""
STORED = """
import json
import django; django.setup()
from projects.models import Application
for each in Application.objects.prefetch_related("sections", "versions"):
    content = {row.section: row.answers for row in each.sections.all()}
    print(json.dumps([str(each.uuid), each.state, each.versions.count(), content]))
"""


@dataclass
class Figures:
    """Seconds of each answer, and what went wrong."""

    saves: list[float] = field(default_factory=list)
    submits: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Applicant:
    """One person with a session of their own."""

    def __init__(self, base: str, case: str, session: str) -> None:
        self.case = case
        self.connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=120)
        self.headers = {"Cookie": f"session={session}; csrf={TOKEN}"}

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str, float]:
        body = urlencode({"csrfmiddlewaretoken": TOKEN} | fields) if method == "POST" else None
        headers = dict(self.headers)
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        self.connection.request(method, f"/de/antrag/{self.case}/{path}", body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        return answer.status, text, time.perf_counter() - started

    def write(self, start: threading.Barrier, figures: Figures) -> None:
        start.wait()
        for number in range(1, SAVES + 1):
            fields = {"content": text_of(self.case, number), "participants": "20"}
            path = "abschnitt/inhalt/"
            status, _text, seconds = self.ask("POST", path, revision=str(number), **fields)
            figures.saves.append(seconds)
            if status != 302:
                figures.wrong.append(f"save: {status}")

    def send(self, start: threading.Barrier, figures: Figures) -> None:
        start.wait()
        _status, text, _seconds = self.ask("GET", "pruefen/")
        key = re.search(r'name="key" value="([^"]+)"', text)
        status, _text, seconds = self.ask("POST", "pruefen/", key=key[1] if key else "")
        figures.submits.append(seconds)
        if status != 302:
            figures.wrong.append(f"submit: {status}")


def text_of(case: str, number: int) -> str:
    return f"Fassung {number} von {case}"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        environment = os.environ | {
            "VAR_DIR": scratch,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "WEB_CONCURRENCY": "2",
            "JOBS": "off",
            "SECRET_KEY": TOKEN * 2,  # the sessions are made by another process
        }
        manage("migrate", environment=environment)
        manage("collectstatic", "--noinput", environment=environment)
        people = _python(PREPARE % (WRITERS + SENDERS), environment)
        figures = Figures()
        with served(environment) as base:
            everybody = [Applicant(base, *row) for row in people]
            start = threading.Barrier(len(everybody))
            with ThreadPoolExecutor(len(everybody)) as pool:
                for number, person in enumerate(everybody):
                    work = person.write if number < WRITERS else person.send
                    pool.submit(work, start, figures)
        _compare(figures, _python(STORED, environment), {row[0] for row in people[:WRITERS]})
    _print("saves", figures.saves)
    _print("submits", figures.submits)
    if figures.wrong or len(figures.saves) + len(figures.submits) < WRITERS * SAVES + SENDERS:
        sys.exit(f"{len(figures.wrong)} wrong: {sorted(set(figures.wrong))[:5]}")
    print("No error, no lost field.")


def _python(script: str, environment: dict[str, str]) -> list:
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]


def _compare(figures: Figures, stored: list, writers: set[str]) -> None:
    for case, state, versions, content in stored:
        expected = ("draft", 0) if case in writers else ("submitted", 1)
        if (state, versions) != expected:
            figures.wrong.append(f"{state} with {versions} versions")
        if case in writers and content["inhalt"]["content"] != [text_of(case, SAVES)]:
            figures.wrong.append("a text is lost")
        if len(content) != 7:
            figures.wrong.append("a section is lost")


def _print(name: str, seconds: list[float]) -> None:
    middle, late = statistics.median(seconds), statistics.quantiles(seconds, n=100)[98]
    print(f"{len(seconds)} {name}: median {middle:.2f} s, 99 of 100 within {late:.2f} s")


if __name__ == "__main__":
    main()
