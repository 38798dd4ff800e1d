"""How often visitors have asked for a place: what a gap or a wrong number costs."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Sum

from contacts.models import LookUpCount

DAYS = 90


@dataclass(frozen=True)
class Demand:
    """Look-ups by town and topic (ids; topic None: without one) in the last `DAYS` days."""

    counts: Mapping[int, Mapping[int | None, int]]

    def of(self, places: Iterable[int], topic_id: int | None = None) -> int:
        """How many look-ups asked for these towns; with `topic_id` only those on that topic."""
        towns = (self.counts.get(place, {}) for place in places)
        if topic_id is not None:
            return sum(counts.get(topic_id, 0) for counts in towns)
        return sum(sum(counts.values()) for counts in towns)


def recent(*, on: dt.date) -> Demand:
    """The demand of the days up to and including the local date `on`: one query."""
    rows = LookUpCount.objects.filter(
        day__gt=on - dt.timedelta(days=DAYS), day__lte=on, municipality__isnull=False
    )
    counts: dict[int, dict[int | None, int]] = {}
    summed = rows.order_by().values_list("municipality_id", "topic_id").annotate(Sum("number"))
    for municipality_id, topic_id, number in summed:
        counts.setdefault(municipality_id, {})[topic_id] = number
    return Demand(counts)
