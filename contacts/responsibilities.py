"""Who answers for which place: the changes that an editor may ask for.

What an editor wants is a list of `Change`s. `contacts.rule_checks` says what is wrong with them,
and `contacts.publishing` writes them with `write`: all or nothing, under lock, on record. Nobody
else writes a `Responsibility`, except the loader of an office's first data.

All dates are local (Europe/Berlin) and inclusive; None is an open end.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from contacts.models import Agency, Area, Post, Responsibility
from contacts.records import as_record
from contacts.rule_checks import FIELDS, Change, Problem, Row, check

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
            or as_record(change.rule) != as_record(present[change.rule.pk])
        )
    ]


def write(changes: Sequence[Change]) -> tuple[list[dict], list[dict]]:
    """Write without any check; return the rows before and after as a `Publication` stores them."""
    before = [as_record(change.rule) for change in changes if change.rule]
    gone = [change.rule.pk for change in changes if change.row is None]
    changed = [
        Responsibility(pk=change.rule.pk, **_fields(change.row))
        for change in changes
        if change.rule and change.row
    ]
    new = [
        Responsibility(pk=change.former_id, **_fields(change.row))
        for change in changes
        if change.rule is None
    ]
    if gone:
        Responsibility.objects.filter(pk__in=gone).delete()
    if changed:
        Responsibility.objects.bulk_update(changed, FIELDS)
    Responsibility.objects.bulk_create(new)
    return before, [as_record(rule) for rule in (*changed, *new)]


def _fields(row: Row) -> dict:
    return {name: getattr(row, name) for name in FIELDS}
