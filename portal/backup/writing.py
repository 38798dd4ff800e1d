"""Writing a backup."""

import datetime as dt
import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from portal.backup.sealing import Hashed, recipients, sealed
from portal.backup.tables import (
    FORMAT,
    MANIFEST,
    fields_of,
    label_of,
    migrations,
    plain,
    tables,
)

BATCH = 1000


@dataclass(frozen=True)
class Written:
    """What a backup holds. `gone` are files that rows name and the storage does not have.

    `sha256` is the checksum of everything that was written, as `sha256sum` gives it.
    """

    manifest: dict
    sha256: str

    @property
    def gone(self) -> list[str]:
        return self.manifest["gone"]


def write(target: IO[bytes], *, now: dt.datetime, to: Iterable[str] = ()) -> Written:
    """Write a backup to `target`, which need not be seekable.

    With public keys in `to`, it is encrypted for them; raises BackupError for one that is none.

    A file can go between the instant of the rows and its turn, when somebody erases a case; then
    it is among those that are `gone`, and another try will find neither file nor row.
    """
    keys, counted = recipients(to), Hashed(target)
    with sealed(counted, keys) as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
        manifest = _Archive(tar, now).fill()
    return Written(manifest, counted.sha256)


@dataclass
class _Archive:
    """One archive that grows: tables, then files, then the manifest that names both."""

    tar: tarfile.TarFile
    now: dt.datetime
    names: set[str] = field(default_factory=set)  # of files, as the rows have them

    def fill(self) -> dict:
        with _one_instant():
            made = {"migrations": migrations()}
            made["tables"] = {label_of(model): self._table(model) for model in tables()}
        found = {name: self._file(name) for name in sorted(self.names)}
        manifest = {
            "format": FORMAT,
            "release": settings.RELEASE,
            "made_at": self.now.isoformat(),
            **made,
            "files": {name: said for name, said in found.items() if said is not None},
            "gone": [name for name, said in found.items() if said is None],
        }
        content = json.dumps(manifest, indent=1).encode()
        self._add(MANIFEST, io.BytesIO(content), len(content))
        return manifest

    def _table(self, model: type[models.Model]) -> dict:
        """Add the rows of `model`, and say what the manifest says of them."""
        fields = fields_of(model)
        files = [i for i, each in enumerate(fields) if isinstance(each, models.FileField)]
        digest, count = hashlib.sha256(), 0
        with tempfile.TemporaryFile() as file:
            for row in _rows(model):
                line = json.dumps(row, default=plain).encode() + b"\n"
                file.write(line)
                digest.update(line)
                self.names.update(row[i] for i in files if row[i])
                count += 1
            size = file.tell()
            file.seek(0)
            self._add(f"tables/{label_of(model)}.jsonl", file, size)
        return {
            "fields": [each.attname for each in fields],
            "rows": count,
            "sha256": digest.hexdigest(),
        }

    def _file(self, name: str) -> dict | None:
        """Add a file of the storage; None where it is gone."""
        try:
            with default_storage.open(name) as file:
                size, counted = file.size, Hashed(file)
                self._add(f"files/{name}", counted, size)
        except FileNotFoundError:
            return None
        return {"size": size, "sha256": counted.sha256}

    def _add(self, name: str, content: IO[bytes] | Hashed, size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, int(self.now.timestamp()), 0o600
        self.tar.addfile(info, content)


def _rows(model: type[models.Model]) -> Iterator[tuple]:
    rows = model._base_manager.order_by("pk")
    return rows.values_list(*(each.attname for each in fields_of(model))).iterator(BATCH)


@contextmanager
def _one_instant() -> Iterator[None]:
    """Everything that is read meanwhile is of one instant, and nobody who writes has to wait."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with transaction.atomic():
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield
            return
        cursor.execute("BEGIN DEFERRED")  # `atomic` would take the lock of whoever writes
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
