"""What is due for somebody, for their own calendar program: a secret address, and what it answers.

The address alone opens it, since calendar programs log in nowhere. So it says of each day no more
than a kind of date and the number of the case (docs/decisions/0011-calendar-feeds.md).
"""

import datetime as dt
import re
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from contacts.roles import Role, agencies_of
from portal.models import User
from projects import due
from projects.calendar import last_day
from projects.due import OF_APPLICANTS, Kind
from projects.models import Application, CalendarFeed, Reminder
from projects.states import BEFORE_SUBMISSION

BACK = dt.timedelta(days=30)
MOST = 500  # entries: more in one calendar help nobody
KEY_BYTES = 32
KEY = re.compile(r"[A-Za-z0-9_-]{43}")  # what token_urlsafe makes of so many bytes
CLOSING = "closing"

# Days of the cases of an agency that are put into the calendar of whoever has a role there.
OF_ROLES = {
    Role.CASEWORKER: OF_APPLICANTS | {Kind.POST},
    Role.DECIDER: OF_APPLICANTS | {Kind.POST},
    Role.FINANCE: frozenset({Kind.REPAYMENT}),
    Role.AUDITOR: OF_APPLICANTS,
    Role.AGENCY_ADMIN: OF_APPLICANTS | {Kind.POST},
    Role.COORDINATOR: OF_APPLICANTS,
}


@dataclass(frozen=True)
class Entry:
    """One local day in the calendar. `key` stays the same when the day moves."""

    day: dt.date
    key: str
    reference: str
    label: str


# The address --------------------------------------------------------------------------------------


@transaction.atomic
def make_or_renew(user: User, now: dt.datetime) -> CalendarFeed:
    """A new address for the calendar of `user`; the one before answers no more."""
    fields = {"key": secrets.token_urlsafe(KEY_BYTES), "made_at": now}
    return CalendarFeed.objects.update_or_create(user=user, defaults=fields)[0]


def switch_off(user: User) -> None:
    """No address leads to the calendar of `user` any more; nothing happens where none did."""
    CalendarFeed.objects.filter(user=user).delete()


def of(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user).first()


def find(key: str) -> CalendarFeed | None:
    """The feed with this key, unless the account is switched off."""
    if not KEY.fullmatch(key):
        return None
    rows = CalendarFeed.objects.select_related("user")
    return rows.filter(key=key, user__is_active=True).first()


# What it answers ----------------------------------------------------------------------------------


def entries_of(user: User, on: dt.date) -> list[Entry]:
    """What is due for `user` from a month before the local date `on`: the first 500 by day.

    In the active language. Takes as many queries for many cases as for one.
    """
    since = on - BACK
    entries = _of_staff(user, since) if user.is_staff else _of_applicant(user, since)
    return sorted(entries, key=lambda entry: (entry.day, entry.key))[:MOST]


def _of_applicant(user: User, since: dt.date) -> Iterator[Entry]:
    own = Application.objects.visible_to(user)
    yield from _days(own, OF_APPLICANTS, since)
    drafts = own.filter(state__in=sorted(BEFORE_SUBMISSION)).order_by("-call__closes_at", "pk")
    for case in drafts.select_related("call", "late_permit")[:MOST]:
        permit = getattr(case, "late_permit", None)
        day = last_day(max(case.call.closes_at, permit.until) if permit else case.call.closes_at)
        if day >= since:
            label = _("last day to send the application")
            yield _entry(day, case.uuid, case.reference, CLOSING, label)


def _of_staff(user: User, since: dt.date) -> Iterator[Entry]:
    """What may be due in a case is put to those in whose role it is, reminders to their owner."""
    cases = Application.objects.visible_to(user)
    for kind in sorted(frozenset().union(*OF_ROLES.values())):
        roles = frozenset(role for role, kinds in OF_ROLES.items() if kind in kinds)
        agencies = agencies_of(user, roles)
        if agencies:
            yield from _days(cases.of_agencies(agencies), [kind], since)
    reminders = Reminder.objects.visible_to(user).filter(user=user, done_at=None)
    reminders = reminders.filter(due_on__gte=since).select_related("application")
    for each in reminders.order_by("due_on", "pk")[:MOST]:
        case, what = each.application, f"{Kind.REMINDER.value}-{each.pk}"
        yield _entry(each.due_on, case.uuid, case.reference, what, str(Kind.REMINDER.label))


def _days(cases, kinds, since: dt.date) -> Iterator[Entry]:
    for kind in sorted(kinds):
        for key, reference, day in due.days_of(cases, kind, since=since, most=MOST):
            yield _entry(day, key, reference, kind.value, str(kind.label))


def _entry(day: dt.date, case: uuid.UUID, reference: str, what: str, label: str) -> Entry:
    return Entry(day, f"{case}-{what}", reference, label)
