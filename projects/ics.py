"""Files for calendars (RFC 5545): the closing date of a call, and days on which things are due."""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from projects.call_words import end_in_words
from projects.funding import CallView, ProgrammeView

A_WEEK_BEFORE = dt.timedelta(days=-7)
ASK_AGAIN = dt.timedelta(hours=12)  # what programs are asked for; they keep to it or not


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
    calendar = _calendar()
    calendar.add_component(event)
    return calendar.to_ical()


def days(
    entries: Iterable[tuple[str, dt.date, str]], *, name: str, site: str, now: dt.datetime
) -> bytes:
    """Whole days, each with a key that stays, the local date and what is due.

    `name` is what programs call the calendar, `site` its address on the web.
    """
    host = urlsplit(site).hostname or "localhost"
    calendar = _calendar()
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    for key, day, summary in entries:
        event = Event()
        event.add("uid", f"{key}@{host}")
        event.add("dtstamp", now)
        event.add("dtstart", day)
        event.add("summary", summary)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Ansprechbar//Funding//DE")
    calendar.add("version", "2.0")
    return calendar
