"""Everything public that the search can find: one index per data version, in the process.

It is made of the same snapshots as the pages: what they do not show cannot be found. Words are
folded by the two keys of `contacts.names`, as names of places are.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
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
from contacts.interpreting import published as interpreting
from contacts.models.enquiry import EnquiryKind
from contacts.names import clean, search_keys
from contacts.network import published as networks
from contacts.network.published import GroupView
from contacts.published import AgencyView, PostView
from contacts.snapshot import Snapshot
from contacts.snapshot import current as contacts_of
from contacts.spoken import COMMON, language_name, own_name
from portal.data_version import PerVersion, Versions
from portal.texts import Text
from projects import funding, guide, undertakings


class Kind(TextChoices):
    """What can be found, in the order in which it is shown."""

    CONTACT = "kontakte", _("Contacts")
    NETWORK = "netzwerk", _("Network of partners")
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


def posts(snapshot: Snapshot, on: dt.date) -> Iterator[Entry]:
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
    parts = (_agencies, _pools, _network, _offers, _news, _documents, _projects, _programmes)
    return tuple(entry for part in (*parts, _pages) for entry in part(versions))


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


def _pools(versions: Versions) -> Iterator[Entry]:
    for pool in interpreting.current(versions).by_id.values():
        texts = [pool.summary, pool.terms, pool.run_by, pool.agency.name, pool.agency.area_label]
        texts += [name for code in pool.languages for name in _labels(partial(language_name, code))]
        note = pool.agency.name
        yield _entry(Kind.CONTACT, pool, pool.name, note, texts, is_shown=pool.is_at_work)


def _network(versions: Versions) -> Iterator[Entry]:
    network = networks.current(versions)
    for group in network.groups:
        texts = [group.tasks, group.agency.name, group.agency.area_label]
        texts += _labels(lambda g=group: g.kind_label)
        is_shown = partial(_is_at_work, group)
        yield _entry(Kind.NETWORK, group, group.name, group.agency.name, texts, is_shown=is_shown)
    for partner in network.organisations:
        texts = [partner.summary, partner.agency.name, partner.agency.area_label]
        texts += _labels(lambda p=partner: p.kind_label)
        texts += [partner.place.name] if partner.place else []
        note = partner.place.name if partner.place else partner.agency.name
        is_shown = partial(_agency_is_at_work, partner.agency)
        yield _entry(Kind.NETWORK, partner, partner.name, note, texts, is_shown=is_shown)


def _is_at_work(group: GroupView, on: dt.date) -> bool:
    return not group.is_ended(on)


def _agency_is_at_work(agency: AgencyView, on: dt.date) -> bool:
    return not agency.is_finished(on)


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
    languages = _languages()
    for page in PAGES:
        texts = _in_every_language(page.lead)
        texts += languages if page.kind is EnquiryKind.INTERPRETER else []
        yield _entry(Kind.PAGE, page, page.label, "", texts)
    for route, label in PLAIN:
        texts = languages if route == "contacts:interpreting" else []
        yield _entry(Kind.PAGE, Named(route), label, "", texts)


def _languages() -> list[str]:
    """What people call interpreters, and the languages that they need somebody for.

    Whoever types a language looks for somebody who speaks it, even where no pool names it yet. In
    German there are courses and offers: that word alone is about these.
    """
    words = _in_every_language(
        _("interpreter, to interpret, interpreting, translator, to translate, translation")
    )
    for code in COMMON:
        if code != settings.LANGUAGE_CODE:
            words += [own_name(code), *_labels(partial(language_name, code))]
    return [*words, *MORE_NAMES]


MORE_NAMES = ("Farsi", "Dari", "دری", "Kurmandschi", "Kurmanji", "Sorani", "Tigrinja", "Tigrinisch")


PLAIN: tuple[tuple[str, str | Promise], ...] = (
    ("contacts:map", _("Map of responsibilities")),
    ("contacts:directory", _("All contacts")),
    ("contacts:network", _("Network of partners")),
    ("contacts:interpreting", _("Interpreters")),
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


# Made of the other snapshots; functions in it cannot be kept.
index = PerVersion(_build, "places", "contacts", "content", is_kept=False)
