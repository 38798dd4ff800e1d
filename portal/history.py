"""Who changed what when: a row per save of every model that declares ``history = Tracked()``.

django-simple-history writes the rows, in the writer's transaction. Bulk writes have no signal: they
go through `bulk_create_with_history` and `bulk_update_with_history` of that package, or tell
`note_bulk` afterwards.
"""

import copy
from collections.abc import Iterable, Sequence

from django.apps import apps
from django.db import models, router
from django.db.models.deletion import Collector
from django.utils import timezone
from parler.fields import TranslationsForeignKey
from simple_history.models import HistoricalRecords


class Tracked(HistoricalRecords):
    """`HistoricalRecords` that also knows proxy models and the translations of django-parler."""

    def finalize(self, sender: type[models.Model], **kwargs) -> None:
        """A save through a proxy is sent under the proxy's name; it belongs to the same table."""
        if not (sender._meta.proxy and sender._meta.concrete_model is self.cls):
            super().finalize(sender, **kwargs)
            return
        models.signals.post_save.connect(self.post_save, sender=sender, weak=False)
        models.signals.pre_delete.connect(self.pre_delete, sender=sender, weak=False)
        models.signals.post_delete.connect(self.post_delete, sender=sender, weak=False)

    def post_delete(self, instance: models.Model, using: str | None = None, **kwargs) -> None:
        """Rows that go together are written by `delete_many`, together."""
        if not hasattr(instance, "_goes_with_many"):
            super().post_delete(instance, using=using, **kwargs)

    def fields_included(self, model: type[models.Model]) -> list[models.Field]:
        """The key of a translation is copied as a plain one: as what it is, it would announce the
        history as one more translation."""
        return [_plain(field) for field in super().fields_included(model)]


def _plain(field: models.Field) -> models.Field:
    if not isinstance(field, TranslationsForeignKey):
        return field
    plain = copy.copy(field)
    plain.__class__ = models.ForeignKey
    return plain


BATCH = 500


def links_of(model: type[models.Model], field: models.ManyToManyField) -> type[models.Model]:
    """The history of the many-to-many `field` of a tracked `model`: a row per link and version."""
    through = field.remote_field.through.__name__
    return apps.get_model(model._meta.app_label, f"Historical{through}")


def delete_many(rows: Sequence[models.Model], *, by) -> None:
    """`delete()` of many rows of one model, and their history with `by` as the user.

    What depends on them is looked for once, not once a row, and the history is written at once.
    Raises `ProtectedError` as `delete()` does.
    """
    if not rows:
        return
    model = type(rows[0])
    versions = []
    if hasattr(model, "history"):
        history = model.history.model
        names = [field.attname for field in history.tracked_fields]
        now = timezone.now()
        for row in rows:
            row._goes_with_many = True
            values = {name: getattr(row, name) for name in names}
            versions.append(history(history_date=now, history_user=by, history_type="-", **values))
    collector = Collector(using=router.db_for_write(model))
    collector.collect(rows)
    collector.delete()
    if versions:
        history.objects.bulk_create(versions, batch_size=BATCH)


def note_bulk(model: type[models.Model], ids: Sequence[int], *, is_new: bool) -> None:
    """Write the history of rows that were stored past the signals, with their many-to-many links.

    A model that is not tracked is left alone. Nobody is named: it was a file.
    """
    model = model._meta.concrete_model
    if not hasattr(model, "history"):
        return
    for start in range(0, len(ids), BATCH):
        rows = model._base_manager.filter(pk__in=ids[start : start + BATCH])
        records = model.history.bulk_history_create(rows, update=not is_new)
        for field in records[0]._history_m2m_fields if records else ():
            _note_links(model, field, records)


def _note_links(
    model: type[models.Model], field: models.ManyToManyField, records: Iterable[models.Model]
) -> None:
    links = links_of(model, field)
    version_of = {record.id: record.history_id for record in records}
    owner = f"{field.m2m_field_name()}_id"
    through = field.remote_field.through
    names = [column.attname for column in through._meta.concrete_fields]
    rows = through._base_manager.filter(**{f"{owner}__in": list(version_of)}).values(*names)
    links.objects.bulk_create(
        [links(history_id=version_of[row[owner]], **row) for row in rows], batch_size=BATCH
    )
