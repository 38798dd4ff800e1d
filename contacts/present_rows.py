"""Which rows of a data set are in the database already, and whether anybody has edited them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import models

from contacts.loadable import Record, digest
from contacts.models import LoadRecord

BATCH = 500

Values = Mapping[str, Any]


def loaded(model: type[models.Model], rows: Mapping[str, LoadRecord]) -> dict[str, models.Model]:
    """The objects that `rows` (by key) tell of and that are still there, by the same key."""
    wanted = {row.object_id: key for key, row in rows.items()}
    found: dict[int, models.Model] = {}
    for batch in _batches(list(wanted)):
        found.update(model._base_manager.in_bulk(batch))
    return {key: found[row.object_id] for key, row in rows.items() if row.object_id in found}


def strangers(
    model: type[models.Model], group: list[Record], resolved: Mapping[str, Values]
) -> dict[str, models.Model]:
    """Objects that no run has written, by the key of the record that names the same thing.

    `resolved` are the values of each record by its key, with ids for what they refer to.
    """
    found: dict[str, models.Model] = {}
    for names in _unique_together(model, group[0]) if group else ():
        keys = {
            tuple(resolved[record.key][name] for name in names): record.key
            for record in group
            if all(name in resolved[record.key] for name in names)
        }
        asked = names[-1]  # of a translation, the row it belongs to: its language fits too many
        for batch in _batches(list({values[-1] for values in keys} - {None})):
            for present in model._base_manager.filter(**{f"{asked}__in": batch}):
                key = keys.get(tuple(getattr(present, name) for name in names))
                if key is not None:
                    found.setdefault(key, present)
    return found


def _unique_together(model: type[models.Model], record: Record) -> Iterator[tuple[str, ...]]:
    """Which columns together are in one row of `model` only, in all of its rows."""
    if record.unique:
        yield (record.unique,)
        return
    meta = model._meta
    every = [(f.name,) for f in meta.local_concrete_fields if f.unique and not f.primary_key]
    every += [tuple(c.fields) for c in meta.total_unique_constraints]
    every += meta.unique_together
    for names in every:
        if set(names) <= record.values.keys():
            yield tuple(meta.get_field(name).attname for name in names)


def content_of(present: models.Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(present, name) for name in names}


def remember(row: LoadRecord, present: models.Model, names: Iterable[str]) -> None:
    """Let `row` know what `present` holds in the columns `names`."""
    given = sorted(names)
    row.fields, row.digest = " ".join(given), digest(content_of(present, given))


def is_as_loaded(present: models.Model, values: Values, row: LoadRecord) -> bool:
    """Whether `present` still has the content that `row` knows, and nothing beside.

    The files may give columns now which they did not give before: those have to be empty.
    """
    names = row.fields.split() or list(values)
    is_untouched = digest(content_of(present, names)) == row.digest
    return is_untouched and all(
        _is_unfilled(present, name) or getattr(present, name) == values[name]
        for name in values.keys() - set(names)
    )


def _is_unfilled(present: models.Model, name: str) -> bool:
    column = present._meta.get_field(name)
    value = getattr(present, name)
    return value in column.empty_values or value == column.get_default()


def _batches(wanted: list) -> Iterator[list]:
    for start in range(0, len(wanted), BATCH):
        yield wanted[start : start + BATCH]
