"""When a call opens and closes, in words: for pages, mails and calendars alike."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import clock
from projects.calendar import last_day

DAYS_COUNTED = 21  # beyond, weeks and months say more
WEEKS_COUNTED = 12


def instant_in_words(instant: dt.datetime) -> str:
    """A UTC instant as date and local time, such as "2 January 2026, 09:00"."""
    return date_format(clock.local(instant), "DATETIME_FORMAT")


def end_in_words(closes_at: dt.datetime) -> str:
    """Until when something counts: the last day, and the time unless it is midnight."""
    local = clock.local(closes_at)
    if local.time() == dt.time():
        return _("the end of %(day)s (midnight)") % {
            "day": date_format(last_day(closes_at), "DATE_FORMAT")
        }
    return date_format(local, "DATETIME_FORMAT")


def time_left(closes_at: dt.datetime, *, now: dt.datetime) -> str:
    """How long is left until `closes_at`, by days of the calendar; "" when it is too late."""
    if now >= closes_at:
        return ""
    days = (last_day(closes_at) - clock.today(now)).days
    if days == 0:
        at = clock.local(closes_at)
        if at.time() == dt.time():
            return _("closes today at midnight")
        return _("closes today at %(time)s") % {"time": date_format(at, "TIME_FORMAT")}
    if days == 1:
        return _("closes tomorrow")
    if days <= DAYS_COUNTED:
        return ngettext("%(number)d day left", "%(number)d days left", days) % {"number": days}
    weeks = days // 7
    if weeks <= WEEKS_COUNTED:
        text = ngettext("about %(number)d week left", "about %(number)d weeks left", weeks)
        return text % {"number": weeks}
    months = round(days / 30.44)
    text = ngettext("about %(number)d month left", "about %(number)d months left", months)
    return text % {"number": months}
