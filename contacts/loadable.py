"""What can be loaded from files, and how it went; `contacts.loading` does it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import models


class BadFileError(Exception):
    """A file cannot be loaded; `str()` names the file, the line and what is wrong."""

    def __init__(self, path: Path, line: int | None, problem: str) -> None:
        where = f"{path.name}, line {line}" if line else path.name
        super().__init__(f"{where}: {problem}")


@dataclass(frozen=True)
class Ref:
    """Stands for the object that the record with this key becomes."""

    model: type[models.Model]
    key: str


@dataclass
class Record:
    """One row to load: the values of `model`'s fields, foreign keys as `Ref`.

    `unique` names a field by which the row may be there already without having been loaded, made
    by hand or by another data set; it is then kept as it is.
    """

    model: type[models.Model]
    key: str
    values: dict[str, Any]
    path: Path
    line: int | None = None
    unique: str = ""


@dataclass
class Report:
    """What a run did, as keys of records by model name.

    `elsewhere` are rows that another data set of the same family gives otherwise: left alone.
    """

    created: dict[str, list[str]] = field(default_factory=dict)
    updated: dict[str, list[str]] = field(default_factory=dict)
    edited: dict[str, list[str]] = field(default_factory=dict)
    no_longer_named: dict[str, list[str]] = field(default_factory=dict)
    elsewhere: dict[str, list[str]] = field(default_factory=dict)
    unchanged: int = 0

    def add(self, kind: str, model: type[models.Model], keys: Iterable[str]) -> None:
        listed = list(keys)
        if listed:
            getattr(self, kind).setdefault(model._meta.model_name, []).extend(listed)

    def count(self, kind: str) -> int:
        return sum(len(keys) for keys in getattr(self, kind).values())


def digest(values: dict[str, Any]) -> str:
    """A digest of a row's content that is the same for equal content on every database."""
    canonical = json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
