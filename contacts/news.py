"""The news of agencies as public pages show them: frozen, without a query.

Dates are local (Europe/Berlin) and inclusive. What is shown only later is part of a data version,
so that it appears at midnight without anybody's doing; every reader asks for a day.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from contacts.models import NewsItem
from contacts.published import AgencyView
from contacts.snapshot import current as contacts_of
from portal.data_version import PerVersion, Versions
from portal.texts import Text, texts

FRESH = dt.timedelta(days=180)  # for so long other pages point at news without a last day


@dataclass(frozen=True, eq=False)
class NewsView:
    slug: str
    agency: AgencyView
    published_on: dt.date
    valid_until: dt.date | None
    title: Text
    summary: Text
    text: Text

    def is_out(self, on: dt.date) -> bool:
        return self.published_on <= on

    def is_current(self, on: dt.date) -> bool:
        return self.is_out(on) and (self.valid_until is None or on <= self.valid_until)

    def is_fresh(self, on: dt.date) -> bool:
        """Whether pages about something else point at it."""
        if self.valid_until is not None:
            return self.is_current(on)
        return self.is_out(on) and on < self.published_on + FRESH

    def get_absolute_url(self) -> str:
        return reverse("contacts:news_item", args=[self.slug])


@dataclass(frozen=True)
class News:
    """Everything of one data version, the newest first."""

    every: tuple[NewsView, ...]

    def item(self, slug: str, on: dt.date) -> NewsView | None:
        return next((item for item in self._out(on) if item.slug == slug), None)

    def current(self, on: dt.date, agency: AgencyView | None = None) -> list[NewsView]:
        """What is current on the day `on`, of `agency` or of all."""
        return [item for item in self._out(on, agency) if item.is_current(on)]

    def former(self, on: dt.date, agency: AgencyView | None = None) -> list[NewsView]:
        return [item for item in self._out(on, agency) if not item.is_current(on)]

    def fresh(self, on: dt.date, agency: AgencyView | None = None) -> list[NewsView]:
        return [item for item in self._out(on, agency) if item.is_fresh(on)]

    def _out(self, on: dt.date, agency: AgencyView | None = None) -> Iterable[NewsView]:
        for item in self.every:
            if item.is_out(on) and (agency is None or item.agency.id == agency.id):
                yield item


def current(versions: Versions) -> News:
    """What is public of `versions` (as read by `portal.data_version.read`)."""
    return snapshots.at(versions)


def _build(versions: Versions) -> News:
    agencies = contacts_of(versions).agencies
    rows = NewsItem.objects.visible_to(AnonymousUser()).prefetch_related("translations")
    return News(tuple(_view(row, agencies[row.agency_id]) for row in rows))


def _view(row: NewsItem, agency: AgencyView) -> NewsView:
    words = row.translations.all()
    return NewsView(
        slug=row.slug,
        agency=agency,
        published_on=row.published_on,
        valid_until=row.valid_until,
        title=texts(words, "title"),
        summary=texts(words, "summary"),
        text=texts(words, "text"),
    )


snapshots = PerVersion(_build, "places", "contacts", "content")
