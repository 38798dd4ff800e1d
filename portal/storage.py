"""Where the site keeps things, as the environment says: its database, the counts of limits, files.

For `portal.settings` alone, which is not ready while this runs. What is missing or weak is named by
`manage.py check --deploy` (portal/checks/).
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"
REDIS = "django.core.cache.backends.redis.RedisCache"
FORGIVING_REDIS = "portal.redis_cache.ForgivingRedisCache"
# Limits are counted there when nothing else is said: every process shares the database.
TABLE = "dbcache://portal_cache?max_entries=100000"


def database(env: environ.Env, url: str) -> dict[str, Any]:
    """The entry of DATABASES for `url`; its words are not repeated, as a password is in it."""
    try:
        if env.DB_SCHEMES.get(url.partition(":")[0]) not in (SQLITE, POSTGRESQL):
            raise ValueError
        found = env.db_url_config(url)
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL is no address of a database: it is sqlite:////path/to/file or "
            "postgres://user:password@host:5432/name, where / @ : # ? in a password are written "
            "as %2F %40 %3A %23 %3F."
        ) from None
    if found["ENGINE"] == SQLITE:
        # With SQLite's defaults, parallel writers lose writes; docs/decisions/0003 has the figures.
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    else:
        found.setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
    return {**found, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def cache(env: environ.Env) -> dict[str, Any]:
    """The entry of CACHES: limits are counted in it, so all processes share it.

    Its keys hold no address. Valkey speaks as Redis does.
    """
    url = env.str("CACHE_URL", "") or TABLE
    for ours, known in (("valkey", "redis"), ("unix", "redis")):
        if url.partition("://")[0] in (ours, f"{ours}s"):
            url = url.replace(ours, known, 1)
    try:
        _port = urlsplit(url).port
        found = env.cache_url_config(url)
    except (ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured(
            "CACHE_URL is no address of a cache: it is redis://host:6379/1, rediss://… with "
            "encryption, or left out."
        ) from None
    if found["BACKEND"] == REDIS:
        found["BACKEND"] = FORGIVING_REDIS
    return {**found, "KEY_FUNCTION": "portal.accounts.cache_keys.keyed"}


def s3(env: environ.Env) -> dict[str, str]:
    """What is said about an object storage; nothing, or half of it, where something is missing."""
    return {
        "bucket": env.str("FILES_S3_BUCKET", "").strip(),
        "endpoint": env.str("FILES_S3_ENDPOINT", "").strip(),
        "region": env.str("FILES_S3_REGION", "us-east-1").strip(),
        "key_id": env.str("FILES_S3_KEY_ID", "").strip(),
        "secret": env.str("FILES_S3_SECRET", "").strip(),  # a file ends with a line
    }


def files(said: dict[str, str], folder: Path) -> dict[str, Any]:
    """The entry of STORAGES for files of cases: a bucket where one is named, else `folder`."""
    if not said["bucket"]:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": folder,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    return {
        "BACKEND": "portal.object_storage.PrivateS3Storage",
        "OPTIONS": {
            "bucket_name": said["bucket"],
            "endpoint_url": said["endpoint"] or None,
            "region_name": said["region"],
            "access_key": said["key_id"],
            "secret_key": said["secret"],
        },
    }
