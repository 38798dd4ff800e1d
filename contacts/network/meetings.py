"""Meetings of a group: inviting to one, changing it, cancelling it.

Each is one transaction under the lock of the group: whoever may convene it on that day writes the
row, and everybody who belongs to the group today gets a mail.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from contacts.models import Meeting, WorkingGroup
from contacts.network import access
from contacts.network.access import may_convene
from contacts.network.mails import Difference, tell_members
from contacts.working_days import plus_months
from portal import clock
from portal.models import OutboxMessage, User

__all__ = ["Told", "cancel", "change", "invite", "may_convene"]

LONGEST = dt.timedelta(hours=24)
FARTHEST = 24  # months ahead
SHOWN = 100  # characters of what stood in a field before
FIELDS = ("title", "starts_at", "ends_at", "place", "agenda")


@dataclass(frozen=True)
class Told:
    """What came of it: the meeting, and how many people were told."""

    meeting: Meeting
    people: int


@transaction.atomic
def invite(
    group: WorkingGroup,
    *,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    place: str,
    agenda: str,
    by: User,
    now: dt.datetime,
    key: uuid.UUID | None = None,
) -> Told:
    """Invite everybody who belongs to `group` today to a meeting; instants are aware.

    `key` is drawn when the form is opened, and becomes that of the meeting: the same form sent
    twice is one meeting, and one mail to each. Raises ValidationError for times that make no sense,
    for a group that has ended and one without members; PermissionDenied for whoever may not convene
    it.
    """
    group = _locked_group(group.pk, by=by, now=now)
    key = key or uuid.uuid4()
    sent = Meeting.objects.filter(uuid=key).first()
    if sent is not None:
        return _sent_before(sent, group)
    _check_times(group, starts_at, ends_at, now=now)
    if not access.members(group, clock.today(now)).exists():
        raise ValidationError(_("Nobody belongs to this group today, so nobody can be invited."))
    meeting = Meeting.objects.create(
        uuid=key,
        group=group,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        agenda=agenda,
        invited_at=now,
        invited_by=by,
    )
    return Told(meeting, tell_members(meeting, "invited", by=by, now=now))


def _sent_before(meeting: Meeting, group: WorkingGroup) -> Told:
    if meeting.group_id != group.pk:
        raise ValidationError(_("Please open the form once more."))
    return Told(meeting, _told_before(meeting, "invited-0"))


def _told_before(meeting: Meeting, what: str) -> int:
    """To how many the mail `what` was written when the same form came for the first time."""
    about = f"meeting:{meeting.uuid}:{what}:"
    return OutboxMessage.objects.filter(about__startswith=about, is_current=True).count()


@transaction.atomic
def change(
    meeting: Meeting,
    *,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    place: str,
    agenda: str,
    seen: int,
    by: User,
    now: dt.datetime,
) -> Told:
    """Write what is new about `meeting`, and tell everybody who belongs to the group today.

    `seen` is the `sequence` that the writer had before them. Nobody is told where nothing is new,
    and the same form sent twice is one change. Raises ValidationError as `invite` does, for a
    meeting that is cancelled or has begun, and where somebody else has changed it meanwhile;
    PermissionDenied for whoever may not convene the group.
    """
    group = _locked_group(meeting.group_id, by=by, now=now)
    row = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    row.group = group
    wanted = dict(zip(FIELDS, (title, starts_at, ends_at, place, agenda), strict=True))
    if all(getattr(row, name) == value for name, value in wanted.items()):
        is_repeated = row.sequence == seen + 1
        return Told(row, _told_before(row, f"changed-{row.sequence}") if is_repeated else 0)
    _check_open(row, now=now)
    if row.sequence != seen:
        raise ValidationError(
            _("Somebody else has changed this meeting meanwhile. Look at it, then change it anew.")
        )
    _check_times(group, starts_at, ends_at, now=now)
    before = Meeting.objects.get(pk=row.pk)
    for name, value in wanted.items():
        setattr(row, name, value)
    row.sequence += 1
    row.save(update_fields=[*FIELDS, "sequence"])
    new = _differences(before, row)
    return Told(row, tell_members(row, "changed", by=by, now=now, differences=new))


@transaction.atomic
def cancel(meeting: Meeting, *, by: User, now: dt.datetime) -> Told:
    """Cancel `meeting`, and tell everybody who belongs to the group today; once.

    Raises ValidationError for one that has begun, PermissionDenied as `change` does.
    """
    group = _locked_group(meeting.group_id, by=by, now=now)
    row = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    row.group = group
    if row.is_cancelled:
        return Told(row, _told_before(row, f"cancelled-{row.sequence}"))
    _check_open(row, now=now)
    row.cancelled_at = now
    row.sequence += 1
    row.save(update_fields=["cancelled_at", "sequence"])
    return Told(row, tell_members(row, "cancelled", by=by, now=now))


# Checks -------------------------------------------------------------------------------------------


def _locked_group(pk: int, *, by: User, now: dt.datetime) -> WorkingGroup:
    group = WorkingGroup.objects.select_for_update(of=("self",)).get(pk=pk)
    if not may_convene(by, group, clock.today(now)):
        raise PermissionDenied
    return group


def _check_open(meeting: Meeting, *, now: dt.datetime) -> None:
    if meeting.is_cancelled:
        raise ValidationError(_("This meeting is cancelled. Invite to a new one instead."))
    if meeting.starts_at <= now:
        raise ValidationError(_("This meeting has begun already, or is over."))


def _check_times(
    group: WorkingGroup, starts_at: dt.datetime, ends_at: dt.datetime, *, now: dt.datetime
) -> None:
    on, day = clock.today(now), clock.today(starts_at)
    if group.ended_on is not None and group.ended_on < max(on, day):
        raise ValidationError(
            _("This group ends on %(day)s; there is no meeting after that."),
            params={"day": date_format(group.ended_on, "DATE_FORMAT")},
        )
    if starts_at <= now:
        raise ValidationError(_("This time has passed. Choose a later one."))
    if ends_at <= starts_at:
        raise ValidationError(_("The end has to be later than the beginning."))
    if ends_at - starts_at > LONGEST:
        raise ValidationError(_("A meeting lasts 24 hours at most. Is the day of the end right?"))
    if day > plus_months(on, FARTHEST):
        raise ValidationError(_("That is more than two years ahead. Is the year right?"))


def _differences(before: Meeting, after: Meeting) -> list[Difference]:
    """What is new, in the language of the mails; of a long text only that it is new."""
    with override(settings.LANGUAGE_CODE):
        pairs = [
            (_("When"), before.when, after.when),
            (_("Where"), before.place, after.place),
            (_("Title"), before.title, after.title),
        ]
        found = [
            Difference(label, Truncator(old).chars(SHOWN), new)
            for label, old, new in pairs
            if old != new
        ]
        if before.agenda != after.agenda:
            said = _("see below") if after.agenda else ""
            found.append(Difference(_("Agenda"), "", said))
    return found
