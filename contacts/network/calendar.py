"""A meeting as a file for calendars (RFC 5545): the same entry, however often it is changed.

Programs know it by its UID, and a higher SEQUENCE takes the place of a lower one; a cancelled
meeting is taken out. Instants are in UTC, which every program shows by the clock of its own. The
file names nobody: the agency alone invites.
"""

import datetime as dt

from icalendar import Calendar, Event, vCalAddress, vText

from contacts.models import Meeting


def entry(meeting: Meeting, *, url: str, now: dt.datetime) -> bytes:
    """The file of `meeting`; `url` is its page. Texts are in the active language."""
    group, agency = str(meeting.group), meeting.group.agency
    event = Event()
    event.add("uid", str(meeting.uuid))
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", meeting.starts_at.astimezone(dt.UTC))
    event.add("dtend", meeting.ends_at.astimezone(dt.UTC))
    event.add("summary", f"{group}: {meeting.title}" if meeting.title else group)
    if meeting.place:
        event.add("location", meeting.place)
    if meeting.agenda:
        event.add("description", meeting.agenda)
    event.add("url", url)
    event.add("status", "CANCELLED" if meeting.is_cancelled else "CONFIRMED")
    if agency.email:
        organizer = vCalAddress(f"mailto:{agency.email}")
        organizer.params["cn"] = vText(str(agency))
        event.add("organizer", organizer)
    calendar = Calendar()
    calendar.add("prodid", "-//Ansprechbar//Network//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if meeting.is_cancelled else "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical()
