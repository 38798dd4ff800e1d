"""Loading data from files: idempotent, all or nothing, and never over somebody's edit.

A data set is a list of `Record`s in the order in which they depend on each other. What was written
is remembered per record (`LoadRecord`), with a digest of its content. A later run

* creates what is missing,
* updates a row only if nobody has edited it since it was loaded,
* lists the rows that were edited and those that the files no longer name,
* deletes nothing.

Data sets of one *family*, such as the bundled places and those of one's own county, share their
rows. The bundled one, called as its family, gives way: what it has brought becomes a row of the
other that says more of it, unless it was edited. The others leave each other's rows alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from contacts.loadable import BadFileError, Record, Ref, Report, digest
from contacts.models import LoadRecord
from contacts.present_rows import content_of, is_as_loaded, loaded, remember, strangers
from portal import history
from portal.data_version import raise_version

BATCH = 500
REMEMBERED = ("dataset", "object_id", "fields", "digest")

Known = dict[tuple[str, str], LoadRecord]


@dataclass
class _Run:
    """One load: what earlier runs wrote of this data set and of its family, and what this one did.

    `ids` are the objects that records have become, by model and key.
    """

    dataset: str
    family: str
    own: Known
    others: Known
    ids: dict[tuple[type[models.Model], str], int] = field(default_factory=dict)
    report: Report = field(default_factory=Report)
    claimed: list[LoadRecord] = field(default_factory=list)

    def row(self, model_name: str, key: str) -> LoadRecord | None:
        return self.own.get((model_name, key)) or self.others.get((model_name, key))

    def may_write(self, row: LoadRecord) -> bool:
        """Whether a row that a run wrote is this data set's, or one that gives way to it."""
        return row.dataset in (self.dataset, self.family)


def load(
    dataset: str,
    records: Sequence[Record],
    *,
    family: str = "",
    progress: Callable[[str], None] = lambda line: None,
    after: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Write `records` of `dataset` in one transaction; `after` runs at its end, inside it.

    With a `family`, data sets of that name and of names that begin with it and a colon share their
    rows. Raises `BadFileError` (and changes nothing) when a record does not fit: a field that the
    model refuses, a reference to nothing, a row that breaks a constraint.
    """
    _refuse_repetition(records)
    with transaction.atomic():
        run = _Run(dataset, family, *_written_before(dataset, family))
        named: set[tuple[str, str]] = set()
        for model, group in _grouped(records):
            if not model._meta.auto_created:
                progress(f"{model._meta.verbose_name_plural}: {len(group)}")
            _load_model(run, model, group)
            named.update((model._meta.model_name, record.key) for record in group)
        for model_name, key in sorted(run.own.keys() - named):
            run.report.no_longer_named.setdefault(model_name, []).append(key)
        LoadRecord.objects.bulk_update(run.claimed, REMEMBERED, batch_size=BATCH)
        _note_history(run.report, run.ids)
        after(run.report)
    return run.report


def _written_before(dataset: str, family: str) -> tuple[Known, Known]:
    """What is remembered of `dataset` itself, and of the other data sets of its family."""
    wanted = Q(dataset=dataset)
    if family:
        wanted |= Q(dataset=family) | Q(dataset__startswith=f"{family}:")
    own: Known = {}
    others: Known = {}
    for row in LoadRecord.objects.filter(wanted):
        (own if row.dataset == dataset else others)[row.model, row.key] = row
    return own, others


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


def _load_model(run: _Run, model: type[models.Model], group: list[Record]) -> None:
    name = model._meta.model_name
    resolved = {record.key: _resolved(record, run.ids) for record in group}
    rows = {record.key: row for record in group if (row := run.row(name, record.key))}
    present = strangers(model, [record for record in group if record.key not in rows], resolved)
    present |= loaded(model, rows)
    to_create: list[tuple[Record, models.Model]] = []
    to_update: list[tuple[Record, models.Model]] = []
    touched: set[str] = set()
    for record in group:
        values = resolved[record.key]
        instance = present.get(record.key)
        if instance is None:
            to_create.append((record, _checked(record, model(**values))))
            continue
        run.ids[model, record.key] = instance.pk
        fate = _fate(run, record, instance, values, rows.get(record.key))
        if fate == "unchanged":
            run.report.unchanged += 1
            _claim(run, rows.get(record.key), instance, values)
        elif fate == "updated":
            for attname, value in values.items():
                setattr(instance, attname, value)
            to_update.append((record, _checked(record, instance)))
            touched.update(values)
        else:
            run.report.add(fate, model, [record.key])
    _write(run, model, to_create, to_update, sorted(touched))
    run.report.add("created", model, (record.key for record, _object in to_create))
    run.report.add("updated", model, (record.key for record, _object in to_update))


def _claim(run: _Run, row: LoadRecord | None, instance: models.Model, values: Mapping) -> None:
    """What this data set says, too, is its own from now on, and no third one's."""
    if row is not None and run.may_write(row):
        before = row.dataset, row.fields, row.digest
        row.dataset = run.dataset
        remember(row, instance, values)
        if before != (row.dataset, row.fields, row.digest):
            run.claimed.append(row)


def _fate(run: _Run, record: Record, instance, values, row: LoadRecord | None) -> str:
    """What becomes of an object that is there: the name of a list in the report."""
    if digest(content_of(instance, values)) == digest(values):
        return "unchanged"
    if row is not None and not run.may_write(row):
        return "elsewhere"
    if row is None or not is_as_loaded(instance, values, row):
        return "edited"
    return "updated"


def _resolved(record: Record, ids: Mapping) -> dict[str, Any]:
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


def _write(run: _Run, model: type[models.Model], to_create, to_update, fields) -> None:
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
    _remember(run, model, to_create + to_update)


def _remember(run: _Run, model: type[models.Model], written) -> None:
    """Note which object each record has become, as a row of this data set from now on."""
    name = model._meta.model_name
    rows = []
    for record, instance in written:
        run.ids[model, record.key] = instance.pk
        attnames = [model._meta.get_field(field).attname for field in record.values]
        row = run.row(name, record.key)
        if row is None or not run.may_write(row):
            row = LoadRecord(model=name, key=record.key)
        row.dataset, row.object_id = run.dataset, instance.pk
        remember(row, instance, attnames)
        rows.append(row)
    LoadRecord.objects.bulk_create([row for row in rows if row.pk is None], batch_size=BATCH)
    LoadRecord.objects.bulk_update(
        [row for row in rows if row.pk is not None], REMEMBERED, batch_size=BATCH
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
