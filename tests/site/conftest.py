"""The demo, prepared once in three languages, and served by two gunicorn workers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.catalogues import compile_catalogues
from tests import servers
from tests.site.pages import LANGUAGES
from tests.site.pseudo import write_pseudo_locale
from tests.site.web import Site

APPLICATION = "tests.site.wsgi:application"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, fresh_demo, django_db_blocker) -> Iterator[dict[str, str]]:
    """The environment of a prepared demo with a database of its own; tests only read it."""
    folder: Path = tmp_path_factory.mktemp("site")
    locale = write_pseudo_locale(folder / "locale")
    compile_catalogues([locale])
    with django_db_blocker.unblock(), fresh_demo.copy(folder) as variables:
        yield {**variables, "LANGUAGES": ",".join(LANGUAGES), "EXTRA_LOCALE_PATHS": str(locale)}


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
