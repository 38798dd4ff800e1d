"""Loading bundled data: idempotent, all or nothing, and never over somebody's edit.

A data set is a list of `Record`s in the order in which they depend on each other. What was written
is remembered per record (`LoadRecord`), with a digest of its content. A later run

* creates what is missing,
* updates a row only if nobody has edited it since it was loaded,
* lists the rows that were edited and those that the files no longer name,
* deletes nothing.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from contacts.models import LoadRecord
from portal import history
from portal.data_version import raise_version

BATCH = 500


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
    """What a run did, as keys of records by model name."""

    created: dict[str, list[str]] = field(default_factory=dict)
    updated: dict[str, list[str]] = field(default_factory=dict)
    edited: dict[str, list[str]] = field(default_factory=dict)
    no_longer_named: dict[str, list[str]] = field(default_factory=dict)
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


def load(
    dataset: str,
    records: Sequence[Record],
    *,
    progress: Callable[[str], None] = lambda line: None,
    after: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Write `records` of `dataset` in one transaction; `after` runs at its end, inside it.

    Raises `BadFileError` (and changes nothing) when a record does not fit: a field that the model
    refuses, a reference to nothing, a row that breaks a constraint.
    """
    report = Report()
    _refuse_repetition(records)
    with transaction.atomic():
        known = {(row.model, row.key): row for row in LoadRecord.objects.filter(dataset=dataset)}
        ids: dict[tuple[type[models.Model], str], int] = {}
        named: set[tuple[str, str]] = set()
        for model, group in _grouped(records):
            if not model._meta.auto_created:
                progress(f"{model._meta.verbose_name_plural}: {len(group)}")
            _load_model(dataset, model, group, known=known, ids=ids, report=report)
            named.update((model._meta.model_name, record.key) for record in group)
        for model_name, key in sorted(known.keys() - named):
            report.no_longer_named.setdefault(model_name, []).append(key)
        _note_history(report, ids)
        after(report)
    return report


def _grouped(records: Sequence[Record]) -> Iterable[tuple[type[models.Model], list[Record]]]:
    """Runs of the same model in the order given; a row that needs one of its run begins another."""
    run: list[Record] = []
    keys: set[str] = set()
    for record in records:
        needs_run = any(
            isinstance(value, Ref) and value.model is record.model and value.key in keys
            for value in record.values.values()
        )
        if run and (needs_run or run[0].model is not record.model):
            yield run[0].model, run
            run, keys = [], set()
        run.append(record)
        keys.add(record.key)
    if run:
        yield run[0].model, run


def _note_history(report: Report, ids: dict[tuple[type[models.Model], str], int]) -> None:
    """What was loaded is the first version of each row: an edit can be compared with it."""
    for written, is_new in ((report.created, True), (report.updated, False)):
        for model in dict.fromkeys(model for model, _key in ids):
            keys = written.get(model._meta.model_name, ())
            history.note_bulk(model, [ids[model, key] for key in keys], is_new=is_new)


def _refuse_repetition(records: Sequence[Record]) -> None:
    seen: set[tuple[type[models.Model], str]] = set()
    for record in records:
        if (record.model, record.key) in seen:
            raise BadFileError(record.path, record.line, f"“{record.key}” stands here twice.")
        seen.add((record.model, record.key))


def _load_model(
    dataset: str,
    model: type[models.Model],
    group: list[Record],
    *,
    known: dict[tuple[str, str], LoadRecord],
    ids: dict[tuple[type[models.Model], str], int],
    report: Report,
) -> None:
    model_name = model._meta.model_name
    objects = _present_objects(model, group, known)
    strangers = _present_strangers(model, group, known)
    to_create: list[tuple[Record, models.Model]] = []
    to_update: list[tuple[Record, models.Model]] = []
    touched: set[str] = set()
    for record in group:
        values = _resolved(record, ids)
        row = known.get((model_name, record.key))
        present = objects.get(row.object_id) if row else strangers.get(record.key)
        if present is None:
            to_create.append((record, _checked(record, model(**values))))
            continue
        ids[model, record.key] = present.pk
        content = digest(_content(present, values))
        if content == digest(values):
            report.unchanged += 1
        elif row is None or content != row.digest:
            report.add("edited", model, [record.key])
        else:
            for name, value in values.items():
                setattr(present, name, value)
            to_update.append((record, _checked(record, present)))
            touched.update(values)
    _write(dataset, model, to_create, to_update, sorted(touched), known=known, ids=ids)
    report.add("created", model, (record.key for record, _object in to_create))
    report.add("updated", model, (record.key for record, _object in to_update))


def _present_objects(model, group: list[Record], known) -> dict[int, models.Model]:
    model_name = model._meta.model_name
    wanted = [
        row.object_id
        for record in group
        if (row := known.get((model_name, record.key))) is not None
    ]
    found: dict[int, models.Model] = {}
    for start in range(0, len(wanted), BATCH):
        found.update(model._base_manager.in_bulk(wanted[start : start + BATCH]))
    return found


def _present_strangers(model, group: list[Record], known) -> dict[str, models.Model]:
    """Objects that no run has written, by the key of the record that names the same thing."""
    unique = group[0].unique
    if not unique:
        return {}
    keys = {
        record.values[unique]: record.key
        for record in group
        if (model._meta.model_name, record.key) not in known
    }
    found: dict[str, models.Model] = {}
    wanted = list(keys)
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        for present in model._base_manager.filter(**{f"{unique}__in": batch}):
            found[keys[getattr(present, unique)]] = present
    return found


def _resolved(record: Record, ids) -> dict[str, Any]:
    """The record's values with references replaced by ids, under their column's name."""
    values = {}
    for name, value in record.values.items():
        if isinstance(value, Ref):
            if (value.model, value.key) not in ids:
                raise BadFileError(
                    record.path, record.line, f"{name} names “{value.key}”, which is nowhere given."
                )
            value = ids[value.model, value.key]
        model_field = record.model._meta.get_field(name)
        if not model_field.is_relation:
            try:
                value = model_field.to_python(value)
            except ValidationError as error:
                raise _refused(record, name, value, error) from error
        values[model_field.attname] = value
    return values


def _refused(record: Record, name: str, value, error: ValidationError) -> BadFileError:
    return BadFileError(record.path, record.line, f"{name} “{value}”: {' '.join(error.messages)}")


def _content(present: models.Model, values: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(present, name) for name in values}


def _checked(record: Record, instance: models.Model) -> models.Model:
    """`instance`, if each of its fields accepts its value."""
    for name in record.values:
        model_field = record.model._meta.get_field(name)
        if model_field.is_relation:
            continue
        value = getattr(instance, model_field.attname)
        if value in (None, "") and (model_field.null or model_field.blank):
            continue
        try:
            model_field.clean(value, instance)
        except ValidationError as error:
            raise _refused(record, name, value, error) from error
    return instance


def _write(dataset, model, to_create, to_update, fields, *, known, ids) -> None:
    manager = model._base_manager
    try:
        with transaction.atomic():
            manager.bulk_create([instance for _record, instance in to_create], batch_size=BATCH)
            if to_update:
                names = [model._meta.get_field(name).name for name in fields]
                manager.bulk_update(
                    [instance for _record, instance in to_update], names, batch_size=BATCH
                )
    except IntegrityError as error:
        raise _culprit(to_create or to_update, error) from error
    scope = getattr(model, "public_scope", "places" if model._meta.auto_created else None)
    if scope and (to_create or to_update):
        raise_version(scope)
    rows = []
    for record, instance in to_create + to_update:
        ids[model, record.key] = instance.pk
        attnames = [model._meta.get_field(name).attname for name in record.values]
        content = digest({name: getattr(instance, name) for name in attnames})
        row = known.get((model._meta.model_name, record.key))
        if row is None:
            row = LoadRecord(dataset=dataset, model=model._meta.model_name, key=record.key)
        row.object_id, row.digest = instance.pk, content
        rows.append(row)
    LoadRecord.objects.bulk_create([row for row in rows if row.pk is None], batch_size=BATCH)
    LoadRecord.objects.bulk_update(
        [row for row in rows if row.pk is not None], ["object_id", "digest"], batch_size=BATCH
    )


def _culprit(pairs: list[tuple[Record, models.Model]], error: Exception) -> BadFileError:
    """Which of the rows the database has refused: found by writing them one by one."""
    for record, instance in pairs:
        try:
            with transaction.atomic():
                instance.pk = None
                models.Model.save_base(instance, raw=True, force_insert=True)
        except IntegrityError as refused:
            return BadFileError(
                record.path, record.line, f"the database refuses this row ({refused})."
            )
    path = pairs[0][0].path
    return BadFileError(path, None, f"the database refuses these rows ({error}).")
