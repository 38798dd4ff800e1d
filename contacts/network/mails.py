"""Mails to the members of a group about its meetings: each once per change and member.

They are in German. Subjects name the group and the day. What a mail says is for the members: in the
outbox, those who keep the network see to whom it was sent, and nobody its text. It leads to the
page behind the log-in, where the entry for calendars and the papers are.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from contacts.models import GroupMember, Meeting, WorkingGroup
from contacts.models.groups import owner_of_mails
from contacts.network import access
from contacts.proposals import in_one_line
from portal import clock, outbox
from portal.mail_texts import in_both_languages
from portal.models import User

SUBJECTS = {
    "invited": _("Invitation: %(group)s, %(day)s"),
    "changed": _("Changed meeting: %(group)s, %(day)s"),
    "cancelled": _("Cancelled meeting: %(group)s, %(day)s"),
}
LONGEST_GROUP = 80  # of the name of a group in a subject


@dataclass(frozen=True)
class Difference:
    """One thing that is new about a meeting: what it is called, what it was, what it is now."""

    label: str
    before: str
    now: str


def tell_members(
    meeting: Meeting,
    name: str,
    *,
    by: User,
    now: dt.datetime,
    differences: Sequence[Difference] = (),
) -> int:
    """Write the mail `name` to everybody who belongs to the group today; returns to how many.

    Within the caller's transaction. Answers go to the convenor who wrote, or to the agency.
    """
    people = list(access.members(meeting.group, clock.today(now)))
    with override(settings.LANGUAGE_CODE):
        # Read once more: a row keeps the language in which it was read.
        group = WorkingGroup.objects.select_related("agency").get(pk=meeting.group_id)
        agency = str(group.agency)
        subject = str(SUBJECTS[name]) % {
            "group": Truncator(in_one_line(str(group))).chars(LONGEST_GROUP),
            "day": date_format(clock.local(meeting.starts_at), "DATE_FORMAT"),
        }
        link = settings.SITE_URL + reverse("contacts:meeting", args=[meeting.uuid])
        body = in_both_languages(
            f"contacts/mail/meeting-{name}.txt",
            {
                "meeting": meeting,
                "group": group,
                "agency": agency,
                "link": link,
                "differences": differences,
            },
        )
    for person in people:
        outbox.put(
            f"meeting:{meeting.uuid}:{name}-{meeting.sequence}:member-{person.pk}",
            to=person.email,
            subject=subject,
            body=body,
            now=now,
            language=settings.LANGUAGE_CODE,
            owner=owner_of_mails(group.agency_id),
            from_name=in_one_line(agency),
            reply_to=_answers_to(by, people) or group.agency.email,
            is_secret=True,
            not_after=meeting.ends_at,
        )
    return len(people)


def _answers_to(by: User, people: Sequence[GroupMember]) -> str:
    """The address of `by`, where they convene the group: its members know it."""
    role = GroupMember.Role.CONVENOR
    own = (p.email for p in people if p.role == role and p.email.lower() == by.email.lower())
    return next(own, "")
