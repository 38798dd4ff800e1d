"""How often interpreters were asked for and found, by language and month of arrival.

Counted are enquiries for interpreters that lie, or lay when they were closed, at the desk of a
pool. What erasing leaves of them is enough, so the numbers stay.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, fields

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, ExtractYear, TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contacts.models import Assignment, Enquiry, InterpreterPool
from contacts.models.enquiry import EnquiryKind, EnquiryState, Outcome
from contacts.spoken import is_code, language_name

State = Assignment.State
FOUND = (State.CONFIRMED, State.DONE)


@dataclass(frozen=True)
class Numbers:
    """One line: `asked` is the sum of what follows. `month` is "" in sums.

    `found`: somebody comes or came; `missed`: closed without; `withdrawn`: no longer needed;
    `open`: still being looked for.
    """

    language: str
    month: str
    asked: int
    found: int
    missed: int
    withdrawn: int
    open: int

    @property
    def counts(self) -> list[int]:
        return [self.asked, self.found, self.missed, self.withdrawn, self.open]

    @property
    def cells(self) -> list[str]:
        """For a table or a sheet."""
        return [self.language, self.month, *map(str, self.counts)]


def header() -> list[str]:
    return [
        _("Language"),
        _("Month"),
        _("Interpreters wanted"),
        _("Found"),
        _("Not found"),
        _("No longer needed"),
        _("Still open"),
    ]


def years(pools: Collection[InterpreterPool]) -> list[int]:
    """The years in which somebody asked, the newest first."""
    found = _rows(pools).annotate(year=ExtractYear("received_at")).values_list("year", flat=True)
    return sorted(set(found.order_by().distinct()), reverse=True)


def numbers(pools: Collection[InterpreterPool], year: int) -> list[Numbers]:
    """A line for each language and month of `year` (local time), by language; one query.

    An enquiry for several languages counts for the one in which somebody came, else for the first.
    """
    lines = (
        _rows(pools)
        .filter(received_at__year=year)
        .annotate(month=TruncMonth("received_at"), code=_language(), found=_is_found())
        .order_by()
        .values("code", "month")
        .annotate(
            asked=Count("pk"),
            found_number=Count("pk", filter=Q(found=True)),
            withdrawn=Count("pk", filter=Q(found=False, outcome=Outcome.WITHDRAWN)),
            open=Count("pk", filter=Q(found=False) & ~Q(state=EnquiryState.CLOSED)),
        )
    )
    by_key: dict[tuple[str, dt.date], Numbers] = {}
    for line in lines:
        name, first = _name(line["code"]), line["month"]
        settled = line["found_number"] + line["withdrawn"] + line["open"]
        one = Numbers(
            language=name,
            month=date_format(first, "F Y"),
            asked=line["asked"],
            found=line["found_number"],
            missed=line["asked"] - settled,
            withdrawn=line["withdrawn"],
            open=line["open"],
        )
        former = by_key.get((name, first))
        by_key[name, first] = total([former, one], name, one.month) if former else one
    keys = sorted(by_key, key=lambda key: (key[0].casefold(), key[1]))
    return [by_key[key] for key in keys]


def sums(lines: Collection[Numbers]) -> list[Numbers]:
    """A line for each language, over all months."""
    names = dict.fromkeys(line.language for line in lines)
    return [total([line for line in lines if line.language == name], name) for name in names]


def total(lines: Collection[Numbers], language: str = "", month: str = "") -> Numbers:
    """The sum of all lines."""
    counted = [field.name for field in fields(Numbers) if field.name not in ("language", "month")]
    added = {name: sum(getattr(line, name) for line in lines) for name in counted}
    return Numbers(language=language or _("Total"), month=month, **added)


def _rows(pools: Collection[InterpreterPool]) -> QuerySet:
    """Of the desks of `pools`; also what somebody of them took on and that lies elsewhere now."""
    assigned = Assignment.objects.filter(enquiry=OuterRef("pk"), pool__in=pools, state__in=FOUND)
    at_desk = Q(assigned_post__in=[pool.post_id for pool in pools])
    rows = Enquiry.objects.filter(kind=EnquiryKind.INTERPRETER)
    return rows.filter(at_desk | Exists(assigned))


def _is_found() -> Exists:
    return Exists(Assignment.objects.filter(enquiry=OuterRef("pk"), state__in=FOUND))


def _language() -> Coalesce:
    came = Assignment.objects.filter(enquiry=OuterRef("pk"), state__in=FOUND)
    first = Subquery(came.values("language")[:1])
    return Coalesce(first, KT("languages__0"), output_field=CharField())


def _name(code: str | None) -> str:
    """What somebody typed and no code stands for is no column of a statistic."""
    return language_name(code) if code and is_code(code) else _("Another language")
