"""Rows that are written once."""

from django.db import models


class WrittenOnceQuerySet(models.QuerySet):
    """What was sent, and what has happened: neither changed nor deleted."""

    def update(self, **kwargs):
        raise TypeError(f"{self.model.__name__} rows are not changed.")

    def delete(self):
        raise TypeError(f"{self.model.__name__} rows are not deleted.")

    def erase(self) -> None:
        """Delete them nevertheless, when all that they belong to goes."""
        super().delete()

    def blank(self, column: str) -> None:
        """Empty this column of text, when the person whom it may name has to be forgotten."""
        super().update(**{column: ""})


class WrittenOnceModel(models.Model):
    """`save()` inserts and nothing else."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} rows are not changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError(f"{type(self).__name__} rows are not deleted.")
