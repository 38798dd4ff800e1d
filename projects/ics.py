"""The closing date of a call as a file for calendars (RFC 5545)."""

import datetime as dt
from urllib.parse import urlsplit

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from projects.call_words import end_in_words
from projects.funding import CallView, ProgrammeView

A_WEEK_BEFORE = dt.timedelta(days=-7)


def deadline(call: CallView, programme: ProgrammeView, *, url: str, now: dt.datetime) -> bytes:
    """The instant at which `call` closes, with an alarm a week before; `url` is its public page.

    The UID is the same for ever, so that a file loaded again replaces the entry instead of adding
    one. All texts are in the active language.
    """
    end = end_in_words(call.closes_at)
    event = Event()
    event.add("uid", f"closing-{call.slug}@{urlsplit(url).hostname or 'localhost'}")
    event.add("dtstamp", now)
    event.add("dtstart", call.closes_at)
    event.add(
        "summary",
        _("%(call)s: last day %(day)s")
        % {"call": call.title, "day": date_format(call.last_day, "DATE_FORMAT")},
    )
    event.add(
        "description",
        _("Applications for “%(programme)s” are taken until %(end)s.")
        % {"programme": programme.name, "end": end},
    )
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", A_WEEK_BEFORE)
    alarm.add("description", _("One week left: %(call)s") % {"call": call.title})
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Ansprechbar//Funding//DE")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return calendar.to_ical()
