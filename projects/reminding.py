"""Looking at a case again on a day ("Wiedervorlage"): made for oneself or a colleague, moved, done.

What somebody wants to be reminded of is their own note, and no event of the case.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts.models import StaffRole
from contacts.spans import not_ended
from portal.models import User
from projects import actors
from projects.models import Application, Reminder

FARTHEST = dt.timedelta(days=3660)  # the time for keeping grants, and some more


class ReminderError(ValidationError):
    """A reminder that cannot be; the message says why and what to do."""


def colleagues(agency_id: int, *, on: dt.date) -> QuerySet:
    """Who can be reminded of a case of the agency on the local date `on`, by name."""
    roles = StaffRole.objects.filter(not_ended(on), agency=agency_id, role__in=actors.NOTING)
    return User.objects.filter(is_active=True, is_staff=True, pk__in=roles.values("user")).order_by(
        "name", "pk"
    )


@transaction.atomic
def remind(
    application: Application,
    text: str,
    *,
    due_on: dt.date,
    to,
    by,
    now: dt.datetime,
    on: dt.date,
) -> Reminder:
    """Put the case before `to` again on the local date `due_on`.

    Raises ReminderError without a text, for a day before today (`on`), and where one of them has
    no part in the case.
    """
    if not text.strip():
        raise ReminderError(_("Say what is to be done."))
    _check_day(due_on, on=on)
    if not actors.may_note(by, application):
        raise ReminderError(_("You may not do this."))
    if to != by and not actors.may_note(to, application):
        raise ReminderError(_("This person has no part in the case."))
    return Reminder.objects.create(
        application=application,
        user=to,
        due_on=due_on,
        text=text.strip(),
        created_at=now,
        created_by=by,
    )


@transaction.atomic
def done(reminder: Reminder, *, by, now: dt.datetime) -> None:
    """It needs no more attention. Raises ReminderError, also where it is done already."""
    _check_own(reminder, by)
    if not Reminder.objects.filter(pk=reminder.pk, done_at=None).update(done_at=now):
        raise ReminderError(_("This reminder is done already."))


@transaction.atomic
def move(reminder: Reminder, due_on: dt.date, *, by, on: dt.date) -> None:
    """Another day. Raises ReminderError for one before today (`on`), or where it is done."""
    _check_own(reminder, by)
    _check_day(due_on, on=on)
    if not Reminder.objects.filter(pk=reminder.pk, done_at=None).update(due_on=due_on):
        raise ReminderError(_("This reminder is done already."))


def due(user, *, on: dt.date) -> QuerySet:
    """The keys of the cases of which `user` is to be reminded on or before the local date `on`."""
    rows = Reminder.objects.filter(user=user, done_at=None, due_on__lte=on)
    return rows.order_by().values("application")


def is_own(reminder: Reminder, user) -> bool:
    """Whether `user` ends and moves it: whom it is for, and who made it."""
    return user.pk in (reminder.user_id, reminder.created_by_id)


def _check_own(reminder: Reminder, by) -> None:
    if not is_own(reminder, by) or not actors.may_note(by, reminder.application):
        raise ReminderError(_("You may not do this."))


def _check_day(due_on: dt.date, *, on: dt.date) -> None:
    if due_on < on:
        raise ReminderError(_("Give today or a day that is still to come."))
    if due_on > on + FARTHEST:
        raise ReminderError(_("Give a day within ten years."))
