"""Who may see which row: one `visible_to(user)` on the QuerySet of each model.

Views, the admin, exports and the search all read through it; what it leaves out does not exist for
that user. The default is to refuse: a model says what the public sees by `published()`, and how a
row belongs to an agency by `agency_path`.
"""

from typing import Self

from parler.managers import TranslatableQuerySet

from contacts.roles import agencies_of
from portal.data_version import PublicQuerySet


class SharedQuerySet(PublicQuerySet):
    """Rows that belong to no agency and are no secret: places, topics, sources."""

    def visible_to(self, user) -> Self:
        return self.all()


class AgencyQuerySetBase(PublicQuerySet):
    """Rows of an agency: the public sees what is published, staff see their own agencies' rows."""

    def visible_to(self, user) -> Self:
        if not user.is_authenticated:
            return self.published()
        if user.is_superuser and user.is_active:
            return self.all()
        return self.of_agencies(agencies_of(user))

    def of_agencies(self, agency_ids) -> Self:
        return self.filter(**{f"{self.model.agency_path}__in": agency_ids})

    def published(self) -> Self:
        return self.none()


class OwnOrNobodysQuerySet(AgencyQuerySetBase):
    """Rows for staff: those of their agencies, and those that belong to no agency (yet)."""

    def visible_to(self, user) -> Self:
        rows = super().visible_to(user)
        if user.is_authenticated and not user.is_superuser and agencies_of(user):
            rows |= self.filter(**{f"{self.model.agency_path}__isnull": True})
        return rows


class PublishedQuerySet(AgencyQuerySetBase):
    """Rows of an agency that the public may read, all of them."""

    def published(self) -> Self:
        return self.all()


class TranslatedPublishedQuerySet(PublishedQuerySet, TranslatableQuerySet):
    """The same, for a model with translated texts."""


class TranslatedSharedQuerySet(SharedQuerySet, TranslatableQuerySet):
    """Shared rows with translated texts."""
