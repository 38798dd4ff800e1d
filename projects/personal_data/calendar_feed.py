"""The address of somebody's calendar, in the copy of their data: that there is one, not which."""

import datetime as dt

from portal.models import User
from portal.privacy import Export
from projects import feeds
from projects.models import CalendarFeed
from projects.personal_data.labels import LABELS


def export(user: User) -> Export:
    made = CalendarFeed.objects.filter(user=user).values_list("made_at", flat=True)
    return Export([{"since": since} for since in made], LABELS)


def erase(user: User, now: dt.datetime) -> bool:
    feeds.switch_off(user)
    return False
