"""Publishing as a rehearsal: the verb runs, what it leads to is read, and all is rolled back.

So what an editor is shown before publishing is what the same code will do, not a forecast.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from contacts import consequences, snapshot
from contacts.consequences import Consequences
from contacts.models import Agency
from contacts.publication_lines import Line, lines_of
from contacts.records import Edit
from contacts.resolver import Contact, Resolution, resolve
from contacts.rule_checks import Change
from contacts.snapshot import Snapshot
from portal import clock


@contextmanager
def rehearsing() -> Iterator[None]:
    """Whatever is written inside is gone afterwards; an exception passes through."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Answers:
    """Who answers for a place (and topic) on a day, before and after."""

    place: str
    before: str
    after: str

    @property
    def has_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Rehearsal:
    """What publishing would do.

    `answers` has the touched places, in the order of the changes, as they are answered on `on`;
    `lines`, if they were asked for, what changes besides rules: holders, absences, contacts.
    """

    on: dt.date
    consequences: Consequences
    answers: tuple[Answers, ...]
    lines: tuple[Line, ...] = ()


def rehearse(
    agency: Agency,
    changes: Iterable[Change] = (),
    *,
    edits: Iterable[Edit] = (),
    on: dt.date | None = None,
    with_lines: bool = False,
    by,
    now: dt.datetime,
) -> Rehearsal:
    """What publishing `changes` and `edits` would lead to, and who would answer on the day `on`;
    without one, on the first day that brings another answer.

    Raises `RefusedError` as `publishing.publish` does. Nothing is written.
    """
    changes, edits = list(changes), list(edits)
    days = [on] if on else consequences.days_to_look_at(changes, clock.today(now))
    with rehearsing():
        before = snapshot.latest()
        published, found = consequences.publish(agency, changes, edits=edits, by=by, now=now)
        lines = lines_of(published, without_rules=True) if published and with_lines else ()
        after = snapshot.latest()
        for day in days:
            answers = tuple(_answers(changes, before, after, day))
            if any(answer.has_changed for answer in answers):
                break
    return Rehearsal(day, found, answers, tuple(lines))


def _answers(
    changes: Iterable[Change], before: Snapshot, after: Snapshot, on: dt.date
) -> Iterator[Answers]:
    rows = [row for change in changes for row in (change.before, change.row) if row]
    for area, topic in dict.fromkeys((row.area, row.topic) for row in rows):
        found = []
        for held in (before, after):
            place = held.gazetteer.by_id.get(area.pk)
            about = next((t for t in held.topics if topic and t.id == topic.pk), None)
            found.append(in_words(resolve(place, about, on=on, snapshot=held)) if place else "–")
        label = f"{area} ({topic})" if topic else str(area)
        yield Answers(label, *found)


def in_words(answer: Resolution) -> str:
    """Who answers, as a list of names: the holder, else the title of the post."""
    return ", ".join(_name(contact) for contact in answer.contacts) or "–"


def _name(contact: Contact) -> str:
    return contact.holder_names or str(contact.post.title)
