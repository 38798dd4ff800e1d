"""The search over everything public: contacts, offers, news, documents, projects, funding, pages.

One index per data version, in the process, made of the same snapshots as the pages: what they do
not show cannot be found, no query depends on the number of rows, and both databases find the same.
Words are folded by the two keys of `contacts.names`, as names of places are: "grosspoesna" and
"Großpösna" are one word. Every word has to occur, as the beginning or, from four letters on, as
any part of a word ("kurs" in "Sprachkurs").
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.db.models import TextChoices
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from contacts import documents, news
from contacts.cards import tiles_of
from contacts.enquiries.kinds import PAGES
from contacts.names import clean, search_keys
from contacts.published import PostView
from contacts.snapshot import Snapshot
from contacts.snapshot import current as contacts_of
from portal.data_version import PerVersion, Versions
from portal.texts import Text
from projects import funding, guide, undertakings

LONGEST = 200  # characters of a query that are read
MOST_WORDS = 8
PART_OF_A_WORD = 4  # letters from which on a word may be found inside of another


class Kind(TextChoices):
    """What can be found, in the order in which it is shown."""

    CONTACT = "kontakte", _("Contacts")
    OFFER = "angebote", _("Offers")
    NEWS = "aktuelles", _("News")
    DOCUMENT = "dokumente", _("Documents")
    PROJECT = "projekte", _("Projects")
    FUNDING = "foerderung", _("Funding")
    PAGE = "seiten", _("Pages")


class Target(Protocol):
    def get_absolute_url(self) -> str: ...


@dataclass(frozen=True)
class Named:
    """A page that has nothing but a route."""

    route: str

    def get_absolute_url(self) -> str:
        return reverse(self.route)


def _always(on: dt.date) -> bool:
    return True


@dataclass(frozen=True, eq=False)
class Entry:
    """Something that can be found. `title_keys` and `keys` are folded words between spaces."""

    kind: Kind
    target: Target
    title: Text | str | Promise
    note: Text | str | Promise
    title_keys: tuple[str, str]
    keys: tuple[str, str]
    is_shown: Callable[[dt.date], bool] = _always


@dataclass(frozen=True)
class Word:
    """One word of a query, folded both ways; an empty key matches nothing."""

    keys: tuple[str, str]

    def weight(self, entry: Entry) -> int:
        """How well it fits: 4 and 3 in the title, 2 and 1 elsewhere, 0 not at all."""
        return max(
            _weight(key, title, text)
            for key, title, text in zip(self.keys, entry.title_keys, entry.keys, strict=True)
        )


def _weight(key: str, title: str, text: str) -> int:
    if not key:
        return 0
    start, part = f" {key}", len(key) >= PART_OF_A_WORD
    if start in title:
        return 4
    if part and key in title:
        return 3
    if start in text:
        return 2
    return 1 if part and key in text else 0


@dataclass(frozen=True)
class Found:
    """What was found, by kind, the best first."""

    by_kind: Mapping[Kind, list[Entry]]

    @property
    def number(self) -> int:
        return sum(len(entries) for entries in self.by_kind.values())


def words_of(query: str) -> list[Word]:
    typed = clean(query[:LONGEST]).split()[:MOST_WORDS]
    found = (Word(search_keys(word)) for word in typed)
    return [word for word in found if any(word.keys)]


def find(query: str, *, versions: Versions, on: dt.date) -> Found:
    """Everything public that fits all words of `query` on the local date `on`."""
    words = words_of(query)
    if not words:
        return Found({})
    rated = []
    for entry in (*_posts(contacts_of(versions), on), *index.at(versions)):
        weights = [word.weight(entry) for word in words]
        if all(weights) and entry.is_shown(on):
            rated.append((sum(weights), entry))
    rated.sort(key=lambda pair: -pair[0])  # stable: else in the order of the lists
    found = {kind: [entry for _sum, entry in rated if entry.kind == kind] for kind in Kind}
    return Found({kind: entries for kind, entries in found.items() if entries})


# What can be found --------------------------------------------------------------------------------


def _posts(snapshot: Snapshot, on: dt.date) -> Iterator[Entry]:
    """Who holds a post depends on the day, so these are folded anew: there are some hundred.

    Of posts that nobody could tell apart the first one stands for all, as in the directory.
    """
    posts = (p for p in snapshot.posts.values() if p.is_filled and not p.agency.is_finished(on))
    for tile in tiles_of(posts, on):
        yield _post(tile.post, snapshot, on)


def _post(post: PostView, snapshot: Snapshot, on: dt.date) -> Entry:
    holders = ", ".join(person.name for person in post.holders(on))
    places = [rule.area.name for rule in snapshot.areas_of(post, on)]
    office = post.office.city if post.office else ""
    topics = [topic.name for topic in snapshot.topics if topic.id in post.topic_ids]
    texts = [post.title, post.agency.name, post.agency.area_label, *topics, *places, office]
    title = holders or post.title
    return _entry(Kind.CONTACT, post, title, post.title if holders else post.agency.name, texts)


def _build(versions: Versions) -> tuple[Entry, ...]:
    return tuple(
        entry
        for part in (_agencies, _offers, _news, _documents, _projects, _programmes, _pages)
        for entry in part(versions)
    )


def _agencies(versions: Versions) -> Iterator[Entry]:
    snapshot = contacts_of(versions)
    for agency in snapshot.agencies.values():
        texts = [agency.area_label, agency.summary, agency.tasks, agency.short_name]
        texts += [agency.parent_body, agency.department]
        yield _entry(Kind.CONTACT, agency, agency.name, agency.area_label, texts)
    for office in snapshot.offices.values():
        if not office.archived_on:
            texts = [office.street, office.building, office.city, office.postal_code]
            texts += [office.agency.name]
            title = office.name or f"{office.city}, {office.street}"
            yield _entry(Kind.CONTACT, office, title, office.agency.name, texts)


def _offers(versions: Versions) -> Iterator[Entry]:
    for offer in guide.current(versions).offers:
        texts = [offer.provider, offer.text, offer.times_note, offer.venue, offer.street]
        texts += [offer.city, offer.place.name, *_labels(lambda o=offer: o.kind_label)]
        note = offer.place.name
        yield _entry(Kind.OFFER, offer, offer.title, note, texts, is_shown=offer.is_listed)


def _news(versions: Versions) -> Iterator[Entry]:
    for item in news.current(versions).every:
        texts = [item.summary, item.text, item.agency.name, item.agency.area_label]
        note = item.agency.name
        yield _entry(Kind.NEWS, item, item.title, note, texts, is_shown=item.is_out)


def _documents(versions: Versions) -> Iterator[Entry]:
    for document in documents.current(versions).by_id.values():
        texts = [document.summary, document.issued, document.agency.name]
        texts += [document.agency.area_label, *_labels(lambda d=document: d.kind_label)]
        note = document.agency.name
        yield _entry(
            Kind.DOCUMENT, document, document.title, note, texts, is_shown=document.is_current
        )


def _projects(versions: Versions) -> Iterator[Entry]:
    for project in undertakings.current(versions).every:
        texts = [project.summary, project.goals, project.steps, project.later_steps]
        texts += [project.funders, project.commissioned_by, project.agency.name]
        texts += [project.place.name] if project.place else []
        yield _entry(Kind.PROJECT, project, project.title, project.agency.name, texts)


def _programmes(versions: Versions) -> Iterator[Entry]:
    for programme in funding.current(versions).programmes:
        texts = [programme.summary, programme.examples, programme.applicants]
        texts += [programme.agency.name, programme.agency.area_label]
        yield _entry(Kind.FUNDING, programme, programme.name, programme.agency.name, texts)


def _pages(versions: Versions) -> Iterator[Entry]:
    for topic in contacts_of(versions).topics:
        yield _entry(Kind.PAGE, topic, topic.name, "", [])
    for page in PAGES:
        yield _entry(Kind.PAGE, page, page.label, "", _in_every_language(page.lead))
    for route, label in PLAIN:
        yield _entry(Kind.PAGE, Named(route), label, "", [])


PLAIN: tuple[tuple[str, str | Promise], ...] = (
    ("contacts:map", _("Map of responsibilities")),
    ("contacts:directory", _("All contacts")),
    ("projects:funding_check", _("Does my idea fit? Check it in two minutes")),
    ("projects:offer_submit", _("Enter an offer")),
    ("contacts:enquiry_status", _("What has become of my enquiry?")),
    ("contacts:imprint", _("Imprint")),
    ("contacts:privacy", _("Privacy")),
    ("contacts:accessibility", _("Accessibility")),
    ("contacts:sources", _("Data and sources")),
)


def _entry(
    kind: Kind,
    target: Target,
    title: Text | str | Promise,
    note: Text | str | Promise,
    texts: Iterable[Text | str],
    *,
    is_shown: Callable[[dt.date], bool] = _always,
) -> Entry:
    return Entry(
        kind, target, title, note, _folded(_in_every_language(title)), _folded(texts), is_shown
    )


def _folded(texts: Iterable[Text | str]) -> tuple[str, str]:
    """All words of all versions, folded one by one, each behind a space."""
    written = (
        version
        for text in texts
        for version in (text.versions.values() if isinstance(text, Text) else [text])
    )
    words = {word for version in written for word in clean(version or "").split()}
    keys = [search_keys(word) for word in words]
    return tuple("".join(f" {key[n]}" for key in keys if key[n]) for n in (0, 1))


def _in_every_language(text: Text | str | Promise) -> list[Text | str]:
    return [text] if isinstance(text, Text | str) else _labels(lambda: str(text))


def _labels(label: Callable[[], str]) -> list[str]:
    """What `label` gives in each of the site's languages."""
    found = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.append(label())
    return found


index = PerVersion(_build, "places", "contacts", "content")
