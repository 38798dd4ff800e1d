"""Who changed what when, field by field, and the way back to an earlier version.

To the history of a row belongs that of whatever goes when the row goes: the translations of a post
and its holders, the hours of an office, the names of a place.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.utils.formats import localize
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from parler.models import TranslatableModel

from contacts.models import Area
from portal.history import links_of

HIDDEN = {"id", "master", "language_code", "key1", "key2"}
Record = models.Model  # a row of a history table


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One save or deletion. `model` and `version` name the record, for `find` and `restore`.

    `can_be_restored` is false for the version that is in force.
    """

    when: dt.datetime
    who: str
    about: str
    kind: str
    changes: tuple[FieldChange, ...]
    model: str
    version: int
    can_be_restored: bool


def parts_of(model: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    """The tracked models that go with a row of `model`, each with its key to that row."""
    concrete = model._meta.concrete_model
    return [
        (relation.related_model, relation.field.attname)
        for relation in concrete._meta.related_objects
        if getattr(relation, "on_delete", None) is models.CASCADE
        and hasattr(relation.related_model, "history")
    ]


def is_tracked(model: type[models.Model]) -> bool:
    return hasattr(model._meta.concrete_model, "history")


def records_of(row: models.Model) -> list[Record]:
    """The records of `row` and of its parts, the newest first. One query a model."""
    model = row._meta.concrete_model
    found = list(model.history.filter(id=row.pk).select_related("history_user"))
    for part, key in parts_of(model):
        found += part.history.filter(**{key: row.pk}).select_related("history_user")
    return sorted(found, key=lambda record: (record.history_date, record.history_id), reverse=True)


def entries_of(row: models.Model) -> list[Entry]:
    """The history of `row`, the newest entry first."""
    records = records_of(row)
    shown = _Shown(records)
    entries = []
    newest: dict[tuple, Record] = {}
    for record, former in _with_former(records):
        key = _key(record)
        is_newest = newest.setdefault(key, record) is record
        entries.append(
            Entry(
                when=record.history_date,
                who=str(record.history_user or _("loaded from a file")),
                about=_about(record, shown),
                kind=record.history_type,
                changes=tuple(_changes(record, former, shown)),
                model=_model(record)._meta.model_name,
                version=record.history_id,
                can_be_restored=not is_newest and record.history_type != "-",
            )
        )
    return entries


def find(row: models.Model, *, model: str, version: int) -> Record | None:
    """The record of `row` or one of its parts that an `Entry` has named."""
    return next(
        (
            record
            for record in records_of(row)
            if record.history_id == version and _model(record)._meta.model_name == model
        ),
        None,
    )


@transaction.atomic
def restore(record: Record, *, by, names: Collection[str] | None = None) -> models.Model:
    """Bring the row of `record` back to what it was then; one that has been deleted comes back.

    Of a row that exists, only the fields `names` are written (None: all). What somebody may not
    change in a form does not change by going back either. Raises `ValidationError` where that no
    longer fits the rest. The restoring is a new version.
    """
    model = _model(record)
    row = model._base_manager.select_for_update().filter(pk=record.id).first()
    if row is None:
        row = record.instance
    else:
        for field in record.tracked_fields:
            if names is None or field.name in names:
                setattr(row, field.attname, getattr(record, field.attname))
    row.full_clean()
    row._history_user = by
    row.save()
    for field in record._history_m2m_fields:
        if names is not None and field.name not in names:
            continue
        target = field.m2m_reverse_field_name()
        chosen = getattr(record, field.name).values_list(f"{target}_id", flat=True)
        getattr(row, field.name).set(list(chosen))
    return row


def _model(record: Record) -> type[models.Model]:
    return record.instance_type


def _key(record: Record) -> tuple:
    return (type(record), record.id)


def _with_former(records: Iterable[Record]) -> Iterator[tuple[Record, Record | None]]:
    """Each record with the one before it of the same row."""
    rows: dict[tuple, list[Record]] = {}
    for record in records:
        rows.setdefault(_key(record), []).append(record)
    for record in records:
        own = rows[_key(record)]
        own.pop(0)  # the newest comes first: what is left is older
        yield record, own[0] if own else None


class _Shown:
    """Values as people read them. What keys lead to is read at once, not record by record."""

    def __init__(self, records: list[Record]) -> None:
        wanted: dict[type[models.Model], set[int]] = {}
        self.many = dict(self._many(records))
        for record in records:
            for field in record.tracked_fields:
                if field.is_relation and getattr(record, field.attname) is not None:
                    wanted.setdefault(field.related_model, set()).add(
                        getattr(record, field.attname)
                    )
        for (_record, field), ids in self.many.items():
            wanted.setdefault(field.related_model, set()).update(ids)
        self.rows: Mapping[type[models.Model], dict[int, models.Model]] = {
            model: _with_names(model).in_bulk(ids) for model, ids in wanted.items()
        }

    def _many(self, records: list[Record]) -> Iterator[tuple[tuple, list[int]]]:
        by_model: dict[type[models.Model], list[Record]] = {}
        for record in records:
            by_model.setdefault(type(record), []).append(record)
        for own in by_model.values():
            for field in own[0]._history_m2m_fields:
                links = links_of(_model(own[0]), field)
                target = f"{field.m2m_reverse_field_name()}_id"
                found: dict[int, list[int]] = {record.history_id: [] for record in own}
                for owner, pk in links.objects.filter(history__in=list(found)).values_list(
                    "history_id", target
                ):
                    found[owner].append(pk)
                for record in own:
                    yield (record, field), sorted(found[record.history_id])

    def value(self, record: Record, field: models.Field) -> str:
        value = getattr(record, field.attname)
        if value in (None, ""):
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if field.is_relation:
            return str(self.rows[field.related_model].get(value, "–"))
        return str(dict(field.flatchoices).get(value) or localize(value))

    def values(self, record: Record, field: models.Field) -> str:
        rows = self.rows.get(field.related_model, {})
        return ", ".join(str(rows.get(pk, "–")) for pk in self.many[record, field])


def _with_names(model: type[models.Model]) -> models.QuerySet:
    """The rows of `model`, with what their names are made of."""
    rows = model._base_manager.all()
    if issubclass(model, TranslatableModel):
        return rows.prefetch_related("translations")
    return rows.select_related("parent") if model is Area else rows


def _about(record: Record, shown: _Shown) -> str:
    """What kind of row, and which: a translation by its language, a holder by the name."""
    name = str(_model(record)._meta.verbose_name)
    if hasattr(record, "language_code"):
        code = record.language_code
        try:
            return f"{name} ({get_language_info(code)['name_translated']})"
        except KeyError:
            return f"{name} ({code})"
    for key in ("person", "text", "code"):
        try:
            field = _model(record)._meta.get_field(key)
        except FieldDoesNotExist:
            continue
        return f"{name}: {shown.value(record, field)}"
    return name


def _changes(record: Record, former: Record | None, shown: _Shown) -> Iterator[FieldChange]:
    if record.history_type == "-":
        return
    for field in record.tracked_fields:
        if field.name in HIDDEN:
            continue
        before = shown.value(former, field) if former else ""
        after = shown.value(record, field)
        if before != after:
            yield FieldChange(str(field.verbose_name), before, after)
    for field in record._history_m2m_fields:
        before = shown.values(former, field) if former else ""
        after = shown.values(record, field)
        if before != after:
            yield FieldChange(str(field.verbose_name), before, after)
