"""A copy of everything in one file, and back: all tables and all files, with their checksums.

A backup is a tar archive. `tables/<app>.<model>.jsonl` holds a row a line, as a list in the order
of the fields that `manifest.json` names; `files/<name>` is what lies in the storage; the manifest
comes last, so that a truncated archive has none. The rows belong to one instant, whoever writes
meanwhile, and know nothing of the kind of database: what came from SQLite can go to PostgreSQL.

Left out are sessions and counters of limits: whoever was logged in logs in again.
"""

import base64
import datetime as dt
import hashlib
import io
import json
import sqlite3
import tarfile
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from portal import data_version
from portal.models.data_version import SCOPES

FORMAT = 1
MANIFEST = "manifest.json"
BATCH = 1000
CHUNK = 1024 * 1024
LEFT_OUT = frozenset({"sessions.session", "usersessions.usersession"})
TRIES = 3


class BackupError(Exception):
    """Why there is no backup, or why one was not restored; for the operator."""


def tables() -> list[type[models.Model]]:
    """Every model with a table of its own whose rows are kept, in a fixed order."""
    every = apps.get_models(include_auto_created=True, include_swapped=False)
    own = (m for m in every if m._meta.managed and not m._meta.proxy)
    return sorted((m for m in own if m._meta.label_lower not in LEFT_OUT), key=_label)


def _label(model: type[models.Model]) -> str:
    return model._meta.label_lower


def _fields(model: type[models.Model]) -> list[models.Field]:
    return list(model._meta.local_concrete_fields)


def _migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


# Writing ------------------------------------------------------------------------------------------


def write(target: IO[bytes], *, now: dt.datetime) -> dict:
    """Write a backup to `target`, which need not be seekable; gives its manifest.

    Raises BackupError where a file that a row names is gone, even when asked again.
    """
    for _try in range(TRIES):
        with tempfile.TemporaryDirectory(prefix="backup-") as folder:
            found = _tables_to(Path(folder))
            if not _gone(found):
                return _archive(target, Path(folder), found, now=now)
    raise BackupError(f"These files are named in the database, and gone: {', '.join(_gone(found))}")


def _tables_to(folder: Path) -> dict[str, dict]:
    """A file a table below `folder`, all of the same instant; what the manifest says of each."""
    found = {}
    with _one_instant(folder) as alias:
        for model in tables():
            label, names = _label(model), set()
            digest, rows = hashlib.sha256(), 0
            files = [i for i, f in enumerate(_fields(model)) if isinstance(f, models.FileField)]
            with (folder / label).open("wb") as file:
                for row in _rows(model, alias):
                    line = json.dumps(row, default=_plain, ensure_ascii=False).encode() + b"\n"
                    file.write(line)
                    digest.update(line)
                    names.update(row[i] for i in files if row[i])
                    rows += 1
            found[label] = {
                "fields": [field.attname for field in _fields(model)],
                "rows": rows,
                "sha256": digest.hexdigest(),
                "files": sorted(names),
            }
    return found


def _rows(model: type[models.Model], alias: str) -> Iterator[tuple]:
    rows = model._base_manager.using(alias).order_by("pk")
    return rows.values_list(*(field.attname for field in _fields(model))).iterator(BATCH)


@contextmanager
def _one_instant(folder: Path) -> Iterator[str]:
    """The alias of a database that does not change while it is read, and keeps nobody waiting."""
    if connection.vendor == "sqlite":
        copy = folder / "copy.sqlite3"
        connection.ensure_connection()
        with closing(sqlite3.connect(copy)) as there:
            connection.connection.backup(there)
        connections.databases["backup"] = {**connection.settings_dict, "NAME": str(copy)}
        try:
            yield "backup"
        finally:
            connections["backup"].close()
            del connections["backup"], connections.databases["backup"]
            copy.unlink()
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield DEFAULT_DB_ALIAS


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it, so that the field's `to_python` makes the same of it again."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"No field of ours has values such as {type(value).__name__}.")


def _gone(found: dict[str, dict]) -> list[str]:
    """What rows name and the storage does not have: deleted since the rows were read."""
    return [n for table in found.values() for n in table["files"] if not default_storage.exists(n)]


def _archive(target: IO[bytes], folder: Path, found: dict, *, now: dt.datetime) -> dict:
    files = {}
    with tarfile.open(fileobj=target, mode="w|") as archive:
        for label in found:
            archive.add(folder / label, f"tables/{label}.jsonl", filter=_nobodys)
        for name in sorted({name for table in found.values() for name in table["files"]}):
            files[name] = _add_file(archive, name, now=now)
        manifest = {
            "format": FORMAT,
            "release": settings.RELEASE,
            "made_at": now.isoformat(),
            "migrations": _migrations(),
            "tables": found,
            "files": files,
        }
        content = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
        _add(archive, MANIFEST, io.BytesIO(content), len(content), now=now)
    return manifest


def _nobodys(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def _add_file(archive: tarfile.TarFile, name: str, *, now: dt.datetime) -> dict:
    with default_storage.open(name) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        _add(archive, f"files/{name}", file, file.size, now=now)
        return {"size": file.size, "sha256": digest}


def _add(archive: tarfile.TarFile, name: str, content: IO, size: int, *, now: dt.datetime) -> None:
    info = _nobodys(tarfile.TarInfo(name))
    info.size, info.mtime = size, int(now.timestamp())
    archive.addfile(info, content)


# Reading ------------------------------------------------------------------------------------------


def restore(source: Path) -> dict:
    """Fill the empty database and storage of this installation from `source`; gives its manifest.

    All is checked before anything is written, and the database is written in one transaction.
    Raises BackupError for a damaged archive, one of another schema, and a place that is not empty.
    """
    with tempfile.TemporaryDirectory(prefix="restore-") as folder:
        manifest = _unpacked(source, Path(folder))
        _check(manifest, Path(folder))
        _refuse_other_schema(manifest)
        _refuse_filled(manifest)
        for name in manifest["files"]:
            with (Path(folder) / "files" / name).open("rb") as file:
                default_storage.save(name, File(file))
        with transaction.atomic():
            _fill(manifest, Path(folder))
        return manifest


def _unpacked(source: Path, folder: Path) -> dict:
    try:
        with tarfile.open(source, mode="r:") as archive:
            archive.extractall(folder, filter="data")
        return json.loads((folder / MANIFEST).read_bytes())
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise BackupError(
            "This is no complete backup: the archive is damaged or cut off."
        ) from error


def _check(manifest: dict, folder: Path) -> None:
    """Raise BackupError unless every part has the checksum that the manifest says."""
    if manifest.get("format") != FORMAT:
        raise BackupError("This backup has a format that this release does not know.")
    parts = {f"tables/{label}.jsonl": table for label, table in manifest["tables"].items()}
    parts |= {f"files/{name}": file for name, file in manifest["files"].items()}
    for name, said in parts.items():
        path = folder / name
        if not path.is_file():
            raise BackupError(f"The backup has no {name}.")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != said["sha256"]:
                raise BackupError(f"{name} has been altered since the backup was made.")


def _refuse_other_schema(manifest: dict) -> None:
    if manifest["migrations"] != _migrations():
        raise BackupError(
            f"The backup is of release {manifest['release']}, which has other tables. Install that "
            "one, run `migrate`, restore, and update afterwards."
        )


def _refuse_filled(manifest: dict) -> None:
    """Only what migrations create may be there."""
    filled = [_label(model) for model in tables() if _label(model) not in MADE_BY_MIGRATIONS]
    filled = [label for label in filled if apps.get_model(label)._base_manager.exists()]
    if filled:
        raise BackupError(f"This database is not empty: {len(filled)} tables hold rows.")
    there = [name for name in manifest["files"] if default_storage.exists(name)]
    if there:
        raise BackupError(f"The storage is not empty: {len(there)} of these files are there.")


MADE_BY_MIGRATIONS = frozenset(
    {"contenttypes.contenttype", "auth.permission", "portal.dataversion"}
)


def _fill(manifest: dict, folder: Path) -> None:
    every = tables()
    for model in every:
        model._base_manager.all()._raw_delete(DEFAULT_DB_ALIAS)
    for model in every:
        table = manifest["tables"].get(_label(model))
        if table is not None:
            _fill_table(model, table, folder / "tables" / f"{_label(model)}.jsonl")
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), every):
            cursor.execute(statement)
    for scope in SCOPES:  # no process may take what it holds for this
        data_version.raise_version(scope)


def _fill_table(model: type[models.Model], table: dict, path: Path) -> None:
    fields = [model._meta.get_field(name) for name in table["fields"]]
    batch = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            values = zip(fields, json.loads(line), strict=True)
            batch.append(
                model(**{field.attname: field.to_python(value) for field, value in values})
            )
            if len(batch) == BATCH:
                model._base_manager.bulk_create(batch)
                batch = []
    model._base_manager.bulk_create(batch)
