"""What every test finds: compiled catalogues, plain static files, a browser where there is one."""

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test.signals import setting_changed

from portal.catalogues import compile_catalogues
from tests import kept, postgresql, servers
from tests.needs import chromium, need

CONFIGURED = pytest.StashKey[str]()  # the name of the database that is not for tests


def pytest_configure(config: pytest.Config) -> None:
    """Adapt the settings before anything has used them; the settings module stays as it is."""
    compile_catalogues(settings.LOCALE_PATHS)
    # Django has loaded its translations by now, without what was compiled since, here or by a run
    # beside this one.
    setting_changed.send(pytest_configure, setting="LOCALE_PATHS", value=None, enter=True)
    scratch = tempfile.TemporaryDirectory(prefix="ansprechbar-tests-")
    config.add_cleanup(scratch.cleanup)
    settings.VAR_DIR = settings.STATIC_ROOT = Path(scratch.name)
    settings.FILES_DIR, settings.STATE_DIR = (Path(scratch.name) / n for n in ("files", "state"))
    stored = settings.STORAGES["default"]
    options = {**stored["OPTIONS"], "location": settings.FILES_DIR}
    settings.STORAGES = {
        "default": {**stored, "OPTIONS": options},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.LEARNING_SECONDS = 0  # no thread that writes while a test looks
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    database = settings.DATABASES["default"]
    config.stash[CONFIGURED] = str(database["NAME"])
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # A file: threads and the live server then lock each other as they do in production.
        database.setdefault("TEST", {})["NAME"] = str(Path(scratch.name) / "test.sqlite3")
        # Nobody pulls the plug while tests run, so nothing has to wait for the disk.
        options = database["OPTIONS"]
        options["init_command"] = options["init_command"].replace("=FULL", "=OFF")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep Python from walking over thousands of tests whenever it looks for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_runtest_setup(item: pytest.Item) -> None:
    # An emptied database counts its versions from 1 again: what is kept would pass for its own.
    kept.forget()
    if item.get_closest_marker("browser"):
        need(chromium(), "Chromium (install it, or set CHROMIUM to its path)")


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread; Django would take that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        # Chromium's sandbox does not work for root, which a container's tests often are.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        started = playwright.chromium.launch(executable_path=chromium(), args=sandbox)
        yield started
        started.close()


@pytest.fixture
def page(browser):
    """A fresh page without cookies, 1280 pixels wide."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    yield context.new_page()
    context.close()


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The DATABASE_URL of an empty database for subprocesses, of the kind that the run uses."""
    with servers.empty_database(tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def fresh_demo(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[servers.Demo]:
    """What `manage.py demo` makes of an empty database, once a run; every user takes a copy."""
    folder: Path = tmp_path_factory.mktemp("fresh-demo")
    with django_db_blocker.unblock(), servers.empty_database(folder) as url:
        variables = {"VAR_DIR": str(folder / "var"), "DATABASE_URL": url}
        done = servers.manage("demo", "--no-serve", **variables)
        assert done.returncode == 0, done.stderr
        yield servers.Demo(variables, done.stdout)


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, tmp_path_factory) -> Iterator[str]:
    """Make the run's database, and a copy while it is empty; gives the copy's DATABASE_URL.

    A run in which no test asks for a database makes none: "".
    """
    name = str(settings.DATABASES["default"]["NAME"])
    if name == request.config.stash[CONFIGURED]:
        yield ""
        return
    folder: Path = tmp_path_factory.mktemp("copied-tables")
    with servers.empty_database(folder, like=servers.database_of_the_run()) as url:
        yield url


@pytest.fixture(scope="session")
def fresh_tables(tmp_path_factory, django_db_setup: str, django_db_blocker) -> Iterator[str]:
    """The DATABASE_URL of a database with tables and no rows; every user takes a copy."""
    if django_db_setup:
        yield django_db_setup
        return
    folder: Path = tmp_path_factory.mktemp("fresh-tables")
    with django_db_blocker.unblock(), servers.empty_database(folder) as url:
        done = servers.manage("migrate", "--verbosity", "0", DATABASE_URL=url)
        assert done.returncode == 0, done.stderr
        yield url


@pytest.fixture
def migrated_database(fresh_tables: str, tmp_path: Path) -> Iterator[str]:
    """The DATABASE_URL of a database with tables and no rows, for subprocesses that may write."""
    with servers.empty_database(tmp_path, like=fresh_tables) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL cluster of our own, also when the run itself is on SQLite."""
    need(postgresql.binaries(), "PostgreSQL server (initdb)")
    with postgresql.cluster() as server:
        yield server.url
