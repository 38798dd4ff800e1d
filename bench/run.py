"""Measure the site against a plain Django answer under the same gunicorn, and print ratios.

Absolute rates differ from machine to machine; how many plain answers a page costs hardly does.
Needs `wrk` on the PATH (Debian: apt-get install wrk).
Usage: python -m bench.run [NAMES.csv.gz]
"""

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3
SECONDS = 4
PAGES = {
    "start page": "/de/",
    "result page": "/de/zustaendig/?ort=Grimma",
    "result page, not modified (304)": "/de/zustaendig/?ort=Grimma",
    "suggestions": "/de/zustaendig/vorschlaege/?ort=Beuch",
    "suggestions after a slip": "/de/zustaendig/vorschlaege/?ort=Makranst%C3%A4dt",
    "town page": "/de/orte/grimma/",
    "map": "/de/karte/",
}
NOT_MODIFIED = "result page, not modified (304)"


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw: requests a second, and latencies in milliseconds."""

    rate: float
    p50: float
    p99: float


def main() -> None:
    wrk = shutil.which("wrk")
    if wrk is None:
        sys.exit("make bench needs wrk (Debian: apt-get install wrk).")
    with tempfile.TemporaryDirectory() as scratch:
        environment = os.environ | {
            "VAR_DIR": scratch,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "WEB_CONCURRENCY": "2",
        }
        print("Preparing a database with the bundled data …", flush=True)
        manage("demo", "--no-serve", environment=environment)
        with served(environment) as base:
            plain_rate = _compare(wrk, base)
    _look_ups(plain_rate)


def manage(*arguments: str, environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    command += ["--max-requests", "0", "bench.wsgi:application"]  # no worker is renewed meanwhile
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{base}/healthz")
        yield base
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _compare(wrk: str, base: str) -> float:
    """Print a row per page; return the median rate of the plain answer, a second."""
    print(f"\n{'':34} plain ÷ page   p50 ÷ plain   p99 ÷ plain   rate ÷ plain")
    plain_rates = []
    for name, path in PAGES.items():
        headers = _etag(base + path) if name == NOT_MODIFIED else []
        rounds = []
        for _round in range(ROUNDS):
            plain = _load(wrk, f"{base}/plain/", [])
            page = _load(wrk, base + path, headers)
            plain_rates.append(plain.rate)
            rounds.append(
                (
                    plain.rate / page.rate,
                    page.p50 / plain.p50,
                    page.p99 / plain.p99,
                    page.rate / plain.rate,
                )
            )
        medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
        print(f"{name:34} {medians[0]:12.1f} {medians[1]:13.1f} {medians[2]:13.1f} "
              f"{medians[3]:14.3f}", flush=True)  # fmt: skip
    return statistics.median(plain_rates)


def _etag(url: str) -> list[str]:
    with urllib.request.urlopen(url) as answer:
        return ["-H", f"If-None-Match: {answer.headers['ETag']}"]


def _load(wrk: str, url: str, headers: list[str]) -> Load:
    # Kept-alive connections may all land on one worker, so each request opens its own.
    command = [wrk, "-t1", "-c8", f"-d{SECONDS}s", "--latency", "-H", "Connection: close"]
    output = subprocess.run(
        [*command, *headers, url], check=True, capture_output=True, text=True
    ).stdout
    if "Non-2xx" in output:
        sys.exit(f"{url} answered with errors:\n{output}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    return Load(rate, _milliseconds(output, "50%"), _milliseconds(output, "99%"))


def _milliseconds(output: str, percentile: str) -> float:
    value, unit = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)", output).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def _look_ups(plain_rate: float) -> None:
    """Print what a look-up costs in the index, as a share of a plain answer."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    import django

    django.setup()
    from bench import names

    given = Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else None
    found = names.from_file(given) if given else names.generated()
    print(f"\nLook-up in the index, {'names of ' + given.name if given else 'generated names'}")
    print(f"{'names':>8} {'exact ÷ exact at 300':>22} {'similar ÷ exact':>17} "
          f"{'exact ÷ plain':>15} {'similar ÷ plain':>17}")  # fmt: skip
    measured = names.measure(found)
    first = measured[names.SIZES[0]][0]
    for size, (exact, similar) in measured.items():
        print(f"{size:8} {exact / first:22.2f} {similar / exact:17.1f} "
              f"{exact * plain_rate:15.3f} {similar * plain_rate:17.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
