"""What day and what instant it is: the only place that reads the clock.

A request takes the instant once, at its start, and hands it on as ``now`` (aware, UTC) and
``on`` (the local date in Europe/Berlin); nothing below the views asks again.
"""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()


def local(instant: dt.datetime) -> dt.datetime:
    """`instant` as the offices' clock on the wall shows it (Europe/Berlin)."""
    return timezone.localtime(instant)


def today(instant: dt.datetime | None = None) -> dt.date:
    """The local date of `instant`, or of the present."""
    return local(instant or now()).date()
