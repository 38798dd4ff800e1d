"""Rows of contacts as a `Publication` keeps them: JSON objects that can be compared and put back.

An `Edit` is one row before and after, as `rule_checks.Change` is for a rule. Each record names its
model, its id and all its columns; dates are ISO texts.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Model, prefetch_related_objects
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from contacts.models import Absence, Person, Post, PostTranslation, Responsibility, Tenure
from portal.history import delete_many

# In the order in which rows may point at each other; what goes, goes the other way round. With each
# model, what its checks and its name in messages read.
READ_WITH: dict[type[Model], tuple[str, ...]] = {
    Person: (),
    Post: ("translations", "agency", "office", "deputy"),
    PostTranslation: ("master",),
    Tenure: ("post__translations", "person"),
    Absence: ("person", "stand_in__agency"),
    Responsibility: ("post__agency", "post__translations", "area__parent", "topic"),
}
RECORDED = tuple(READ_WITH)
AT_ONCE = 500  # SQLite cannot read a thousand rows by a list of keys as Django writes it
MODELS = {model._meta.model_name: model for model in RECORDED}


@dataclass(frozen=True, eq=False)
class Edit:
    """One row before and after: without `before` it is new, without `after` it goes.

    `before` is as it was read, `after` another object of the same model, with the same id if there
    was one before.
    """

    before: Model | None
    after: Model | None

    @property
    def model(self) -> type[Model]:
        return type(self.after or self.before)

    @property
    def is_empty(self) -> bool:
        return bool(self.before and self.after) and as_record(self.before) == as_record(self.after)


def columns(model: type[Model]) -> list:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def as_record(row: Model) -> dict:
    """`row` as JSON. Whatever `write` has stored can be read back by `from_record`."""
    record = {"model": row._meta.model_name, "id": row.pk}
    for field in columns(type(row)):
        value = getattr(row, field.attname)
        record[field.attname] = value.isoformat() if isinstance(value, dt.date) else value
    return record


def from_record(record: dict) -> Model:
    """An object with the columns of `record`; it is not stored by that."""
    model = MODELS[record["model"]]
    values = {
        field.attname: field.to_python(record[field.attname])
        for field in columns(model)
        if field.attname in record
    }
    return model(pk=record["id"], **values)


def read_with_relations(rows: Iterable[Model]) -> None:
    """Read what `rows` point at: a few queries a model and `AT_ONCE` rows, not one a row."""
    by_model: dict[type[Model], list[Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    for model, own in by_model.items():
        for start in range(0, len(own), AT_ONCE):
            prefetch_related_objects(own[start : start + AT_ONCE], *READ_WITH[model])


def stale(edits: Iterable[Edit]) -> list[Edit]:
    """The edits whose row is no longer what was read. One query a model."""
    wanted = [edit for edit in edits if edit.before is not None]
    found = []
    for model in RECORDED:
        own = [edit for edit in wanted if edit.model is model]
        present = model._base_manager.in_bulk([edit.before.pk for edit in own]) if own else {}
        found += [
            edit
            for edit in own
            if edit.before.pk not in present
            or as_record(present[edit.before.pk]) != as_record(edit.before)
        ]
    return found


def write(edits: Sequence[Edit], *, by) -> tuple[list[dict], list[dict]]:
    """Store `edits`, and the history of each row; return the records before and after.

    Raises `IntegrityError` or `ProtectedError` where the database objects.
    """
    before = [as_record(edit.before) for edit in edits if edit.before is not None]
    for model in reversed(RECORDED):
        delete_many([e.before for e in edits if e.model is model and e.after is None], by=by)
    for model in RECORDED:
        own = [edit for edit in edits if edit.model is model and edit.after is not None]
        new = [edit.after for edit in own if edit.before is None]
        changed = [edit.after for edit in own if edit.before is not None]
        if new:
            for row in new:
                _follow_saved(row)
            bulk_create_with_history(new, model, default_user=by, batch_size=500)
        if changed:
            names = [field.name for field in columns(model)]
            bulk_update_with_history(changed, model, names, default_user=by, batch_size=500)
    return before, [as_record(edit.after) for edit in edits if edit.after is not None]


def _follow_saved(row: Model) -> None:
    """A row made for a parent that was new itself learns the id that the parent has got."""
    for field in row._meta.concrete_fields:
        if field.is_relation and field.is_cached(row):
            parent = field.get_cached_value(row)
            setattr(row, field.attname, parent.pk if parent is not None else None)
