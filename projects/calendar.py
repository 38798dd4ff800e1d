"""Days of a procedure: at which instant a day is over, when a letter counts and becomes final.

Due dates are local dates (Europe/Berlin), inclusive; the instant at which such a day is over is
the first one of the next day, in UTC. Which days are worked on says `contacts.working_days`.
"""

import datetime as dt

from django.utils import timezone

from contacts.working_days import next_working_day, plus_months


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
