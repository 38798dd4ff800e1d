"""Publishing with open eyes: which answers does a change of responsibilities take away?

`publish` is the verb of `contacts.publishing`, and tells besides which golden cases have
turned and which places nobody answers for any more. Both are asked before and after, under lock, on
today and on every later day on which a changed rule begins or has ended.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from contacts import golden_cases, publishing, responsibilities, snapshot
from contacts.models import Agency, GoldenCase, Post, Publication, Responsibility
from contacts.published import TopicView
from contacts.records import Edit
from contacts.resolver import Outcome, resolve
from contacts.responsibilities import ONE_DAY
from contacts.rule_checks import Change, Row, day_in_words
from contacts.snapshot import Snapshot
from portal import clock


@dataclass(frozen=True)
class Gap:
    """Places that somebody answered for, and nobody does from the day `day` on."""

    day: dt.date
    places: tuple[str, ...]

    def __str__(self) -> str:
        return _("From %(day)s nobody answers for %(places)s.") % {
            "day": day_in_words(self.day),
            "places": some_of(self.places),
        }


@dataclass(frozen=True)
class Consequences:
    """What a publication has done to the answers. Nothing of it stands against publishing."""

    turns: Sequence[golden_cases.Turn] = ()
    still_wrong: Sequence[GoldenCase] = ()
    gaps: Sequence[Gap] = ()


def publish(
    agency: Agency,
    changes: Iterable[Change] = (),
    *,
    edits: Iterable[Edit] = (),
    now: dt.datetime,
    **recorded,
) -> tuple[Publication | None, Consequences]:
    """`publishing.publish`, and what follows from it. Raises `RefusedError` as that does."""
    changes = [change for change in changes if not change.is_empty]
    edits = [edit for edit in edits if not edit.is_empty]
    days = days_to_look_at(changes, clock.today(now))
    with transaction.atomic():
        responsibilities.lock(agency, changes)
        before = snapshot.latest() if changes or edits else None
        published = publishing.publish(agency, changes, edits=edits, now=now, **recorded)
        if published is None:
            return None, Consequences()
        after = snapshot.latest()
        turns, still_wrong = golden_cases.compare(agency, days, before=before, after=after)
        gaps = gaps_between([*changes, *_rules_of(edits)], days, before=before, after=after)
    return published, Consequences(turns, still_wrong, gaps)


def _rules_of(edits: Iterable[Edit]) -> list[Change]:
    """The rules of the posts that are edited: one that is vacant now answers for none of them."""
    posts = [edit.before.pk for edit in edits if edit.model is Post and edit.before is not None]
    if not posts:
        return []
    rules = Responsibility.objects.filter(post__in=posts)
    rules = rules.select_related("post__agency", "area__parent", "topic")
    return [Change(rule, Row.of(rule)) for rule in rules]


def days_to_look_at(changes: Iterable[Change], on: dt.date) -> list[dt.date]:
    """The day `on`, and the later ones on which a rule, as it was or will be, begins or is over."""
    days = {on}
    for row in (row for change in changes for row in (change.before, change.row) if row):
        days |= turning_days(row)
    return sorted(day for day in days if day >= on)


def turning_days(row: Row) -> set[dt.date]:
    """The days on which the rule begins to answer, and has ceased to."""
    first, last = row.span
    return {first} if last == dt.date.max else {first, last + ONE_DAY}


def gaps_between(
    changes: Iterable[Change], days: Sequence[dt.date], *, before: Snapshot, after: Snapshot
) -> list[Gap]:
    """The touched places that lose their answer on one of the `days`, each on the first of them.

    Besides the first of the `days`, a place is asked only about those on which a rule of its own or
    of what it is part of turns: thousands of places on hundreds of days would take minutes.
    """
    topics = {topic.id: topic for topic in after.topics}
    touched = {
        (row.area.pk, row.topic and row.topic.pk): row
        for change in changes
        for row in (change.before, change.row)
        if row and row.area.pk in after.gazetteer.by_id
    }
    turns: dict[int, set[dt.date]] = {}
    for row in (row for change in changes for row in (change.before, change.row) if row):
        turns.setdefault(row.area.pk, set()).update(turning_days(row))
    lost: dict[dt.date, list[str]] = {}
    for (area_id, topic_id), row in touched.items():
        topic = topics.get(topic_id)
        ladder = after.gazetteer.by_id[area_id].ladder
        asked = set(days[:1]).union(*(turns.get(step.id, ()) for step in ladder))
        for day in sorted(asked.intersection(days)):
            if _is_answered(before, area_id, topic, on=day) and not _is_answered(
                after, area_id, topic, on=day
            ):
                lost.setdefault(day, []).append(row.place_label)
                break
    return [Gap(day, tuple(dict.fromkeys(lost[day]))) for day in sorted(lost)]


def _is_answered(held: Snapshot, area_id: int, topic: TopicView | None, *, on: dt.date) -> bool:
    found = resolve(held.gazetteer.by_id[area_id], topic, on=on, snapshot=held)
    return found.outcome is Outcome.EXACT


def some_of(names: Sequence[str], limit: int = 5) -> str:
    """At most five names in a sentence, and how many there are besides."""
    shown = ", ".join(names[:limit])
    if len(names) <= limit:
        return shown
    return _("%(names)s and %(number)d more") % {"names": shown, "number": len(names) - limit}
