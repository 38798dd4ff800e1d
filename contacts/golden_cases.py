"""Golden cases: answers that staff never want to lose, asked before a change is published."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from contacts import snapshot
from contacts.models import Agency, GoldenCase
from contacts.resolver import look_up
from contacts.responsibilities import ONE_DAY, Change, day_in_words, write
from portal import data_version


@dataclass(frozen=True)
class Turn:
    """A golden case that would be answered by other posts from the day `day` on."""

    case: GoldenCase
    day: dt.date
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __str__(self) -> str:
        nobody = _("nobody")
        return _("“%(typed)s”: %(before)s → %(after)s, from %(day)s") % {
            "typed": self.case.typed,
            "before": ", ".join(self.before) or nobody,
            "after": ", ".join(self.after) or nobody,
            "day": day_in_words(self.day),
        }


def what_would_change(agency: Agency, changes: Iterable[Change], *, on: dt.date) -> list[Turn]:
    """The golden cases of `agency` that `changes` would turn, with the first day of it.

    The changes are written, asked, and rolled back. Only days from `on` on are looked at, and of
    these only the ones on which a changed rule begins or has ended.
    """
    changes = [change for change in changes if not change.is_empty]
    cases = list(GoldenCase.objects.of_agencies([agency.pk]).order_by("typed", "pk"))
    if not cases or not changes:
        return []
    days = _days_to_look_at(changes, on)
    with transaction.atomic():
        before = _answers(cases, days)
        write(changes)
        after = _answers(cases, days)
        transaction.set_rollback(True)
    turns = []
    for case in cases:
        turned = (day for day in days if before[case.pk, day] != after[case.pk, day])
        day = next(turned, None)
        if day is not None:
            titles = (tuple(side[case.pk, day].values()) for side in (before, after))
            turns.append(Turn(case, day, *titles))
    return turns


def _days_to_look_at(changes: Iterable[Change], on: dt.date) -> list[dt.date]:
    days = {on}
    for row in (row for change in changes for row in (change.before, change.row) if row):
        first, last = row.span
        days |= {first, last + ONE_DAY if last < dt.date.max else on}
    return sorted(day for day in days if day >= on)


def _answers(
    cases: Iterable[GoldenCase], days: Iterable[dt.date]
) -> dict[tuple[int, dt.date], dict[int, str]]:
    """The posts (id and title) that answer each case on each day, as the database is now."""
    held = snapshot.current(data_version.read())
    topics = {topic.id: topic for topic in held.topics}
    answers = {}
    for case in cases:
        for day in days:
            found = look_up(case.typed, topics.get(case.topic_id), on=day, snapshot=held)
            answers[case.pk, day] = {
                post.id: str(post.title)
                for resolution in found.resolutions
                if case.area_id is None or resolution.place.id == case.area_id
                for post in resolution.posts
            }
    return answers
