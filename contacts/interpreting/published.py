"""Pools of interpreters as public pages show them: frozen, without a query and without a name.

Dates are local (Europe/Berlin) and inclusive.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from contacts.enquiries.routing import TOPICS, desk_of
from contacts.models import InterpreterPool
from contacts.models.enquiry import EnquiryKind
from contacts.places import Place
from contacts.published import AgencyView, PostView
from contacts.resolver import Contact
from contacts.snapshot import Snapshot
from contacts.snapshot import current as contacts_of
from contacts.spoken import language_name
from portal.data_version import PerVersion, Versions
from portal.texts import Text, texts

TOPIC = TOPICS[EnquiryKind.INTERPRETER]


@dataclass(frozen=True, eq=False)
class PoolView:
    """`post` is the desk; `terms` has a line for each of the terms."""

    id: int
    slug: str
    agency: AgencyView
    post: PostView
    name: Text
    summary: Text
    terms: Text
    languages: tuple[str, ...]
    run_by: str
    since: dt.date | None

    @property
    def language_names(self) -> list[str]:
        """In the language of the page, in the order of its alphabet."""
        return sorted((language_name(code) for code in self.languages), key=str.casefold)

    def is_at_work(self, on: dt.date) -> bool:
        """Whether somebody answers there on the day `on`."""
        begun = self.since is None or self.since <= on
        return begun and self.post.is_filled and not self.agency.is_finished(on)

    def areas(self, snapshot: Snapshot, on: dt.date) -> list[Place]:
        """Where the desk is responsible for interpreting on the day `on`."""
        topic = snapshot.topic(TOPIC)
        rules = snapshot.areas_of(self.post, on)
        return [rule.area for rule in rules if topic is None or rule.topic_id in (topic.id, None)]

    def contact(self, snapshot: Snapshot, on: dt.date) -> Contact | None:
        """Who answers at the desk on the day `on`; None: the agency."""
        return desk_of(self.post, self.agency, on=on, snapshot=snapshot)

    def get_absolute_url(self) -> str:
        return reverse("contacts:interpreter_pool", args=[self.slug])


@dataclass(frozen=True)
class Pools:
    """Everything public of one data version."""

    by_id: Mapping[int, PoolView]

    def pool(self, slug: str) -> PoolView | None:
        return next((pool for pool in self.by_id.values() if pool.slug == slug), None)

    def at_work(self, on: dt.date, agency: AgencyView | None = None) -> list[PoolView]:
        """Those at which somebody answers on the day `on`, of `agency` or of all."""
        return [
            pool
            for pool in self.by_id.values()
            if pool.is_at_work(on) and (agency is None or pool.agency.id == agency.id)
        ]


def current(versions: Versions) -> Pools:
    """What is public of `versions` (as read by `portal.data_version.read`)."""
    return snapshots.at(versions)


def _build(versions: Versions) -> Pools:
    snapshot = contacts_of(versions)
    rows = InterpreterPool.objects.visible_to(AnonymousUser()).prefetch_related("translations")
    return Pools(
        {
            row.pk: _view(row, snapshot)
            for row in rows
            if row.agency_id in snapshot.agencies and row.post_id in snapshot.posts
        }
    )


def _view(row: InterpreterPool, snapshot: Snapshot) -> PoolView:
    words = row.translations.all()
    return PoolView(
        id=row.pk,
        slug=row.slug,
        agency=snapshot.agencies[row.agency_id],
        post=snapshot.posts[row.post_id],
        name=texts(words, "name"),
        summary=texts(words, "summary"),
        terms=texts(words, "terms"),
        languages=tuple(row.languages),
        run_by=row.run_by,
        since=row.started_on,
    )


snapshots = PerVersion(_build, "places", "contacts", "content")
