"""The database goes away and comes back: what visitors see meanwhile, from real processes."""

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import postgresql, servers
from tests.needs import need
from tests.portal.test_jobs import until
from tests.site.pages import PAGES

KNOWN = "You see what we knew last"


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: dict[str, str]

    @property
    def main(self) -> str:
        return re.search(r"(?s)<main.*</main>", self.text)[0]


def get(address: str, data: dict | None = None) -> Answer:
    body = urllib.parse.urlencode(data).encode() if data else None
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body), timeout=30) as found:
            return Answer(found.status, found.read().decode(), dict(found.headers))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read().decode(), dict(error.headers))


@dataclass(frozen=True)
class Site:
    """A demo on a PostgreSQL of its own; `variables` are the environment of a server for it."""

    database: postgresql.Cluster
    variables: dict[str, str]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    need(postgresql.binaries(), "PostgreSQL server (initdb)")
    folder: Path = tmp_path_factory.mktemp("away")
    with postgresql.cluster() as database:
        variables = {"VAR_DIR": str(folder / "var"), "DATABASE_URL": database.url}
        for command in (("demo", "--no-serve"), ("run_jobs",)):
            done = servers.manage(*command, **variables)
            assert done.returncode == 0, done.stderr
        yield Site(database, variables)


# Lists that ask the database for what fits a filter; without one they answer.
FILTERED = {"filtered documents", "no documents", "filtered network", "no partners"}
FILTERED |= {"funded projects"}
PUBLIC = [p for p in PAGES if p.is_public and not p.by_post and p.name not in FILTERED]
NAMES_ITS_ADDRESS = {"notice", "notice without a name"}  # in a picture to be scanned
FORM = "/en/anfrage/hilfe-anbieten/"
WRITTEN = "</textarea>Two free evenings"


def walk(base: str) -> dict[str, Answer]:
    return {page.name: get(base + page.url("en")) for page in PUBLIC}


def test_pages_go_on_forms_say_whom_to_call_and_all_is_well_afterwards(site):
    with servers.gunicorn(workers=1, **site.variables) as base:
        before = walk(base)
        assert {
            name: answer.status for name, answer in before.items() if answer.status != 200
        } == {}

        site.database.stop()
        try:
            assert as_before(walk(base), before) == []
            refused = get(base + FORM, {"text": WRITTEN, "opened": "4711", "stelle": "4712"})
            for path in ("/en/foerderung/projekte/", "/readyz"):
                assert get(base + path).status == 503
            assert get(f"{base}/healthz").status == 200
            with servers.gunicorn(workers=1, **site.variables) as started_meanwhile:
                fresh = walk(started_meanwhile)
                assert set(as_before(fresh, before)) <= NAMES_ITS_ADDRESS
        finally:
            site.database.start()

        assert (refused.status, refused.headers["Retry-After"]) == (503, "60")
        assert "03433 241-3431" in refused.text
        assert "&lt;/textarea&gt;Two free evenings" in refused.text
        assert "4711" not in refused.text
        assert "4712" not in refused.text
        until(lambda: KNOWN not in get(f"{base}/en/").text)
        assert get(f"{base}/readyz").status == 200
        # Each thread has kept a connection of its own, and none of them is the former one.
        with ThreadPoolExecutor(16) as visitors:
            after = list(visitors.map(get, [base + FORM] * 48))
        assert {answer.status for answer in after} == {200}


def as_before(meanwhile: dict[str, Answer], before: dict[str, Answer]) -> list[str]:
    """The pages that are not what they were, or do not say that they may be old."""
    return [
        name
        for name, answer in meanwhile.items()
        if answer.status != 200
        or answer.headers["Cache-Control"] != "no-store"
        or (
            "<main" in answer.text
            and (KNOWN not in answer.text or answer.main != before[name].main)
        )
    ]
