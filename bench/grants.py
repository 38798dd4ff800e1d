"""A county with 10,000 cases: its lists, its exports and its letters.

Makes the cases in an empty database (DATABASE_URL, else SQLite in a scratch folder), asks each list
many times in this process and prints the 95th percentile beside that of a plain answer; then how
much memory an export takes at 1,000 and at 10,000 cases, and how many letters a second are made.
Usage: python -m bench.grants
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CASES, TRIES = 10_000, 30
ROOT = Path(__file__).resolve().parent.parent
INSIDE = "BENCH_INSIDE"


def main() -> None:
    """Migrate a scratch database, and measure in a process that uses it."""
    if os.environ.get(INSIDE):
        return measure()
    with tempfile.TemporaryDirectory() as folder:
        variables = {
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "VAR_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            **os.environ,
            INSIDE: "1",
        }
        steps = ("migrate", "-v0"), ("collectstatic", "-v0", "--no-input")
        for command in (*(["manage.py", *step] for step in steps), ["-m", "bench.grants"]):
            subprocess.run([sys.executable, *command], cwd=ROOT, env=variables, check=True)
    return None


def measure() -> None:
    import django

    django.setup()
    from django.test import Client

    made = prepare(1_000)
    client = Client(headers={"accept-language": "de", "host": "localhost"})
    client.force_login(made["auditor"], backend="portal.auth.StaffBackend")
    small = export_memory(client)
    prepare(CASES - 1_000, **made)
    plain = p95(lambda: client.get("/de/does-not-exist/"))
    print(f"{CASES} cases; a plain answer (404): {plain:.1f} ms")
    for name, address in lists(made).items():
        milliseconds = p95(lambda address=address: check(client.get(address)))
        print(f"{name}: p95 {milliseconds:.0f} ms, {milliseconds / plain:.1f} plain answers")
    print(f"export as CSV: {small:.1f} MB at 1,000 cases, {export_memory(client):.1f} at {CASES}")
    print(f"letters: {letters(made['case']):.0f} a second")


def prepare(number: int, **made) -> dict:
    """Add so many cases, half of them granted with a payout each."""
    from tests.projects import many_cases

    return many_cases.add(number, **made)


def lists(made: dict) -> dict[str, str]:
    from django.urls import reverse

    queue = reverse("admin:projects_application_changelist")
    return {
        "queue": queue,
        "queue, my cases": f"{queue}?next=mine",
        "queue, search": f"{queue}?q=Fest+77",
        "page of a case": reverse("admin:projects_application_change", args=[made["case"].pk]),
        "payouts": reverse("admin:projects_payout_changelist"),
        "budget": reverse("admin:projects_budget_change", args=[made["budget"].pk]),
        "numbers by month": reverse("admin:projects_application_numbers") + "?by=month",
        "public register": reverse("projects:funded"),
        "public register, a town": reverse("projects:funded") + "?ort=grimma",
    }


def check(answer) -> None:
    if answer.status_code != 200:
        raise SystemExit(f"{answer.status_code} from {answer.request['PATH_INFO']}")


def p95(ask) -> float:
    """Milliseconds within which 95 of 100 answers come; after two to warm up."""
    for _number in range(2):
        ask()
    times = []
    for _number in range(TRIES):
        begun = time.perf_counter()
        ask()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.quantiles(times, n=20)[-1]


def export_memory(client) -> float:
    """The most megabytes that an export of the queue as CSV needs at once."""
    import tracemalloc

    from django.urls import reverse

    address = reverse("admin:projects_application_export", args=["csv"])
    check(client.get(address))
    tracemalloc.start()
    check(client.get(address))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1_000_000


def letters(case) -> float:
    """Grant decisions composed and rendered a second, in one process."""
    from portal import clock
    from projects import letters as writing

    proposal = case.proposals.get()
    now, number = clock.now(), 0
    begun = time.perf_counter()
    while time.perf_counter() - begun < 5:
        writing.render(writing.decision(proposal, dated=clock.today(now)), now=now)
        number += 1
    return number / (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
