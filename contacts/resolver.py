"""Who is responsible for a place, and why: the one verb of this site.

`resolve` climbs the ladder from a place to its district and returns who answers there on a day.
`look_up` reads a typed text first and joins the answers of all places that it may mean. Both
take the day as `on` (a local date in Europe/Berlin), read one `Snapshot` (the latest, unless a
request brings its own), and never guess.
"""

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass

from contacts.index import Hit
from contacts.models import Area
from contacts.places import Place
from contacts.published import (
    AbsenceView,
    AgencyView,
    PersonView,
    PostView,
    Rule,
    TopicView,
    in_force,
)
from contacts.reader import Basis, Reader, Reading
from contacts.snapshot import Snapshot, latest


class Outcome(enum.Enum):
    EXACT = "exact"
    CHOOSE = "choose"
    OUTSIDE = "outside"
    UNASSIGNED = "unassigned"
    NONE = "none"


class Cause(enum.Enum):
    """Why nobody answers for a covered place."""

    NO_RULE = "no_rule"
    POST_NOT_FILLED = "post_not_filled"
    AGENCY_FINISHED = "agency_finished"


@dataclass(frozen=True)
class Contact:
    """One line of the contact card: a post with whoever holds it on the day.

    `standing_in_for` names the post that this one replaces: for the time of `absence`, or, where
    that is None, because it is not filled. `absence` without `standing_in_for` says that the
    holder of this very post is away.
    """

    post: PostView
    holders: tuple[PersonView, ...]
    standing_in_for: PostView | None = None
    absence: AbsenceView | None = None

    @property
    def holder_names(self) -> str:
        return ", ".join(person.name for person in self.holders)

    @property
    def phone(self) -> str:
        """The telephone number to call first: the shared one while the own one is in doubt."""
        return self.post.sure_phone or self.post.agency.phone or self.post.phone

    @property
    def email(self) -> str:
        """The address to write to first: the shared one while the own one is in doubt."""
        return self.post.sure_email or self.post.agency.email or self.post.email


@dataclass(frozen=True)
class Resolution:
    """Who answers for `place` on the day `on`.

    `outcome` is EXACT, UNASSIGNED or OUTSIDE. EXACT without contacts is the answer for a whole
    district that is split by town: the agency itself. `rules` are those that fired, all of one
    area; `agency` is who answers, or who would have to.
    """

    place: Place
    on: dt.date
    outcome: Outcome
    contacts: tuple[Contact, ...] = ()
    agency: AgencyView | None = None
    rules: tuple[Rule, ...] = ()
    topic: TopicView | None = None
    cause: Cause | None = None

    @property
    def posts(self) -> tuple[PostView, ...]:
        return tuple(contact.post for contact in self.contacts)

    @property
    def rule_area(self) -> Place | None:
        return self.rules[0].area if self.rules else None

    @property
    def fits_topic(self) -> bool:
        """Whether a rule of the topic that was asked for has fired."""
        return self.topic is not None and any(r.topic_id == self.topic.id for r in self.rules)

    @property
    def equal_part(self) -> tuple:
        """What two places must have in common to have "the same answer"."""
        if self.outcome is Outcome.OUTSIDE:
            return (self.outcome, self.place.district.id)
        return (
            self.outcome,
            tuple(
                (c.post.id, c.standing_in_for.id if c.standing_in_for else None)
                for c in self.contacts
            ),
            self.agency.id if self.agency else None,
        )

    @property
    def shared_contact(self) -> AgencyView | None:
        """The agency, where its central contact belongs on the card beside or instead of a post.

        That is: nobody answers; a holder is not recorded; a post cannot be reached or a contact
        of it is in doubt. A finished agency is no contact.
        """
        if self.agency is None or self.agency.is_finished(self.on):
            return None
        incomplete = any(
            not contact.holders or contact.post.doubted or not (contact.phone or contact.email)
            for contact in self.contacts
        )
        return self.agency if not self.contacts or incomplete else None


@dataclass(frozen=True)
class LookUp:
    """The answer to a typed text.

    `resolutions` has one entry a place, in the order in which they are shown; for EXACT,
    UNASSIGNED and OUTSIDE all of them have the same answer, and the first one stands for it.
    `hits` runs parallel to it and says by which name each place was found.
    """

    outcome: Outcome
    reading: Reading
    hits: tuple[Hit, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    topic: TopicView | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(resolution.place for resolution in self.resolutions)

    @property
    def answer(self) -> Resolution | None:
        """The one answer, unless the outcome is a question or nothing."""
        if self.outcome in (Outcome.CHOOSE, Outcome.NONE):
            return None
        return self.resolutions[0]


def resolve(
    area: Place | Area,
    topic: TopicView | None = None,
    *,
    on: dt.date,
    snapshot: Snapshot | None = None,
) -> Resolution:
    """Who is responsible for `area` on the day `on`, in general or for `topic`.

    With a topic its own rules come first, from the place up to the district; only when none fits,
    the rules without topic are asked in the same order. Without a topic only the latter count.
    """
    snapshot = snapshot or latest()
    area = snapshot.gazetteer.by_id[area.id]
    rules = _first_rules(area, topic, on=on, snapshot=snapshot)
    shared = {"place": area, "on": on, "topic": topic}
    if rules:
        contacts = contacts_of([rule.post for rule in rules], on=on, snapshot=snapshot)
        agency = (contacts[0].post if contacts else rules[0].post).agency
        if contacts:
            return Resolution(
                outcome=Outcome.EXACT, contacts=contacts, agency=agency, rules=rules, **shared
            )
        return Resolution(
            outcome=Outcome.UNASSIGNED,
            agency=agency,
            rules=rules,
            cause=Cause.POST_NOT_FILLED,
            **shared,
        )
    covering = snapshot.covering.get(area.district.id, ())
    if not covering:
        return Resolution(outcome=Outcome.OUTSIDE, **shared)
    at_work = [agency for agency in covering if not agency.is_finished(on)]
    if not at_work:
        return Resolution(
            outcome=Outcome.UNASSIGNED,
            agency=covering[-1],
            cause=Cause.AGENCY_FINISHED,
            **shared,
        )
    if area.is_district:
        return Resolution(outcome=Outcome.EXACT, agency=at_work[0], **shared)
    return Resolution(outcome=Outcome.UNASSIGNED, agency=at_work[0], cause=Cause.NO_RULE, **shared)


def _first_rules(
    area: Place, topic: TopicView | None, *, on: dt.date, snapshot: Snapshot
) -> tuple[Rule, ...]:
    wanted = [topic.id, None] if topic else [None]
    for topic_id in wanted:
        for step in area.ladder:
            rules = tuple(
                rule
                for rule in snapshot.rules_of_area.get(step.id, ())
                if rule.topic_id == topic_id
                and in_force(rule.valid_from, rule.valid_until, on)
                and not rule.post.agency.is_finished(on)
            )
            if rules:
                return rules
    return ()


def contacts_of(
    posts: Sequence[PostView], *, on: dt.date, snapshot: Snapshot
) -> tuple[Contact, ...]:
    """The lines of the card: filled posts, each behind its stand-in; else their deputies."""
    lines: list[Contact] = []
    for post in posts:
        if post.is_filled:
            lines += _with_stand_in(post, on=on, snapshot=snapshot)
    if not lines:
        for post in posts:
            deputy = snapshot.posts.get(post.deputy_id)
            if deputy is not None and deputy.is_filled and not deputy.agency.is_finished(on):
                lines.append(Contact(deputy, deputy.holders(on), standing_in_for=post))
    unique: dict[tuple, Contact] = {}
    for line in lines:
        unique.setdefault((line.post.id, line.standing_in_for), line)
    return tuple(unique.values())


def _with_stand_in(post: PostView, *, on: dt.date, snapshot: Snapshot) -> list[Contact]:
    """The post, and before it the stand-in of a holder who is away: one step, no chain."""
    holders = post.holders(on)
    present = [person for person in holders if person.absence(on) is None]
    if present or not holders:
        return [Contact(post, tuple(present))]
    absence = holders[0].absence(on)
    lines = [Contact(post, holders, absence=absence)]
    stand_in = snapshot.posts.get(absence.stand_in_id)
    if stand_in is not None and stand_in.is_filled and stand_in is not post:
        replacing = Contact(stand_in, stand_in.holders(on), standing_in_for=post, absence=absence)
        lines.insert(0, replacing)
    return lines


def look_up(
    text: str,
    topic: TopicView | None = None,
    *,
    on: dt.date,
    snapshot: Snapshot | None = None,
) -> LookUp:
    """Who is responsible for the place that `text` names; `contacts.names` says how it is read."""
    snapshot = snapshot or latest()
    reading = Reader(snapshot.gazetteer.index).read(text)
    hits = reading.hits
    if reading.basis is Basis.POSTAL_CODE:
        hits = _towns_and_deviating_parts(hits, topic, on=on, snapshot=snapshot)
    hits = _competing(hits, snapshot)
    if not hits:
        return LookUp(Outcome.NONE, reading, topic=topic)
    answers = [(hit, resolve(hit.place, topic, on=on, snapshot=snapshot)) for hit in hits]
    answers.sort(key=lambda pair: pair[1].outcome is Outcome.OUTSIDE)  # stable: covered first
    same = len({resolution.equal_part for _hit, resolution in answers}) == 1
    outcome = answers[0][1].outcome if same and reading.is_certain else Outcome.CHOOSE
    return LookUp(
        outcome,
        reading,
        hits=tuple(hit for hit, _resolution in answers),
        resolutions=tuple(resolution for _hit, resolution in answers),
        topic=topic,
    )


def suggest(text: str, *, snapshot: Snapshot, limit: int = 8) -> tuple[Hit, ...]:
    """Places to offer while `text` is being typed: exact ones, then by beginning, then similar."""
    index = snapshot.gazetteer.index
    reading = Reader(index).read(text)
    found = list(reading.hits)
    if reading.basis is Basis.NAME and not reading.code:
        found += index.starting_with(reading.canonical)
    unique = {hit.place.id: hit for hit in reversed(_competing(found, snapshot))}
    ordered = [unique[key] for key in dict.fromkeys(hit.place.id for hit in found) if key in unique]
    exact = len(reading.hits) if reading.is_certain else 0
    rest = sorted(ordered[exact:], key=lambda hit: not snapshot.is_covered(hit.place))
    return tuple((ordered[:exact] + rest)[:limit])


def _competing(hits, snapshot: Snapshot) -> tuple[Hit, ...]:
    """Without the municipalities outside that are named by less than their full name.

    They count all the same where no covered place was found.
    """
    if not any(snapshot.is_covered(hit.place) for hit in hits):
        return tuple(hits)
    return tuple(
        hit
        for hit in hits
        if hit.in_full or not hit.place.is_municipality or snapshot.is_covered(hit.place)
    )


def _towns_and_deviating_parts(
    hits, topic: TopicView | None, *, on: dt.date, snapshot: Snapshot
) -> tuple[Hit, ...]:
    """Of all places with a postal code: the towns, and those parts that have another answer."""
    towns = [hit for hit in hits if hit.place.is_municipality]
    if not towns:
        return tuple(hits)

    def answer(place: Place) -> tuple:
        return resolve(place, topic, on=on, snapshot=snapshot).equal_part

    answer_of_town = {hit.place.id: answer(hit.place) for hit in towns}
    parts = [hit for hit in hits if hit.place.is_part]
    coded = {hit.place.id for hit in parts}
    for town in towns:  # a part without a recorded code may have this one
        parts += [
            Hit(part)
            for part in snapshot.gazetteer.parts_of(town.place)
            if not part.own_codes and part.id not in coded
        ]
    deviating = [
        hit for hit in parts if answer(hit.place) != answer_of_town.get(hit.place.municipality.id)
    ]
    return (*towns, *deviating)
