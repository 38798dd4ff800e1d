"""The money of a budget over its year: the sums at the end of each month, and by kind."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal import clock
from projects import charts, money
from projects.budget import Sums, effect_of
from projects.charts import Chart
from projects.models import Budget

SERIES = ("allocated", "released", "committed", "paid", "free")


@dataclass(frozen=True)
class Month:
    """The sums at the end of a month, or of today in the present one."""

    first: dt.date
    sums: Sums

    @property
    def name(self) -> str:
        return date_format(self.first, "M Y")


def months_of(budget: Budget, *, on: dt.date) -> list[Month]:
    """A row for each month from the first booking, or the year's January, to the date `on`.

    The ledger goes on after its year until the last case is closed; so do the rows.
    """
    rows = budget.entries.order_by("number").values_list("kind", "corrects", "cents", "booked_at")
    changes = [
        (clock.local(booked_at).date(), *effect_of(corrects or kind), cents)
        for kind, corrects, cents, booked_at in rows
    ]
    first = min([dt.date(budget.year, 1, 1), *[day.replace(day=1) for day, *_rest in changes]])
    last = max([min(on, dt.date(budget.year, 12, 31)), *[day for day, *_rest in changes]])
    totals = dict.fromkeys(Sums.__dataclass_fields__, 0)
    found, number = [], 0
    month = first
    while month <= max(last, first):
        following = (month + dt.timedelta(days=32)).replace(day=1)
        while number < len(changes) and changes[number][0] < following:
            _day, name, sign, cents = changes[number]
            totals[name] += sign * cents
            number += 1
        found.append(Month(month, Sums(**totals)))
        month = following
    return found


def names() -> dict[str, str]:
    """What each line of the picture is called."""
    return {
        "allocated": _("Allocated"),
        "released": _("Released"),
        "committed": _("Committed"),
        "paid": _("Paid"),
        "free": _("Free"),
    }


def picture(months: list[Month]) -> Chart:
    """The sums as lines of steps, a month each."""
    labels = names()
    series = [
        (name, labels[name], [getattr(month.sums, name) for month in months]) for name in SERIES
    ]
    return charts.steps(series, [month.name for month in months], words=money.shown)
