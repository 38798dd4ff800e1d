"""Migrations: what the former release could not live with is refused; nobody waits behind one."""

import os
import subprocess
import sys
from contextlib import closing

import psycopg
import pytest

from tests import postgresql
from tests.needs import need
from tests.servers import ROOT, environment, manage

MIGRATE = ("migrate", "contenttypes")


def test_a_migration_that_the_release_before_could_not_live_with_is_refused():
    """One of before the first release, which adds a column that old code does not fill."""
    need(postgresql.binaries(), "PostgreSQL server (initdb)")
    linted = subprocess.run(
        [sys.executable, "tests/lint_migrations.py", "contacts=8", "portal=3"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "0009_network_of_an_agency)... ERR\n\tNOT NULL constraint on columns" in linted.stdout
    assert " looked at, 1 wrong" in linted.stdout
    assert linted.returncode == 1


def test_a_migration_lets_others_go_first_and_tries_again(postgresql_url):
    site = {"DATABASE_URL": postgresql_url}
    done = manage(*MIGRATE, **site)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(postgresql_url) as somebody:
        somebody.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")

        refused = manage(*MIGRATE, "--lock-timeout", "0.1", "--tries", "1", **site)
        assert refused.returncode == 1
        assert "in use for too long; it was left as it was" in refused.stderr

        waiting = subprocess.Popen(
            [sys.executable, "manage.py", *MIGRATE, "--lock-timeout", "0.1"],
            cwd=ROOT,
            env=environment(**site),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        with waiting:
            assert "the others go first" in waiting.stderr.readline()
            somebody.rollback()
            waiting.stderr.read()
        assert waiting.returncode == 0


@pytest.fixture
def roles(tmp_path):
    """A PostgreSQL made as compose.yaml makes it: addresses for the owner and for the site."""
    need(postgresql.binaries(), "PostgreSQL server (initdb)")
    with postgresql.cluster() as server:
        found = psycopg.conninfo.conninfo_to_dict(server.url)
        made = subprocess.run([ROOT / "deploy/new-secrets", tmp_path / "secrets"], check=False)
        assert made.returncode == 0
        variables = {
            **os.environ,
            "PATH": f"{postgresql.binaries()}:{os.environ['PATH']}",
            "PGHOST": found["host"],
            "PGPORT": str(found["port"]),
            "PGUSER": found["user"],
            "OWNER_PASSWORD_FILE": str(tmp_path / "secrets/owner_password"),
            "SITE_PASSWORD_FILE": str(tmp_path / "secrets/site_password"),
        }
        subprocess.run([ROOT / "deploy/database/roles.sh"], env=variables, check=True)
        here = f"@127.0.0.1:{found['port']}/"
        urls = (tmp_path / "secrets" / name for name in ("owner_url", "site_url"))
        yield tuple(url.read_text().replace("@database/", here) for url in urls)


def test_the_site_changes_rows_and_nothing_else(roles):
    owner, site = roles
    for app in ("contenttypes", "portal"):
        done = manage("migrate", app, DATABASE_URL=owner)
        assert done.returncode == 0, done.stderr
    with closing(psycopg.connect(site, autocommit=True)) as connection:
        name = ["CACHE"]
        connection.execute("INSERT INTO portal_cache VALUES (%s, '', now())", name)
        connection.execute("UPDATE portal_cache SET value = 'x'")
        connection.execute("DELETE FROM portal_cache")
        for refused in (
            "CREATE TABLE own (id int)",
            "DROP TABLE portal_cache",
            "ALTER TABLE portal_cache ADD COLUMN own int",
            "TRUNCATE portal_cache",
            "CREATE ROLE other",
            "COPY portal_cache TO PROGRAM 'true'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)


def test_keys_and_passwords_are_made_once(tmp_path):
    for _time in range(2):
        subprocess.run([ROOT / "deploy/new-secrets", tmp_path / "s"], check=True)
    made = {path.name: path.read_text() for path in (tmp_path / "s").iterdir()}
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700
    assert len(made["secret_key"]) == 60
    passwords = [text for name, text in made.items() if name.endswith("_password")]
    assert sorted(map(len, passwords)) == [0, 40, 40, 40]
    assert len(set(passwords)) == 4
    assert made["site_password"] in made["site_url"]
