"""What is handed over to the cash office: one list per agency and instant, one row per payment.

A list is named by the `exported_at` of its payments, and says the same whenever it is fetched. One
exception: a payment that bounced and went out again stands in its later list alone.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal import clock, sheets
from projects import money
from projects.answers import OFFICIAL
from projects.models import Payout
from projects.states import PayoutState

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MOST_LISTS = 20  # that are offered; older ones are with the cash office


@dataclass(frozen=True)
class PaymentList:
    """`cents` is the sum of its payments."""

    agency_id: int
    exported_at: dt.datetime
    payments: int
    cents: int

    @property
    def key(self) -> int:
        return key_of(self.exported_at)


def key_of(exported_at: dt.datetime) -> int:
    """An instant as microseconds since 1970, for addresses."""
    return (exported_at - EPOCH) // dt.timedelta(microseconds=1)


def instant_of(key: int) -> dt.datetime:
    """What `key_of` has made `key` of. Raises OverflowError for one outside the calendar."""
    return EPOCH + dt.timedelta(microseconds=key)


def lists_of(agency_ids: Collection[int]) -> list[PaymentList]:
    """The last lists of these agencies, the newest first."""
    rows = Payout.objects.filter(
        grant__application__agency__in=agency_ids, exported_at__isnull=False
    )
    found = (
        rows.order_by("-exported_at")
        .values("grant__application__agency", "exported_at")
        .annotate(payments=Count("pk"), cents=Sum("amount_cents"))
    )
    return [
        PaymentList(
            row["grant__application__agency"], row["exported_at"], row["payments"], row["cents"]
        )
        for row in found[:MOST_LISTS]
    ]


def rows_of(agency_id: int, exported_at: dt.datetime) -> QuerySet[Payout]:
    """The payments of one list, in the order in which they were handed over."""
    rows = Payout.objects.filter(
        grant__application__agency=agency_id,
        exported_at=exported_at,
        state__in=[PayoutState.EXPORTED, PayoutState.PAID, PayoutState.BOUNCED],
    )
    rows = rows.select_related(
        "grant__application", "grant__budget__programme", "certified_by", "ordered_by"
    )
    return rows.order_by("grant__application", "number")


def write(rows: Iterable[Payout]) -> bytes:
    """The list as CSV in German, as spreadsheets open it: no cell is a formula."""
    with override(OFFICIAL):
        header = [
            _("File number"),
            _("Payment no."),
            _("Account holder"),
            "IBAN",
            _("Amount"),
            _("Currency"),
            _("Reason for payment"),
            _("Budget"),
            _("Certified by"),
            _("Ordered by"),
            _("Ordered on"),
        ]
        return sheets.write("csv", header, [_line(row) for row in rows])


def _line(payout: Payout) -> list[str]:
    reference = payout.grant.application.reference
    return [
        reference,
        str(payout.number),
        payout.holder,
        payout.iban,
        money.typed(payout.amount_cents),
        "EUR",
        _("%(number)s payment %(count)d") % {"number": reference, "count": payout.number},
        str(payout.grant.budget),
        str(payout.certified_by or ""),
        str(payout.ordered_by or ""),
        clock.local(payout.ordered_at).date().isoformat() if payout.ordered_at else "",
    ]
