"""The former release goes on while the tables are those of the next one already.

Its code is that of the newest tag; as long as there is none, of the commit before the newest
migration. It gets the rows that today's code has written.
"""

import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from portal.guarded import FASTEST
from tests.portal.test_jobs import until
from tests.servers import ROOT, gunicorn, manage

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
LINK = re.compile(r'href="(/(?:en|verwaltung)/[^"#?]*)"')
MOST = 40  # pages from one beginning: one of every kind is among them
NOT_TO_FOLLOW = ("/abmelden/", "/logout/", ".zip")


def git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def former_commit() -> str:
    """Where the code of the former release is; "" where the history does not tell."""
    tag = git("describe", "--tags", "--abbrev=0", "HEAD^")
    newest = git("log", "-1", "--format=%H", "--diff-filter=A", "--", "*/migrations/0*.py")
    before = f"{newest}^" if newest else ""
    return git("rev-parse", "--quiet", "--verify", f"{tag or before}^{{commit}}")


@pytest.fixture
def old_code(tmp_path: Path) -> Path:
    commit = former_commit()
    if not commit:
        pytest.skip("this checkout has no history with a former release")
    folder = tmp_path / "old"
    folder.mkdir()
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
    return folder


class Browser:
    """Somebody who keeps cookies and notes what failed."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.opener.addheaders = [("Accept-Language", "en"), ("Origin", address)]
        self.failed: list[str] = []

    def open(self, path: str, data: dict[str, str] | None = None) -> str:
        body = urllib.parse.urlencode(data).encode() if data else None
        try:
            with self.opener.open(self.address + path, body, timeout=60) as found:
                return found.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            if error.code >= 500:
                self.failed.append(f"{error.code} {path}")
            return error.read().decode(errors="replace")

    def send(self, path: str, **typed: str) -> str:
        return self.open(path, {**dict(HIDDEN.findall(self.open(path))), **typed})

    def walk(self, begin: str) -> int:
        """Open what `begin` links to, and what the first of these link to; say how many."""
        seen: list[str] = [begin]
        for path in seen:
            if len(seen) > MOST and path == seen[MOST]:
                break
            links = LINK.findall(self.open(path))
            fresh = [each for each in links if each not in seen]
            seen += [e for e in dict.fromkeys(fresh) if not e.endswith(NOT_TO_FOLLOW)]
        return min(len(seen), MOST)


@pytest.fixture
def served(old_code: Path, tmp_path: Path, fresh_demo) -> Iterator[str]:
    with fresh_demo.copy(tmp_path) as site:
        for command in (("compile_catalogues",), ("collectstatic", "--noinput", "-v", "0")):
            done = manage(*command, code=old_code, **site)
            assert done.returncode == 0, done.stderr
        done = manage("run_jobs", code=old_code, **site)
        assert done.returncode == 0, done.stdout + done.stderr
        with gunicorn(workers=1, code=old_code, **site) as address:
            yield address


def test_old_code_serves_everybody_on_new_tables(served, fresh_demo):
    visitor = Browser(served)
    assert '"migrations": "ok"' in visitor.open("/readyz")
    assert visitor.walk("/en/") == MOST
    form = "/en/anfrage/hilfe-suchen/"
    hidden = dict(HIDDEN.findall(visitor.open(form)))
    typed = {"activities": "homework", "place": "Grimma", "email": "amal@example.org"}
    typed["text"] = "Who helps with sums?"

    def is_sent() -> bool:  # whoever is faster than people are asked to look once more
        return re.search(r"AN-\w{4}-\w{4}", visitor.open(form, {**hidden, **typed})) is not None

    assert FASTEST < 30
    until(is_sent)

    staff = Browser(served)
    password = re.search("password “(.+?)”", fresh_demo.printed)[1]
    staff.send("/verwaltung/konto/anmelden/", login="superuser@demo.example", password=password)
    assert "<title>Log in" not in staff.open("/verwaltung/")
    assert staff.walk("/verwaltung/") == MOST
    assert visitor.failed + staff.failed == []
