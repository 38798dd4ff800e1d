"""The numbers of a grant programme: by call, town, kind of measure and month.

Counted are applications that were sent in; amounts are cents. What a user may not see is not in it.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.gazetteer import Gazetteer
from projects import charts, money
from projects.charts import Chart
from projects.funded import town_of
from projects.models import Call
from projects.states import UNDECIDED, ApplicationState, GrantState, PayoutState
from projects.terms import MeasureKind

S = ApplicationState
ENDED = Q(grant__state__in=[GrantState.DECLINED, GrantState.REVOKED])


class By(StrEnum):
    CALL = "call"
    TOWN = "town"
    MEASURE = "measure"
    MONTH = "month"


LABELS = {
    By.CALL: gettext_lazy("Call"),
    By.TOWN: gettext_lazy("Town"),
    By.MEASURE: gettext_lazy("Kind of project"),
    By.MONTH: gettext_lazy("Month of arrival"),
}


@dataclass(frozen=True)
class Numbers:
    """One line. `granted` counts grants that were neither declined nor revoked."""

    name: str
    received: int
    open: int
    granted: int
    refused: int
    withdrawn: int
    requested_cents: int
    granted_cents: int
    paid_cents: int

    @property
    def cells(self) -> list[str]:
        """For a table or a sheet."""
        counts = [self.received, self.open, self.granted, self.refused, self.withdrawn]
        amounts = [self.requested_cents, self.granted_cents, self.paid_cents]
        return [self.name, *map(str, counts), *map(money.shown, amounts)]


def header(by: By) -> list[str]:
    return [
        str(LABELS[by]),
        _("Received"),
        _("Open"),
        _("Granted"),
        _("Refused"),
        _("Withdrawn"),
        _("Applied for"),
        _("Granted in euros"),
        _("Paid"),
    ]


def numbers(rows: QuerySet, by: By, *, gazetteer: Gazetteer) -> list[Numbers]:
    """A line for each value of `by` among the applications `rows`, in a constant number of queries.

    A place below a town counts for its town.
    """
    keyed, name_of = _keyed(rows.exclude(submitted_at=None), by, gazetteer)
    paid = Q(grant__payouts__state=PayoutState.PAID)
    counted = keyed.order_by().values("key")
    lines = counted.annotate(
        received=Count("pk"),
        open=Count("pk", filter=Q(state__in=sorted(UNDECIDED))),
        granted=Count("pk", filter=Q(state=S.APPROVED) & ~ENDED),
        refused=Count("pk", filter=Q(state=S.REJECTED)),
        withdrawn=Count("pk", filter=Q(state=S.WITHDRAWN)),
        requested_cents=Sum("requested_cents", default=0),
        granted_cents=Sum("grant__award_cents", filter=~ENDED, default=0),
    )
    payouts = counted.annotate(cents=Sum("grant__payouts__amount_cents", filter=paid, default=0))
    paid_cents = {line["key"]: line["cents"] for line in payouts}
    found: dict[str, Numbers] = {}
    for line in sorted(lines, key=lambda line: (line["key"] is None, line["key"])):
        key = line.pop("key")
        one = Numbers(name=name_of(key), paid_cents=paid_cents[key], **line)
        found[one.name] = total([found[one.name], one], one.name) if one.name in found else one
    listed = list(found.values())
    return listed if by == By.MONTH else sorted(listed, key=lambda each: each.name.casefold())


def total(lines: list[Numbers], name: str = "") -> Numbers:
    """The sum of all lines."""
    names = [field.name for field in fields(Numbers) if field.name != "name"]
    sums = {each: sum(getattr(line, each) for line in lines) for each in names}
    return Numbers(name=name or _("Total"), **sums)


def picture(lines: list[Numbers]) -> Chart:
    """How many applications came, a bar for each line."""
    return charts.bars([(line.name, line.received) for line in lines], words=str)


def _keyed(rows: QuerySet, by: By, gazetteer: Gazetteer) -> tuple[QuerySet, Callable]:
    """`rows` with the `key` by which they are counted, and what a key is called."""
    if by == By.CALL:
        calls = Call.objects.filter(applications__in=rows).distinct()
        names = {call.pk: str(call) for call in calls.prefetch_related("translations")}
        return rows.annotate(key=F("call_id")), names.__getitem__
    if by == By.TOWN:
        return rows.annotate(key=F("area_id")), lambda key: _town(key, gazetteer)
    if by == By.MEASURE:
        return rows.annotate(key=F("measure_kind")), lambda key: str(MeasureKind(key).label)
    return (
        rows.annotate(key=TruncMonth("submitted_at")),
        lambda key: date_format(key, "M Y"),
    )


def _town(key: int | None, gazetteer: Gazetteer) -> str:
    town = town_of(key, gazetteer)
    return town.name if town else _("Several or unknown")
