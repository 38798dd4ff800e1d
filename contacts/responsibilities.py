"""Who answers for which place: the one way to change it.

An editor's change is a list of `Change`s. `contacts.rule_checks` says what is wrong with them, and
`publish` writes them: all or nothing, under lock, with a `Publication` that holds the rows before
and after (`contacts.consequences` publishes too, and tells which answers that takes away). Nobody
else writes a `Responsibility`, except the loader of an office's first data.

All dates are local (Europe/Berlin) and inclusive; None is an open end.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from contacts.models import Agency, Area, Post, Publication, Responsibility
from contacts.rule_checks import FIELDS, Change, Problem, Row, check
from portal import clock

ONE_DAY = dt.timedelta(days=1)


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


class RefusedError(Exception):
    """The changes cannot be published; `problems` says why, one by one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.messages))

    @property
    def messages(self) -> list[str]:
        return list(dict.fromkeys(problem.message for problem in self.problems))


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
