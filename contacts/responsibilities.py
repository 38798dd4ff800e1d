"""Who answers for which place: the one way to change it.

An editor's change is a list of `Change`s. `check` says in sentences what is wrong with them, and
`publish` writes them: all or nothing, under lock, with a `Publication` that holds the rows before
and after (`contacts.consequences` publishes too, and tells which answers that takes away). Nobody
else writes a `Responsibility`, except the loader of an office's first data.

All dates are local (Europe/Berlin) and inclusive; None is an open end.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contacts.labels import post_label
from contacts.models import Agency, Area, Post, Publication, Responsibility, Topic
from portal import clock

ONE_DAY = dt.timedelta(days=1)


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
    """One rule before and after: without `rule` it is new, without `row` it goes."""

    rule: Responsibility | None
    row: Row | None

    @property
    def before(self) -> Row | None:
        return Row.of(self.rule) if self.rule else None

    @property
    def is_empty(self) -> bool:
        return self.before == self.row


def create(row: Row) -> Change:
    return Change(None, row)


def update(rule: Responsibility, **fields) -> Change:
    """`rule` with some of its `FIELDS` changed. The object itself is left as it is."""
    return Change(rule, replace(Row.of(rule), **fields))


def delete(rule: Responsibility) -> Change:
    """Forget `rule` as if it had never been said. To stop it, use `end`."""
    return Change(rule, None)


def end(rules: Iterable[Responsibility], *, on: dt.date) -> list[Change]:
    """Let `rules` answer on the day `on` for the last time. Those that have ended stay."""
    return [
        update(rule, valid_until=on)
        for rule in rules
        if rule.valid_until is None or rule.valid_until > on
    ]


def move(rules: Iterable[Responsibility], *, to: Post, on: dt.date) -> list[Change]:
    """From the day `on`, `to` answers instead; until the day before, whoever did.

    A rule that begins on that day or later goes over as a whole; one that has ended stays.
    """
    changes = []
    for rule in rules:
        if rule.post_id == to.pk or (rule.valid_until is not None and rule.valid_until < on):
            continue
        if rule.valid_from is not None and rule.valid_from >= on:
            changes.append(update(rule, post=to))
        else:
            changes.append(update(rule, valid_until=on - ONE_DAY))
            changes.append(create(replace(Row.of(rule), post=to, valid_from=on)))
    return changes


@dataclass(frozen=True)
class Problem:
    """Why a change cannot be published: a sentence, and the field that it is about."""

    change: Change
    message: str
    field: str = ""


class RefusedError(Exception):
    """The changes cannot be published; `problems` says why, one by one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.messages))

    @property
    def messages(self) -> list[str]:
        return list(dict.fromkeys(problem.message for problem in self.problems))


# Checks -------------------------------------------------------------------------------------------


def lock(agency: Agency, changes: Iterable[Change]) -> None:
    """Let nobody else check or publish for `agency`, or for these places, until we are through.

    The places count because two agencies may cover the same ones. SQLite needs no row lock: its
    transactions are IMMEDIATE, so there is one writer at a time.
    """
    places = {change.row.area.pk for change in changes if change.row}
    for rows in (Agency.objects.filter(pk=agency.pk), Area.objects.filter(pk__in=places)):
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def lock_and_check(agency: Agency, changes: Sequence[Change], *, on: dt.date) -> list[Problem]:
    """What stands against publishing `changes`, and still does when this transaction publishes.

    Besides what `check` finds, that is a rule which somebody else has changed since it was read.
    """
    lock(agency, changes)
    return _stale(changes) or check(agency, changes, on=on)


def check(agency: Agency, changes: Sequence[Change], *, on: dt.date) -> list[Problem]:
    """What stands against publishing `changes`, in words for the day `on`.

    The number of queries does not depend on that of the changes.
    """
    problems = [problem for change in changes for problem in _own_problems(agency, change)]
    problems += _outside(agency, changes)
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
    for position, change in enumerate(changes):
        earlier = changes[:position]
        for other in by_place[change.row.area.pk]:
            if other is change or any(other is known for known in earlier):
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
        "when": _when(*days),
    }
    if change.row.post == other.post:
        message = _("%(post)s has %(place)s already, %(when)s.")
    else:
        message = _(
            "%(place)s belongs to %(post)s, %(when)s. End that rule first, or mark both as shared."
        )
    return Problem(change, message % values, "area")


def _when(first: dt.date, last: dt.date) -> str:
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


# Publishing ---------------------------------------------------------------------------------------


def publish(
    agency: Agency, changes: Iterable[Change], *, by, reason: str = "", now: dt.datetime
) -> Publication | None:
    """Write `changes` in one transaction, and return the record of it; None when nothing changes.

    Raises `RefusedError` and writes nothing when `check` objects, or when a rule has been changed
    or deleted by somebody else since it was read. `by` is a user, or None for a file; `now` an
    aware instant. Order: lock, check, delete, change, create, record.
    """
    changes = [change for change in changes if not change.is_empty]
    if not changes:
        return None
    try:
        with transaction.atomic():
            problems = lock_and_check(agency, changes, on=clock.today(now))
            if problems:
                raise RefusedError(problems)
            before, after = write(changes)
            return Publication.objects.create(
                agency=agency,
                published_at=now,
                published_by=by,
                reason=reason[: Publication._meta.get_field("reason").max_length],
                before=before,
                after=after,
            )
    except IntegrityError as error:
        raise RefusedError(
            [Problem(changes[0], _("Somebody else has changed these places. Please try again."))]
        ) from error


def _stale(changes: Sequence[Change]) -> list[Problem]:
    """The changes whose rule is no longer what the editor saw."""
    present = Responsibility.objects.in_bulk([change.rule.pk for change in changes if change.rule])
    message = _("%(place)s has been changed by somebody else. Please look at it again.")
    return [
        Problem(change, message % {"place": change.rule.area})
        for change in changes
        if change.rule
        and (
            change.rule.pk not in present
            or _as_json(change.rule) != _as_json(present[change.rule.pk])
        )
    ]


def write(changes: Sequence[Change]) -> tuple[list[dict], list[dict]]:
    """Write without any check; return the rows before and after as a `Publication` stores them."""
    before = [_as_json(change.rule) for change in changes if change.rule]
    gone = [change.rule.pk for change in changes if change.row is None]
    changed = [
        Responsibility(pk=change.rule.pk, **_fields(change.row))
        for change in changes
        if change.rule and change.row
    ]
    new = [Responsibility(**_fields(change.row)) for change in changes if change.rule is None]
    if gone:
        Responsibility.objects.filter(pk__in=gone).delete()
    if changed:
        Responsibility.objects.bulk_update(changed, FIELDS)
    Responsibility.objects.bulk_create(new)
    return before, [_as_json(rule) for rule in (*changed, *new)]


def _fields(row: Row) -> dict:
    return {name: getattr(row, name) for name in FIELDS}


def _as_json(rule: Responsibility) -> dict:
    return {
        "id": rule.pk,
        "post_id": rule.post_id,
        "area_id": rule.area_id,
        "topic_id": rule.topic_id,
        "valid_from": rule.valid_from.isoformat() if rule.valid_from else None,
        "valid_until": rule.valid_until.isoformat() if rule.valid_until else None,
        "joint": rule.joint,
    }
