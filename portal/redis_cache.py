"""Counts of limits in Redis or Valkey, and what happens while it is away.

Then each process counts for itself until it answers again: a limit is wider by as many processes as
there are, and no page fails. Nothing else lies in the cache.
"""

import json
import logging
import time
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

PAUSE = 3.0  # seconds in which it is not asked again: a host that is gone lets us wait for it
SECONDS = 1.0  # for each step with the server
MOST_KEPT = 10_000  # counts, meanwhile
# One try more, at once: a connection of before a restart of the server is no outage.
PATIENCE = {
    "socket_connect_timeout": SECONDS,
    "socket_timeout": SECONDS,
    "retry": Retry(NoBackoff(), 1),
    "health_check_interval": 30,
}


class JsonSerializer:
    """Counts and times as JSON: whoever can write to the server can change a count, and no more.

    With Django's own, which pickles, they could run a program here.
    """

    def dumps(self, value: Any) -> int | bytes:
        return value if type(value) is int else json.dumps(value).encode()  # for INCR

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class _Outage:
    """What this process knows of the server being away; `until` is of the monotonic clock."""

    until = 0.0


class ForgivingRedisCache(RedisCache):
    """Django's cache in Redis; while that is away, a cache of this process."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {**PATIENCE, "serializer": JsonSerializer, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._meanwhile = LocMemCache(
            "while-redis-is-away",
            {**params, "OPTIONS": {"MAX_ENTRIES": MOST_KEPT}},
        )

    def ping(self) -> bool:
        """Whether the server answers, and lets us in; for `manage.py check --deploy`."""
        try:
            return bool(self._cache.get_client(None, write=True).ping())
        except RedisError:
            return False

    def _ask(self, method: str, *args, **kwargs):
        if time.monotonic() >= _Outage.until:
            try:
                return getattr(super(), method)(*args, **kwargs)
            except RedisError as error:
                _Outage.until = time.monotonic() + PAUSE
                logger.warning(
                    "Redis is away (%s); each process counts limits for itself.",
                    type(error).__name__,
                )
        return getattr(self._meanwhile, method)(*args, **kwargs)

    def add(self, *args, **kwargs):
        return self._ask("add", *args, **kwargs)

    def get(self, *args, **kwargs):
        return self._ask("get", *args, **kwargs)

    def set(self, *args, **kwargs):
        return self._ask("set", *args, **kwargs)

    def touch(self, *args, **kwargs):
        return self._ask("touch", *args, **kwargs)

    def delete(self, *args, **kwargs):
        return self._ask("delete", *args, **kwargs)

    def get_many(self, *args, **kwargs):
        return self._ask("get_many", *args, **kwargs)

    def has_key(self, *args, **kwargs):
        return self._ask("has_key", *args, **kwargs)

    def incr(self, *args, **kwargs):
        return self._ask("incr", *args, **kwargs)

    def set_many(self, *args, **kwargs):
        return self._ask("set_many", *args, **kwargs)

    def delete_many(self, *args, **kwargs):
        return self._ask("delete_many", *args, **kwargs)

    def clear(self):
        return self._ask("clear")
