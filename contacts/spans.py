"""Spans of days in queries, by `valid_from` and `valid_until`.

Dates are local (Europe/Berlin) and inclusive at both ends; null is unknown or open.
"""

import datetime as dt

from django.db.models import Q


def begun(on: dt.date) -> Q:
    """Rows whose span has begun on the day `on`, or before it."""
    return Q(valid_from__isnull=True) | Q(valid_from__lte=on)


def not_ended(on: dt.date) -> Q:
    """Rows whose span lasts until the day `on` or longer, even if it is to begin later."""
    return Q(valid_until__isnull=True) | Q(valid_until__gte=on)
