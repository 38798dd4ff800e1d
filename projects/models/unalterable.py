"""Rows that are written once."""

from django.db import models

from projects.models.scoping import CaseQuerySet


class Unalterable(CaseQuerySet):
    """Rows that are written once: what was sent, and what has happened."""

    def update(self, **kwargs):
        raise TypeError(f"{self.model.__name__} rows are not changed.")

    def delete(self):
        raise TypeError(f"{self.model.__name__} rows are not deleted.")

    def erase(self) -> None:
        """Delete them nevertheless: a whole case goes, with a seal in its place."""
        super().delete()


class UnalterableModel(models.Model):
    """`save()` inserts and nothing else."""

    objects = Unalterable.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} rows are not changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError(f"{type(self).__name__} rows are not deleted.")
