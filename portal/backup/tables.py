"""Which tables there are, and how their rows are written down so that both databases read them."""

import base64
import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
MANIFEST = "manifest.json"
LEFT_OUT = frozenset({"sessions.session", "usersessions.usersession"})
MADE_BY_MIGRATIONS = frozenset(
    {"contenttypes.contenttype", "auth.permission", "portal.dataversion"}
)


def tables() -> list[type[models.Model]]:
    """Every model with a table of its own whose rows are kept, in a fixed order."""
    every = apps.get_models(include_auto_created=True, include_swapped=False)
    own = (m for m in every if m._meta.managed and not m._meta.proxy)
    return sorted((m for m in own if m._meta.label_lower not in LEFT_OUT), key=label_of)


def label_of(model: type[models.Model]) -> str:
    """The name of its table in a backup, such as "portal.user"."""
    return model._meta.label_lower


def fields_of(model: type[models.Model]) -> list[models.Field]:
    return list(model._meta.local_concrete_fields)


def migrations() -> list[str]:
    """What has been applied to this database, such as "portal.0001_initial"."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def plain(value: Any) -> Any:
    """`value` as JSON can hold it, so that the field's `to_python` makes the same of it again."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"No field of ours has values such as {type(value).__name__}.")
