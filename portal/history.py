"""Who changed what when: a row per save of every model that declares ``history = Tracked()``.

django-simple-history writes the rows, in the writer's transaction. Bulk writes have no signal: they
go through `bulk_create_with_history` and `bulk_update_with_history` of that package.
"""

import copy

from django.db import models
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
