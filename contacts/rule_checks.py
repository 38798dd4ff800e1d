"""What may stand against a change of who answers for which place, in sentences for editors.

A `Row` is what a rule says, a `Change` one rule before and after. `check` looks at all changes
together, since two of them may only be right as a pair; `contacts.responsibilities` calls it.

All dates are local (Europe/Berlin) and inclusive; None is an open end.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contacts.labels import post_label
from contacts.models import Agency, Area, Post, Responsibility, Topic


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a rule says: `post` answers for `area`, on `topic` or in general, from–until."""

    post: Post
    area: Area
    topic: Topic | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    joint: bool = False

    @classmethod
    def of(cls, rule: Responsibility) -> "Row":
        return cls(**{name: getattr(rule, name) for name in FIELDS})

    @property
    def place_label(self) -> str:
        """The place as messages name it, with the topic if there is one."""
        return f"{self.area} ({self.topic})" if self.topic else str(self.area)

    @property
    def span(self) -> tuple[dt.date, dt.date]:
        """The first and last day on which the rule answers: a finished agency's end counts."""
        ends = (self.valid_until, self.post.agency.ended_on)
        return self.valid_from or dt.date.min, min(end or dt.date.max for end in ends)

    def shared_days(self, other: "Row") -> tuple[dt.date, dt.date] | None:
        """The days on which both say something about the same place and topic."""
        if (self.area, self.topic) != (other.area, other.topic):
            return None
        (one_from, one_until), (other_from, other_until) = self.span, other.span
        first, last = max(one_from, other_from), min(one_until, other_until)
        return (first, last) if first <= last else None


FIELDS = ("post", "area", "topic", "valid_from", "valid_until", "joint")


@dataclass(frozen=True, eq=False)
class Change:
    """One rule before and after: without `rule` it is new, without `row` it goes.

    `former_id` is that of a rule which has been deleted and comes back.
    """

    rule: Responsibility | None
    row: Row | None
    former_id: int | None = None

    @property
    def before(self) -> Row | None:
        return Row.of(self.rule) if self.rule else None

    @property
    def is_empty(self) -> bool:
        return self.before == self.row


@dataclass(frozen=True)
class Problem:
    """Why a change cannot be published: a sentence, and the field that it is about."""

    change: object  # a Change, or an Edit of contacts.records
    message: str
    field: str = ""


def check(agency: Agency, changes: Sequence[Change], *, on: dt.date) -> list[Problem]:
    """What stands against publishing `changes`, in words for the day `on`.

    The number of queries does not depend on that of the changes.
    """
    problems = [problem for change in changes for problem in _own_problems(agency, change)]
    problems += _outside(agency, changes)
    problems += _out_of_use(changes, on=on)
    broken = {problem.change for problem in problems}
    sound = [change for change in changes if change.row and change not in broken]
    return problems + _overlaps(sound, _others(changes), on=on)


def _own_problems(agency: Agency, change: Change) -> Iterable[Problem]:
    for row in (change.before, change.row):
        if row is not None and row.post.agency_id != agency.pk:
            yield Problem(
                change,
                _("%(post)s belongs to another agency.") % {"post": row.post},
                "post",
            )
    row = change.row
    if row is None:
        return
    if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
        if change.before and change.before.valid_from == row.valid_from:
            message = _(
                "%(place)s begins on %(day)s only, so it cannot end before. Delete it instead."
            )
        else:
            message = _("%(place)s: the last day lies before the first day, %(day)s.")
        values = {"place": row.area, "day": day_in_words(row.valid_from)}
        yield Problem(change, message % values, "valid_until")
    if row.area.valid_until and (row.valid_until is None or row.valid_until > row.area.valid_until):
        yield Problem(
            change,
            _("%(place)s has existed until %(day)s only.")
            % {"place": row.area, "day": day_in_words(row.area.valid_until)},
            "area",
        )


def _outside(agency: Agency, changes: Sequence[Change]) -> list[Problem]:
    """Places in no district of `agency`: nobody takes another county's town.

    A rule that names such a place already (loaded, or older than the districts) may be made smaller
    or go to another post, but not answer for a day more.
    """
    places = {change.row.area.pk for change in changes if change.row}
    if not places:
        return []
    inside = set(
        Area.objects.filter(pk__in=places)
        .in_districts(agency.districts.values("pk"))
        .values_list("pk", flat=True)
    )
    message = _("%(place)s lies in none of the districts of %(agency)s.")
    return [
        Problem(change, message % {"place": change.row.area, "agency": agency}, "area")
        for change in changes
        if change.row and change.row.area.pk not in inside and not _is_smaller(change)
    ]


def _out_of_use(changes: Sequence[Change], *, on: dt.date) -> list[Problem]:
    """Posts out of use answer for nothing any more, even where a hand-over is taken back.

    Asked of the database, since the post may have gone after it was chosen.
    """
    lasting = [change for change in changes if change.row and change.row.span[1] >= on]
    posts = {change.row.post.pk for change in lasting}
    gone = Post.objects.filter(pk__in=posts, archived_on__isnull=False)
    ids = set(gone.values_list("pk", flat=True)) if posts else set()
    message = _("%(post)s is out of use. Take it into use again first.")
    return [
        Problem(change, message % {"post": post_label(change.row.post, on=on)}, "post")
        for change in lasting
        if change.row.post.pk in ids and not _is_smaller(change)
    ]


def _is_smaller(change: Change) -> bool:
    """Whether the rule has answered for this place on all of these days before."""
    before, row = change.before, change.row
    return before is not None and before.shared_days(row) == row.span


def _others(changes: Sequence[Change]) -> list[Change]:
    """The rules of the same places that are not being changed."""
    places = {change.row.area.pk for change in changes if change.row}
    known = {change.rule.pk for change in changes if change.rule}
    rules = (
        Responsibility.objects.filter(area__in=places)
        .exclude(pk__in=known)
        .select_related("post__agency", "area__parent", "topic")
        .prefetch_related("post__translations", "post__tenures__person", "post__office")
    )
    return [Change(rule, Row.of(rule)) for rule in rules]


def _overlaps(changes: Sequence[Change], others: Sequence[Change], *, on: dt.date) -> list[Problem]:
    """Every pair that would answer for the same place and topic on the same day, and is no team.

    Days before `on` are history: an unknown first day must not keep a place from its new post. A
    pair that has stood so before (a loaded finding) may be made smaller step by step.
    """
    by_place: dict[int, list[Change]] = {}
    for change in (*changes, *others):
        by_place.setdefault(change.row.area.pk, []).append(change)
    problems = []
    earlier: set[Change] = set()
    for change in changes:
        earlier.add(change)
        for other in by_place[change.row.area.pk]:
            if other in earlier:
                continue
            days = change.row.shared_days(other.row)
            if days and not _is_allowed(change, other, days, on=on):
                problems.append(_overlap(change, other.row, days, on=on))
    return problems


def _is_allowed(
    change: Change, other: Change, days: tuple[dt.date, dt.date], *, on: dt.date
) -> bool:
    one, two = change.row, other.row
    if one.post == two.post:
        return False
    if (one.joint and two.joint) or days[1] < on:
        return True
    before = change.before.shared_days(other.before) if change.rule and other.rule else None
    was_team = before and change.before.joint and other.before.joint
    return bool(before and not was_team and before[0] <= days[0] and days[1] <= before[1])


def _overlap(change: Change, other: Row, days: tuple[dt.date, dt.date], *, on: dt.date) -> Problem:
    named_on = min(max(on, days[0]), days[1])
    values = {
        "place": other.place_label,
        "post": post_label(other.post, on=named_on),
        "when": when(*days),
    }
    if change.row.post == other.post:
        message = _("%(post)s has %(place)s already, %(when)s.")
    else:
        message = _(
            "%(place)s belongs to %(post)s, %(when)s. End that rule first, or mark both as shared."
        )
    return Problem(change, message % values, "area")


def when(first: dt.date, last: dt.date) -> str:
    """A span as messages to editors write it; `date.min` and `date.max` are open ends."""
    values = {"first": day_in_words(first), "last": day_in_words(last)}
    if first == last:
        return _("on %(first)s") % values
    if last == dt.date.max:
        return _("without an end") if first == dt.date.min else _("from %(first)s on") % values
    if first == dt.date.min:
        return _("until %(last)s") % values
    return _("from %(first)s until %(last)s") % values


def day_in_words(day: dt.date) -> str:
    """A date as messages to editors write it."""
    return date_format(day, "SHORT_DATE_FORMAT")
