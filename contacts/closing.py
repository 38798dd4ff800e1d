"""Doubts and corrections are closed, never deleted: who did it and when stays on record."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from contacts.models import Correction, Doubt


@transaction.atomic
def close(rows: Iterable[Doubt | Correction], *, by, now: dt.datetime) -> int:
    """Close those of `rows` (all of one model) that are open; returns how many there were."""
    rows = list(rows)
    if not rows:
        return 0
    still_open = type(rows[0]).objects.filter(
        pk__in=[row.pk for row in rows], closed_at__isnull=True
    )
    return still_open.update(closed_at=now, closed_by=by)
