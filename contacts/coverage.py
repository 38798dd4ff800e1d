"""Who is left without an answer in the next twelve months: the coverage report.

Every covered place, on every topic and on none, on every day, has an answer (`Outcome.EXACT` of
`contacts.resolver`) or a reason. A reason is a `DocumentedGap`, or an agency that has ended by the
day of the report: that is recorded, and nobody's omission. An agency that *will* end is a gap from
the day after: somebody has to decide what comes then.

Not every day is asked. An answer turns only where a rule begins or is over, where an agency has
ended, or where a reason no longer holds; who holds a post or is away does not matter, since a
filled post answers without a known holder. Nor is every place: a part of a town without a rule of
its own has its town's answer, and towns without a rule all have the same one.

All dates are local (Europe/Berlin) and inclusive.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from contacts.models import DocumentedGap
from contacts.places import Place
from contacts.published import AgencyView, PostView, Rule, TopicView
from contacts.resolver import Cause, Outcome, Resolution, resolve
from contacts.snapshot import Snapshot

DAYS = 366  # today, and a year from it
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Reason:
    """A `DocumentedGap` as the report reads it; `until` is its last day, None without an end."""

    id: int
    agency_id: int
    area_id: int
    topic_id: int | None
    text: str
    until: dt.date | None


@dataclass(frozen=True)
class Gap:
    """Places that nobody answers for from `first` to `last`, both included.

    `areas` are whole districts or towns, or single parts of towns; `without` the parts of these
    that somebody answers for. `topic` is None for questions without a topic and for those on a
    topic that has no rule of its own there. `posts` are those that would answer if they were
    filled. `reason` is what staff have written; an agency that had ended when the report was made
    is `explained` without one. `is_now`: it is there on the first day of the report (since when is
    not asked); `is_open_ended`: it is still there on the last.
    """

    areas: tuple[Place, ...]
    without: tuple[Place, ...]
    topic: TopicView | None
    first: dt.date
    last: dt.date
    agency: AgencyView
    cause: Cause
    posts: tuple[PostView, ...]
    reason: Reason | None
    explained: bool
    is_open_ended: bool
    is_now: bool

    @property
    def district(self) -> Place:
        return self.areas[0].district


@dataclass(frozen=True)
class _State:
    """What is equal on all days of a span and in all places of one `Gap`."""

    agency: AgencyView
    cause: Cause
    posts: tuple[PostView, ...]
    reason: Reason | None = None


@dataclass(frozen=True)
class _Span:
    topic: TopicView | None
    first: dt.date
    last: dt.date
    state: _State


def reasons(agencies: frozenset[int] | None = None) -> list[Reason]:
    """The reasons that these agencies (ids; None: all) have documented: one query."""
    columns = ("pk", "agency_id", "area_id", "topic_id", "reason", "valid_until")
    rows = DocumentedGap.objects.order_by("pk")
    if agencies is not None:
        rows = rows.of_agencies(agencies)
    return [Reason(*row) for row in rows.values_list(*columns)]


def gaps(
    snapshot: Snapshot,
    *,
    on: dt.date,
    known: Iterable[Reason] = (),
    agencies: frozenset[int] | None = None,
    days: int = DAYS,
) -> list[Gap]:
    """Who is left without an answer on one of the `days` from `on` (included) on; no query.

    `known` are the documented reasons. With `agencies` (ids), only the districts that one of them
    covers are looked at. Sorted by first day, then by name; those with a reason come last.
    """
    return _Survey(snapshot, on, on + (days - 1) * ONE_DAY, tuple(known)).gaps(agencies)


class _Survey:
    def __init__(
        self, snapshot: Snapshot, first: dt.date, last: dt.date, known: Sequence[Reason]
    ) -> None:
        self.snapshot, self.first, self.last = snapshot, first, last
        self.known: dict[int, list[Reason]] = {}
        for reason in known:
            self.known.setdefault(reason.area_id, []).append(reason)
        self.agency_ends = frozenset(
            agency.ended_on + ONE_DAY for agency in snapshot.agencies.values() if agency.ended_on
        )

    def gaps(self, agencies: frozenset[int] | None) -> list[Gap]:
        found: list[Gap] = []
        for district_id, covering in self.snapshot.covering.items():
            if agencies is None or any(agency.id in agencies for agency in covering):
                found += self._in_district(self.snapshot.gazetteer.by_id[district_id])
        return sorted(found, key=lambda gap: (gap.explained, gap.first, gap.areas[0].rank))

    def _in_district(self, district: Place) -> Iterator[Gap]:
        """The gaps of one district: equal ones of several places are one."""
        towns = self.snapshot.gazetteer.municipalities_of(district)
        where: dict[_Span, list[Place]] = {}
        without: dict[_Span, list[Place]] = {}
        plain: list[_Span] | None = None  # the answer to all towns about which nothing is said
        for town in towns:
            if self._is_plain(town):
                plain = list(self._spans(town)) if plain is None else plain
                spans = plain
            else:
                spans = list(self._spans(town))
            for span in spans:
                where.setdefault(span, []).append(town)
            self._add_parts(town, spans, where, without)
        for span, areas in where.items():
            whole = len(towns) > 1 and set(areas).issuperset(towns)
            if whole:
                areas = [district, *(area for area in areas if not area.is_municipality)]
            yield self._gap(span, areas, without.get(span, ()))

    def _add_parts(self, parent: Place, spans: list[_Span], where, without) -> None:
        """Only parts with a rule or a reason of their own can differ from what they belong to."""
        for part in self.snapshot.gazetteer.children.get(parent.id, ()):
            own = spans
            if not self._is_plain(part):
                own = list(self._spans(part))
                for span in own:
                    if span not in spans:
                        where.setdefault(span, []).append(part)
                for span in spans:
                    if span not in own:
                        without.setdefault(span, []).append(part)
            self._add_parts(part, own, where, without)

    def _is_plain(self, place: Place) -> bool:
        return place.id not in self.snapshot.rules_of_area and place.id not in self.known

    def _gap(self, span: _Span, areas: Sequence[Place], without: Iterable[Place]) -> Gap:
        state = span.state
        has_ended = state.cause is Cause.AGENCY_FINISHED and state.agency.is_finished(self.first)
        return Gap(
            areas=tuple(sorted(areas, key=lambda place: place.rank)),
            without=tuple(sorted(without, key=lambda place: place.rank)),
            topic=span.topic,
            first=span.first,
            last=span.last,
            agency=state.agency,
            cause=state.cause,
            posts=state.posts,
            reason=state.reason,
            explained=has_ended or state.reason is not None,
            is_open_ended=span.last == self.last,
            is_now=span.first == self.first,
        )

    # One place ------------------------------------------------------------------------------------

    def _spans(self, place: Place) -> Iterator[_Span]:
        """The gaps of `place` as spans of days, in general first.

        A topic is named only where its gap is not simply the general one.
        """
        days = self._days(place)
        general = [self._state(place, None, day) for day in days]
        yield from self._joined(None, days, general)
        for topic in self.snapshot.topics:
            states = [
                None if state == same else self._with_reason(state, place, topic, day)
                for day, same in zip(days, self._bare(general), strict=True)
                for state in [self._bare_state(place, topic, day)]
            ]
            yield from self._joined(topic, days, states)

    def _joined(
        self, topic: TopicView | None, days: Sequence[dt.date], states: Sequence[_State | None]
    ) -> Iterator[_Span]:
        """Days with the same state, one after the other, as one span."""
        ends = [*(day - ONE_DAY for day in days[1:]), self.last]
        held: _Span | None = None
        for first, last, state in zip(days, ends, states, strict=True):
            if held is not None and state == held.state:
                held = replace(held, last=last)
                continue
            if held is not None:
                yield held
            held = None if state is None else _Span(topic, first, last, state)
        if held is not None:
            yield held

    @staticmethod
    def _bare(states: Iterable[_State | None]) -> list[_State | None]:
        return [state and replace(state, reason=None) for state in states]

    def _state(self, place: Place, topic: TopicView | None, day: dt.date) -> _State | None:
        return self._with_reason(self._bare_state(place, topic, day), place, topic, day)

    def _bare_state(self, place: Place, topic: TopicView | None, day: dt.date) -> _State | None:
        found = resolve(place, topic, on=day, snapshot=self.snapshot)
        return None if found.outcome is Outcome.EXACT else _state_of(found)

    def _with_reason(
        self, state: _State | None, place: Place, topic: TopicView | None, day: dt.date
    ) -> _State | None:
        """The reason for this very place, else that for what it belongs to.

        Only an agency that covers the district can give one.
        """
        if state is None:
            return None
        covering = {agency.id for agency in self.snapshot.covering[place.district.id]}
        topic_id = topic.id if topic else None
        for step in place.ladder:
            for reason in self.known.get(step.id, ()):
                if (
                    reason.topic_id == topic_id
                    and reason.agency_id in covering
                    and (reason.until is None or day <= reason.until)
                ):
                    return replace(state, reason=reason)
        return state

    def _days(self, place: Place) -> list[dt.date]:
        """The first day, and those later ones on which the answer for `place` may be another."""
        days = {self.first, *self.agency_ends}
        for step in place.ladder:
            for rule in self.snapshot.rules_of_area.get(step.id, ()):
                days |= set(_turns(rule))
            for reason in self.known.get(step.id, ()):
                if reason.until is not None:
                    days.add(reason.until + ONE_DAY)
        return sorted(day for day in days if self.first <= day <= self.last)


def _state_of(found: Resolution) -> _State:
    posts = tuple(rule.post for rule in found.rules)
    return _State(found.agency, found.cause, posts)


def _turns(rule: Rule) -> Iterator[dt.date]:
    if rule.valid_from is not None:
        yield rule.valid_from
    if rule.valid_until is not None and rule.valid_until < dt.date.max:
        yield rule.valid_until + ONE_DAY


def municipality_ids(areas: Iterable[Place], snapshot: Snapshot) -> frozenset[int]:
    """The ids of the towns that `areas` are, lie in, or consist of."""
    found: set[int] = set()
    for area in areas:
        if area.is_district:
            found |= {town.id for town in snapshot.gazetteer.municipalities_of(area)}
        elif area.municipality:
            found.add(area.municipality.id)
    return frozenset(found)
