"""Days: which are worked on, where a span of time ends, and at which instant a day is over.

Due dates are local dates (Europe/Berlin), inclusive; the instant at which such a day is over is
the first one of the next day, in UTC. Days off depend on the federal state: Saxony has Reformation
Day and the Day of Repentance and Prayer, Saxony-Anhalt the first and Epiphany.

Sources: §§ 187–193 BGB, § 31(3) VwVfG (an end on a day off moves to the next working day); days off
by the package `holidays`.
"""

import calendar
import datetime as dt
from functools import lru_cache

import holidays
from django.utils import timezone
from django.utils.translation import get_language

from contacts.models import Agency

SATURDAY = 5  # as date.weekday() counts
SUBDIVISIONS = {Agency.State.SAXONY: "SN", Agency.State.SAXONY_ANHALT: "ST"}


def end_of_day(day: dt.date) -> dt.datetime:
    """The first instant after the local day `day`, in UTC: what is due on `day` counts before it.

    Raises OverflowError for the last day of all.
    """
    return start_of_day(day + dt.timedelta(days=1))


def start_of_day(day: dt.date) -> dt.datetime:
    """The first instant of the local day `day`, in UTC. No clock is changed at midnight."""
    local = dt.datetime.combine(day, dt.time(), tzinfo=timezone.get_default_timezone())
    return local.astimezone(dt.UTC)


def last_day(closes_at: dt.datetime) -> dt.date:
    """The last local day with an instant before `closes_at`: the day that a text names."""
    return timezone.localtime(
        closes_at - dt.timedelta(microseconds=1), timezone.get_default_timezone()
    ).date()


def moved_end(closes_at: dt.datetime, day: dt.date) -> dt.datetime:
    """`closes_at` moved to the last day `day`, at the same time by the clock on the wall (UTC)."""
    zone = timezone.get_default_timezone()
    time = timezone.localtime(closes_at, zone).time()
    if time == dt.time():
        return end_of_day(day)
    return dt.datetime.combine(day, time, tzinfo=zone).astimezone(dt.UTC)


def holiday_name(day: dt.date, state: str) -> str:
    """What the public holiday on `day` is called in `state` (an `Agency.State`); "" for none.

    In German, or in English for the readers of every other language.
    """
    language = "de" if (get_language() or "de").startswith("de") else "en_US"
    return _holidays(state, day.year, language).get(day, "")


def is_working_day(day: dt.date, state: str) -> bool:
    """Whether `day` is neither Saturday, Sunday nor a public holiday in `state`."""
    return day.weekday() < SATURDAY and day not in _holidays(state, day.year, "de")


def next_working_day(day: dt.date, state: str) -> dt.date:
    """`day` itself where it is a working day, else the first one after it (§ 31(3) VwVfG)."""
    while not is_working_day(day, state):
        day += dt.timedelta(days=1)
    return day


def plus_months(day: dt.date, months: int) -> dt.date:
    """The day of the same number, `months` later; the last of the month where there is none.

    One month after 31 January is 28 or 29 February (§ 188(3) BGB). Raises ValueError outside the
    years 1 to 9999.
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not dt.MINYEAR <= years <= dt.MAXYEAR:
        raise ValueError(f"{months} months from {day} lie outside the calendar")
    longest = calendar.monthrange(years, month + 1)[1]
    return dt.date(years, month + 1, min(day.day, longest))


# Letters ------------------------------------------------------------------------------------------

POST_DAYS = dt.timedelta(days=4)  # § 41(2) VwVfG as it holds since 1 January 2025
FETCH_DAYS = dt.timedelta(days=10)  # § 41(2a) VwVfG


def announced_by_post(posted_on: dt.date) -> dt.date:
    """The fourth day after posting: on it a letter counts as announced (§ 41(2) VwVfG).

    It does not move when it falls on a day off: it is no end of a period, but a day that is
    presumed.
    """
    return posted_on + POST_DAYS


def announced_in_portal(fetched_on: dt.date) -> dt.date:
    """The day after a letter was fetched from the portal (§ 41(2a) VwVfG)."""
    return fetched_on + dt.timedelta(days=1)


def last_day_to_fetch(sent_on: dt.date) -> dt.date:
    """Until when a letter in the portal has to be fetched, so that it counts as announced."""
    return sent_on + FETCH_DAYS


def objection_until(announced_on: dt.date, state: str) -> dt.date:
    """The last day for an objection: one month after the announcement, on a working day.

    § 70(1) VwGO; §§ 57(2) VwGO, 222(2) ZPO and 188 BGB for how the month is counted.
    """
    return next_working_day(plus_months(announced_on, 1), state)


def final_on(announced_on: dt.date, state: str) -> dt.date:
    """The first day on which nobody can object any more."""
    return objection_until(announced_on, state) + dt.timedelta(days=1)


@lru_cache(maxsize=64)
def _holidays(state: str, year: int, language: str) -> dict[dt.date, str]:
    subdivision = SUBDIVISIONS[Agency.State(state)]
    return dict(holidays.Germany(subdiv=subdivision, years=year, language=language))
