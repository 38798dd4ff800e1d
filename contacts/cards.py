"""What a contact card says: whom to call first, what is quiet, and whether the office is open."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.utils.dates import WEEKDAYS

from contacts.models.offices import YesNoUnknown
from contacts.published import AgencyView, Hours, OfficeView, PersonView, PostView, TopicView
from contacts.resolver import Contact, Outcome, Resolution, resolve
from contacts.snapshot import Snapshot

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class DayHours:
    name: str
    spans: tuple[Hours, ...]
    is_today: bool


@dataclass(frozen=True)
class OfficeToday:
    """An office at one local moment. `is_open` is None when no hours are recorded."""

    office: OfficeView
    moment: dt.datetime

    @property
    def is_open(self) -> bool | None:
        return self.office.is_open(self.moment)

    @property
    def by_appointment(self) -> bool:
        return self.office.by_appointment == YesNoUnknown.YES

    @property
    def today(self) -> tuple[Hours, ...]:
        return self.office.hours_on(self.moment.date())

    @property
    def week(self) -> tuple[DayHours, ...]:
        """Each day of the week that has hours, and Monday to Friday in any case."""
        days = []
        for weekday in range(1, 8):
            spans = tuple(span for span in self.office.hours if span.weekday == weekday)
            if spans or weekday <= 5:
                today = weekday == self.moment.isoweekday()
                days.append(DayHours(str(WEEKDAYS[weekday - 1]), spans, today))
        return tuple(days)


@dataclass(frozen=True)
class Card:
    """One contact: a post with its holders, or an agency as a whole (`contact` is None).

    While a number or an address is in doubt the agency's shared one comes first
    (`Contact.phone`, `Contact.email`); the doubted one stands below it, marked as such.
    """

    agency: AgencyView
    moment: dt.datetime
    contact: Contact | None = None
    posts: tuple[PostView, ...] = ()  # all that this card stands for, where there are several

    @property
    def post(self) -> PostView | None:
        return self.contact.post if self.contact else None

    @property
    def holders(self) -> tuple[PersonView, ...]:
        return self.contact.holders if self.contact else ()

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages that the holders speak, each once."""
        return tuple(dict.fromkeys(code for p in self.holders for code in p.languages))

    @property
    def phone(self) -> str:
        return self.contact.phone if self.contact else self.agency.phone

    @property
    def email(self) -> str:
        return self.contact.email if self.contact else self.agency.email

    @property
    def phone_is_shared(self) -> bool:
        return self.post is not None and self.phone != self.post.phone

    @property
    def email_is_shared(self) -> bool:
        return self.post is not None and self.email != self.post.email

    @property
    def doubted_phone(self) -> str:
        return self.post.phone if self.post and "phone" in self.post.doubted else ""

    @property
    def doubted_email(self) -> str:
        return self.post.email if self.post and "email" in self.post.doubted else ""

    @property
    def other_phone(self) -> str:
        """A second number, once it is not in doubt."""
        if self.post is None or "phone_alternative" in self.post.doubted:
            return ""
        return self.post.phone_alternative

    @property
    def office(self) -> OfficeToday | None:
        if self.post is None or self.post.office is None:
            return None
        return OfficeToday(self.post.office, self.moment)

    @property
    def main_action(self) -> str:
        """The one thing to do now: "call", or "write" while the office is known to be closed."""
        closed = self.office is not None and self.office.is_open is False
        if self.phone and not (closed and self.email):
            return "call"
        return "write" if self.email else ""


def cards_of(resolution: Resolution, moment: dt.datetime) -> tuple[Card, ...]:
    """The cards that answer `resolution`, the one to turn to first in front.

    Where nobody answers, or a holder is not recorded, the agency's own contact is among them.
    """
    cards = [
        Card(group[0].post.agency, moment, group[0], _several(c.post for c in group))
        for group in _alike(resolution.contacts, _look_of_contact)
    ]
    shared = resolution.shared_contact
    if shared and not any(_leads_to(card, shared) for card in cards):
        cards.append(Card(shared, moment))
    return tuple(cards)


@dataclass(frozen=True)
class Tile:
    """A post in a list, or several that look the same; `posts` then names them all."""

    post: PostView
    holders: tuple[PersonView, ...]
    posts: tuple[PostView, ...] = ()


def tiles_of(posts: Iterable[PostView], on: dt.date) -> list[Tile]:
    """A tile a post, in the order given; posts that nobody could tell apart share one."""
    return [
        Tile(group[0], group[0].holders(on), _several(group))
        for group in _alike(posts, lambda post: _look(post, post.holders(on)))
    ]


def _look(post: PostView, holders: tuple[PersonView, ...]) -> tuple:
    """What a list shows of a post; one with a recorded holder looks like no other."""
    if holders:
        return (post.id,)
    reached = (post.phone, post.phone_alternative, post.email, post.doubted)
    return (post.agency.id, str(post.title), post.provider, post.staffing, post.office, reached)


def _look_of_contact(contact: Contact) -> tuple:
    post = contact.post
    if contact.standing_in_for or contact.absence:
        return (post.id, contact.standing_in_for)
    return (*_look(post, contact.holders), post.room)


def _alike(things: Iterable[Thing], look: Callable[[Thing], tuple]) -> list[list[Thing]]:
    """`things` with the same look together, in the order in which each look came first."""
    groups: dict[tuple, list[Thing]] = {}
    for thing in things:
        groups.setdefault(look(thing), []).append(thing)
    return list(groups.values())


def _several(posts: Iterable[PostView]) -> tuple[PostView, ...]:
    posts = tuple(posts)
    return posts if len(posts) > 1 else ()


def _leads_to(card: Card, agency: AgencyView) -> bool:
    """Whether `card` shows the shared contact of `agency` anyway."""
    same = (card.phone in ("", agency.phone), card.email in ("", agency.email))
    return all(same) or bool(card.holders and card.post and card.post.doubted)


def topic_cards(
    resolution: Resolution, snapshot: Snapshot, moment: dt.datetime
) -> list[tuple[TopicView, tuple[Card, ...]]]:
    """For each topic that has a contact of its own at this place: the topic and its cards."""
    found = []
    for topic in snapshot.topics:
        answer = resolve(resolution.place, topic, on=resolution.on, snapshot=snapshot)
        if answer.outcome is Outcome.EXACT and answer.fits_topic:
            found.append((topic, cards_of(answer, moment)))
    return found
