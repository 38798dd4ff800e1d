"""Days: which are worked on, and where a span of months ends.

Days off depend on the federal state: Saxony has Reformation Day and the Day of Repentance and
Prayer, Saxony-Anhalt the first and Epiphany. Dates are local.

Sources: §§ 187–193 BGB, § 31(3) VwVfG (an end on a day off moves to the next working day); days off
by the package `holidays`.
"""

import calendar
import datetime as dt
from functools import lru_cache

import holidays
from django.utils.translation import get_language

from contacts.models import Agency

SATURDAY = 5  # as date.weekday() counts
SUBDIVISIONS = {Agency.State.SAXONY: "SN", Agency.State.SAXONY_ANHALT: "ST"}


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


def plus_working_days(day: dt.date, number: int, state: str) -> dt.date:
    """The working day that is the `number`-th after `day`."""
    for _day in range(number):
        day = next_working_day(day + dt.timedelta(days=1), state)
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


@lru_cache(maxsize=64)
def _holidays(state: str, year: int, language: str) -> dict[dt.date, str]:
    subdivision = SUBDIVISIONS[Agency.State(state)]
    return dict(holidays.Germany(subdiv=subdivision, years=year, language=language))
