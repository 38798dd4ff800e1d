"""What `manage.py check --deploy` says: nothing of a good site, and the name of what is weak."""

import pyrage
import pytest
from django.conf import settings as configured
from django.core.checks import CheckMessage
from django.core.checks.registry import registry

from portal import storage
from tests.servers import PRODUCTION, manage

GOOD_KEY = "q8W-f0sJb2_yR7uKd3Lx9ZtVhN5cPgM1aEoBiTjSwXkC4nGrQeHvDmUz6YlF"
RECIPIENT = str(pyrage.x25519.Identity.generate().to_public())
BUCKET = {"bucket": "b", "endpoint": "https://s3.example", "region": "r", "key_id": "k"}
BUCKET["secret"] = "s"
REDIS = storage.FORGIVING_REDIS


def postgresql(host: str, /, **options: str) -> dict:
    engine = "django.db.backends.postgresql"
    return {"default": {"ENGINE": engine, "HOST": host, "OPTIONS": options}}


def cache(backend: str, location: str = "") -> dict:
    return {"default": {"BACKEND": backend, "LOCATION": location}}


@pytest.fixture
def good(settings, monkeypatch, tmp_path):
    """The settings of a site of which nothing is to be said."""
    for name in ("METRICS_BIND", "FORWARDED_ALLOW_IPS"):
        monkeypatch.delenv(name, raising=False)
    changes = {
        "DEMO": False,
        "SECRET_KEY": GOOD_KEY,
        "ALLOWED_HOSTS": ["portal.example"],
        "SITE_URL": "https://portal.example",
        "SECURITY_CONTACT": "mailto:security@portal.example",
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_HSTS_PRELOAD": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "EMAIL_HOST": "mail.portal.example",
        "EMAIL_HOST_USER": "portal",
        "EMAIL_HOST_PASSWORD": "secret",
        "DEFAULT_FROM_EMAIL": "Portal <portal@portal.example>",
        "FILES_DIR": tmp_path / "files",
        "STATIC_ROOT": tmp_path / "static",
        "STATE_DIR": tmp_path / "state",
        "BACKUP_RECIPIENT": RECIPIENT,
    }
    for name, value in changes.items():
        setattr(settings, name, value)
    # The browser's tests set it, for the whole run.
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)
    # Looked at, never used: nobody connects to what a check reads.
    monkeypatch.setattr(configured, "DATABASES", postgresql("", connect_timeout="3"))
    return settings


def messages() -> list[CheckMessage]:
    """Of the checks that `--deploy` adds: the others have nothing to do with settings."""
    each = (check(app_configs=None, databases=None) for check in registry.deployment_checks)
    return [message for said in each for message in said]


def found() -> list[str]:
    return sorted(str(message.id) for message in messages())


def test_of_a_good_site_neither_we_nor_django_say_anything(good):
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({"SITE_URL": "http://portal.example"}, "portal.W001"),
        ({"SITE_URL": ""}, "portal.W001"),
        ({"SECURITY_CONTACT": ""}, "portal.W002"),
        ({"EMAIL_HOST": ""}, "portal.W003"),
        ({"DEFAULT_FROM_EMAIL": ""}, "portal.W003"),
        ({"DEFAULT_FROM_EMAIL": "Portal"}, "portal.W003"),
        ({"EMAIL_USE_TLS": False}, "portal.W004"),
        ({"EMAIL_USE_TLS": False, "EMAIL_HOST": "localhost"}, ""),
        ({"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True}, ""),
        ({"EMAIL_HOST_PASSWORD": ""}, "portal.W005"),
        ({"EMAIL_HOST_USER": ""}, "portal.W005"),
        ({"EMAIL_HOST_USER": "", "EMAIL_HOST_PASSWORD": ""}, ""),
        ({"ALLOWED_HOSTS": ["*"]}, "portal.W006"),
        ({"ALLOWED_HOSTS": [".example"]}, "portal.W006"),
        ({"ALLOWED_HOSTS": []}, "portal.E003 security.W020"),
        ({"ALLOWED_HOSTS": ["other.example"]}, "portal.E003"),
        ({"SECURE_PROXY_SSL_HEADER": None}, "portal.W007 portal.W008"),
        ({"ALLAUTH_TRUSTED_PROXY_COUNT": 0}, "portal.W007"),
        ({"ALLAUTH_TRUSTED_PROXY_COUNT": 9}, "portal.W008"),
        ({"SECRET_KEY": "short"}, "security.W009"),
        ({"SECRET_KEY_FALLBACKS": ["short"]}, "security.W025"),
        ({"DEBUG": True}, "security.W018"),
        ({"DATABASES": {"default": {"ENGINE": storage.SQLITE}}}, "portal.W011"),
        ({"DATABASES": postgresql("db.example")}, "portal.W012"),
        ({"DATABASES": postgresql("db.example", sslmode="require")}, "portal.W012"),
        ({"DATABASES": postgresql("db.example", sslmode="disable")}, "portal.W012"),
        ({"DATABASES": postgresql("localhost,db.example")}, "portal.W012"),
        ({"DATABASES": postgresql("database")}, "portal.W012"),
        ({"DATABASES": postgresql("database", sslmode="disable")}, ""),
        ({"DATABASES": postgresql("db.example", sslmode="verify-full")}, ""),
        ({"DATABASES": postgresql("", host="/run/postgresql")}, ""),
        ({"CACHES": cache("django.core.cache.backends.locmem.LocMemCache")}, "portal.W014"),
        ({"CACHES": cache("django.core.cache.backends.dummy.DummyCache")}, "portal.W014"),
        ({"CACHES": cache(REDIS, "redis://:secret@cache.example/1")}, "portal.W015"),
        ({"CACHES": cache(REDIS, "rediss://cache.example:6379/1")}, ""),
        ({"CACHES": cache(REDIS, "redis://cache:6379/1")}, ""),
        ({"CACHES": cache(REDIS, "unix:///run/redis.sock")}, ""),
        ({"FILES_S3": BUCKET}, ""),
        ({"FILES_S3": {**BUCKET, "secret": ""}}, "portal.E005"),
        ({"FILES_S3": {**BUCKET, "bucket": ""}}, "portal.E005"),
        ({"FILES_S3": {**BUCKET, "endpoint": "http://s3.example"}}, "portal.W017"),
        ({"BACKUP_RECIPIENT": "AGE-SECRET-KEY-1ABC"}, "portal.E008"),
        ({"BACKUP_RECIPIENT": f"{RECIPIENT},age1abc"}, "portal.E008"),
        ({"BACKUP_RECIPIENT": f"{RECIPIENT},{RECIPIENT}"}, ""),
        ({"BACKUP_RECIPIENT": ""}, "portal.W021"),
        ({"EXTRA_FONT_PATHS": ["/not/there"]}, "portal.W020"),
        ({"CLAMD_SOCKET": "clamav"}, "portal.E007"),
        ({"CLAMD_SOCKET": "clamav:3310"}, ""),
        ({"CLAMD_SOCKET": "/run/clamd.ctl"}, ""),
        ({"METRICS_BIND": "0.0.0.0:9100"}, "portal.W010"),
        ({"METRICS_BIND": ":9100"}, "portal.W010"),
        ({"METRICS_BIND": "[::]:9100"}, "portal.W010"),
        ({"METRICS_BIND": "9100"}, "portal.E004"),
        ({"METRICS_BIND": "127.0.0.1:9100"}, ""),
        ({"METRICS_BIND": "10.1.2.3:9100"}, ""),
        ({"FORWARDED_ALLOW_IPS": "*"}, "portal.W009"),
        ({"FORWARDED_ALLOW_IPS": "127.0.0.1"}, ""),
    ],
)
def test_each_weakness_has_a_name_and_says_what_to_do(good, monkeypatch, changes, ids):
    for name, value in changes.items():
        if name in ("METRICS_BIND", "FORWARDED_ALLOW_IPS"):
            monkeypatch.setenv(name, value)
        elif name in ("DATABASES", "CACHES"):
            monkeypatch.setattr(configured, name, value)
        else:
            setattr(good, name, value)

    assert found() == ids.split()
    assert all(message.hint for message in messages() if message.id.startswith("portal."))

    good.DEMO = True
    assert not [each for each in found() if each.startswith("portal.W")]


def test_folders_that_are_served_or_cannot_be_written_are_named(good, tmp_path):
    good.FILES_DIR = good.STATIC_ROOT / "files"
    assert found() == ["portal.E006"]

    blocked = tmp_path / "file"
    blocked.write_text("")
    good.FILES_DIR, good.STATE_DIR = blocked / "files", blocked / "state"
    assert found() == ["portal.E002", "portal.W019"]


def test_a_file_of_sqlite_that_everybody_can_read_is_named(good, monkeypatch, tmp_path):
    file = tmp_path / "site.sqlite3"
    file.touch()
    file.chmod(0o644)
    said = {"ENGINE": storage.SQLITE, "NAME": str(file)}
    monkeypatch.setattr(configured, "DATABASES", {"default": said})

    tmp_path.chmod(0o755)
    assert found() == ["portal.W011", "portal.W022"]

    tmp_path.chmod(0o700)
    assert found() == ["portal.W011"]

    said["NAME"] = str(tmp_path / ("x" * 300))  # which the file system cannot even ask for
    assert found() == ["portal.W011"]


def test_production_passes_as_a_process_of_its_own(migrated_database):
    site = {**PRODUCTION, "DATABASE_URL": migrated_database, "BEHIND_PROXY": "true"}
    site |= {"METRICS_BIND": "127.0.0.1:9100", "BACKUP_RECIPIENT": RECIPIENT}
    checked = manage("check", "--deploy", "--database", "default", **site)

    assert checked.returncode == 0, checked.stderr
    # SQLite has its limits, and a cluster for tests one user who may do everything.
    only = "portal.W011" if migrated_database.startswith("sqlite") else "portal.W013"
    assert checked.stderr.count("(portal.") == checked.stderr.count("WARNINGS:") == 1
    assert only in checked.stderr
