"""The demo, prepared once in three languages, and served by two gunicorn workers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.site.pages import LANGUAGES
from tests.site.pseudo import write_pseudo_locale
from tests.site.web import Site

APPLICATION = "tests.site.wsgi:application"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[dict[str, str]]:
    """The environment of a prepared demo with a database of its own; tests only read it."""
    folder: Path = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock(), servers.empty_database(folder) as url:
        variables = {
            "VAR_DIR": str(folder / "var"),
            "DATABASE_URL": url,
            "LANGUAGES": ",".join(LANGUAGES),
            "EXTRA_LOCALE_PATHS": str(write_pseudo_locale(folder / "locale")),
        }
        done = servers.manage("demo", "--no-serve", **variables)
        assert done.returncode == 0, done.stderr
        yield variables


@pytest.fixture(scope="session")
def site(prepared) -> Iterator[Site]:
    with servers.gunicorn(workers=2, application=APPLICATION, **prepared) as base:
        yield Site(base)


@pytest.fixture(scope="session")
def marking_site(prepared) -> Iterator[Site]:
    """The same site, where a template variable that does not exist leaves a mark."""
    marking = {**prepared, "MARK_UNDEFINED": "1"}
    with servers.gunicorn(workers=1, application=APPLICATION, **marking) as base:
        yield Site(base)
