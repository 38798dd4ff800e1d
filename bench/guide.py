"""The guide with 200 offers: its pages and its booklet, beside a plain answer.

Uses an empty database (DATABASE_URL, else SQLite in a scratch folder).
Usage: python -m bench.guide
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OFFERS, TOWNS, TRIES = 200, 30, 15
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
        for command in (*(["manage.py", *step] for step in steps), ["-m", "bench.guide"]):
            subprocess.run([sys.executable, *command], cwd=ROOT, env=variables, check=True)
    return None


def measure() -> None:
    import django

    django.setup()
    from django.test import Client

    from projects.views.booklet import rendered

    prepare()
    client = Client(headers={"accept-language": "de", "host": "localhost"})
    plain = p50(lambda: client.get("/de/does-not-exist/"))
    print(f"{OFFERS} offers in {TOWNS} towns; a plain answer (404): {plain:.1f} ms")

    def made_anew(query: str):
        from django.core.cache import cache

        rendered.forget()
        cache.clear()  # or it would be too often
        return client.get(f"/de/angebote/heft.pdf{query}")

    asked = {
        "list": lambda: client.get("/de/angebote/"),
        "list, three filters": lambda: client.get("/de/angebote/?art=sport&tag=1&kostenlos=1"),
        "map": lambda: client.get("/de/angebote/karte/"),
        "booklet": lambda: made_anew(""),
        "booklet, German and Arabic": lambda: made_anew("?zweite=ar"),
        "booklet, German and English": lambda: made_anew("?zweite=en"),
        "booklet, made before": lambda: client.get("/de/angebote/heft.pdf?zweite=en"),
    }
    for name, ask in asked.items():
        begun = time.perf_counter()
        check(ask())
        first = (time.perf_counter() - begun) * 1000
        milliseconds = p50(lambda ask=ask: check(ask()))
        print(
            f"{name}: {milliseconds:.0f} ms, {milliseconds / plain:.1f} plain answers "
            f"(the first one {first:.0f} ms)"
        )


def prepare() -> None:
    from tests import factories
    from tests.projects.offering import offer

    district = factories.district("Landkreis Muster")
    agency = factories.agency("Koordinierungsstelle", district)
    towns = [factories.municipality(f"Ort {n}", district) for n in range(TOWNS)]
    kinds = ("meeting", "sport", "german", "advice")
    text = "Wir treffen uns in der Bibliothek, reden Deutsch und trinken Kaffee. Kinder kommen mit."
    arabic = "نلتقي كل يوم في المكتبة، نتحدث معا ونشرب القهوة."
    for n in range(OFFERS):
        offer(
            agency,
            towns[n % TOWNS],
            f"Angebot {n}",
            text=text,
            kind=kinds[n % 4],
            days=(n % 7 + 1,),
            cost="free",
            texts={"ar": (f"مقهى {n}", arabic), "en": (f"Offer {n}", "We meet in the library.")},
        )


def check(answer) -> None:
    if answer.status_code != 200:
        raise SystemExit(f"{answer.status_code} from {answer.request['PATH_INFO']}")


def p50(ask) -> float:
    """The median of some answers in milliseconds, after two to warm up."""
    times = []
    for number in range(TRIES + 2):
        begun = time.perf_counter()
        ask()
        if number > 1:
            times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
