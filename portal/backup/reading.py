"""Restoring a backup: everything is checked before anything is written."""

import datetime as dt
import errno
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from django.apps import apps
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import Error, connection, models, transaction

from portal import data_version
from portal.backup.errors import BackupError
from portal.backup.sealing import Hashed, identities, opened
from portal.backup.tables import (
    FORMAT,
    MADE_BY_MIGRATIONS,
    MANIFEST,
    fields_of,
    label_of,
    migrations,
    tables,
)
from portal.models import JobRun, OutboxMessage

BATCH = 1000
LEASED = (JobRun, OutboxMessage)
INCOMPLETE = "This is no complete backup: the archive is damaged or cut off."
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# What a row raises that nobody here has written, or that the database does not take.
UNFIT = (Error, ValidationError, ValueError, TypeError, ArithmeticError, RecursionError)


@dataclass(frozen=True)
class Restored:
    """What was in the backup, and how many mails in it wait to be sent."""

    manifest: dict
    waiting_mails: int


def restore(
    source: IO[bytes], *, now: dt.datetime, sha256: str = "", identity: Path | None = None
) -> Restored:
    """Fill the empty database and storage of this installation from `source`.

    The database is written in one transaction; where that fails, the files go, too. `sha256` is
    the checksum that `source` must have, `identity` a file with the private key.

    Raises BackupError for an archive that is damaged, altered or of another schema, and for a
    place that is not empty.
    """
    keys = identities(identity) if identity else []
    _refuse_filled()
    with tempfile.TemporaryDirectory(prefix="restore-") as folder:
        counted = Hashed(source)
        parts = _parts(counted, keys, Path(folder))
        if sha256 and counted.sha256 != sha256.strip().lower():
            raise BackupError(f"This is another backup: its checksum is {counted.sha256}.")
        manifest = _manifest(parts)
        _check(manifest, parts)
        _store(manifest, parts, now=now)
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING)
    return Restored(manifest, waiting.count())


# Checking -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Part:
    """A member of the archive, where it was put down, and the checksum that it has."""

    path: Path
    sha256: str


def _parts(source: Hashed, keys: list, folder: Path) -> dict[str, _Part]:
    """Every member of the archive by its name, in `folder` under a number: no name leads out."""
    found: dict[str, _Part] = {}
    try:
        with opened(source, keys) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for member in tar:
                    if member.name in found or not _is_ours(member):
                        raise BackupError("This is no backup: it holds what none would hold.")
                    found[member.name] = _put_down(tar, member, folder / str(len(found)))
            while stream.read(1024 * 1024):  # the end of an encrypted one tells whether it is whole
                pass
        source.drain()
    except (tarfile.TarError, EOFError, OSError) as error:
        if getattr(error, "errno", None) in NO_ROOM:
            raise BackupError(
                f"There is no room to unpack it in {folder.parent}: let TMPDIR name another place."
            ) from error
        raise BackupError(INCOMPLETE) from error
    return found


def _is_ours(member: tarfile.TarInfo) -> bool:
    path = PurePosixPath(member.name)
    is_plain = str(path) == member.name and not path.is_absolute() and ".." not in path.parts
    return member.isreg() and is_plain and "\\" not in member.name


def _put_down(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> _Part:
    content = Hashed(tar.extractfile(member))
    with path.open("xb") as file:
        shutil.copyfileobj(content, file)
    return _Part(path, content.sha256)


def _manifest(parts: dict[str, _Part]) -> dict:
    try:
        manifest = json.loads(parts.pop(MANIFEST).path.read_bytes())
    except (KeyError, ValueError, RecursionError) as error:
        raise BackupError(INCOMPLETE) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BackupError("This backup has a format that this release does not know.")
    if not _is_sound(manifest):
        raise BackupError("This is no backup: its manifest does not say what one would say.")
    return manifest


def _is_sound(manifest: dict) -> bool:
    """Whether all is there that is read later, when a missing word would come too late."""
    each = {"tables": {"fields", "rows", "sha256"}, "files": {"sha256"}}
    lists = all(
        isinstance(manifest.get(key), dict)
        and all(isinstance(said, dict) and words <= said.keys() for said in manifest[key].values())
        for key, words in each.items()
    )
    is_complete = {"release", "made_at", "migrations"} <= manifest.keys()
    return lists and is_complete and isinstance(manifest.get("gone"), list)


def _check(manifest: dict, parts: dict[str, _Part]) -> None:
    """Raise BackupError unless the archive holds what the manifest says, and this site knows it."""
    said = {f"tables/{label}.jsonl": table for label, table in manifest["tables"].items()}
    said |= {f"files/{name}": file for name, file in manifest["files"].items()}
    if wrong := sorted(said.keys() ^ parts.keys()):
        raise BackupError(f"The archive and its manifest differ: {_some(wrong)}.")
    if wrong := [name for name, part in parts.items() if part.sha256 != said[name]["sha256"]]:
        raise BackupError(f"Altered since the backup was made: {_some(wrong)}.")
    ours = {label_of(model): [f.attname for f in fields_of(model)] for model in tables()}
    theirs = {label: table["fields"] for label, table in manifest["tables"].items()}
    if manifest["migrations"] != migrations() or ours != theirs:
        raise BackupError(
            f"The backup is of release {manifest['release']}, which has other tables. Install that "
            "one, run `migrate`, restore, and update afterwards."
        )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _refuse_filled() -> None:
    """Only what migrations create may be there."""
    filled = [label_of(model) for model in tables() if label_of(model) not in MADE_BY_MIGRATIONS]
    filled = [label for label in filled if apps.get_model(label)._base_manager.exists()]
    if filled:
        raise BackupError(
            f"This database is not empty: {_some(filled)}. Restore into a new one, after `migrate`."
        )
    if (name := _first_file()) is not None:
        raise BackupError(
            f"The place for files is not empty: {name}. Name another one, or empty it if a restore "
            "was killed there."
        )


def _first_file(folder: str = "") -> str | None:
    try:
        folders, files = default_storage.listdir(folder)
    except (FileNotFoundError, PermissionError):  # such as lost+found
        return None
    inside = (f"{folder}/{name}".lstrip("/") for name in folders)
    found = (f"{folder}/{name}".lstrip("/") for name in files)
    return next(found, None) or next(filter(None, map(_first_file, inside)), None)


# Filling ------------------------------------------------------------------------------------------


def _store(manifest: dict, parts: dict[str, _Part], *, now: dt.datetime) -> None:
    """Files first, then all rows at once; when anything fails, nothing is left of either."""
    stored: list[str] = []
    try:
        for name in manifest["files"]:
            with parts[f"files/{name}"].path.open("rb") as file:
                stored.append(default_storage.save(name, File(file)))
            if stored[-1] != name:
                raise BackupError(f"The place for files takes no file by the name of {name}.")
        with transaction.atomic():
            _fill(manifest, parts, now=now)
    except BaseException as error:
        _remove(stored)
        if isinstance(error, SuspiciousOperation):
            raise BackupError("The place for files refuses a name in the archive.") from error
        if isinstance(error, UNFIT):  # its own words may hold what stands in a row
            raise BackupError(f"The database refuses the rows: {type(error).__name__}.") from error
        raise


def _remove(names: Iterable[str]) -> None:
    for name in names:
        with suppress(OSError):
            default_storage.delete(name)


def _fill(manifest: dict, parts: dict[str, _Part], *, now: dt.datetime) -> None:
    every = tables()
    for model in every:
        model._base_manager.all()._raw_delete(model._base_manager.db)
    for model in every:
        table = manifest["tables"][label_of(model)]
        _fill_table(model, table, parts[f"tables/{label_of(model)}.jsonl"].path)
    for model in LEASED:  # whoever was at it is not here
        model._base_manager.update(lease_token=None, leased_until=None)
    data_version.begin_anew(now)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), every):
            cursor.execute(statement)
    connection.check_constraints()


def _fill_table(model: type[models.Model], table: dict, path: Path) -> None:
    fields = [model._meta.get_field(name) for name in table["fields"]]
    batch, count = [], 0
    with path.open(encoding="ascii") as lines:
        for line in lines:
            values = zip(fields, json.loads(line), strict=True)
            row = {field.attname: field.to_python(value) for field, value in values}
            batch.append(model(**row))
            count += 1
            if len(batch) == BATCH:
                model._base_manager.bulk_create(batch)
                batch = []
    model._base_manager.bulk_create(batch)
    if count != table["rows"]:
        raise BackupError(f"{label_of(model)} has {count} rows, and not {table['rows']}.")
