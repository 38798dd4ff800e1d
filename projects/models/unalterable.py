"""Rows of a case that are written once."""

from portal.unalterable import WrittenOnceModel, WrittenOnceQuerySet
from projects.models.scoping import CaseQuerySet


class Unalterable(WrittenOnceQuerySet, CaseQuerySet):
    """What was sent, and what has happened; a whole case goes with a seal in its place."""


class UnalterableModel(WrittenOnceModel):
    objects = Unalterable.as_manager()

    class Meta:
        abstract = True
