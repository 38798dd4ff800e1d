"""What is wrong with the contacts themselves, found without asking anybody.

A finding is either certain or plausible enough to be worth a look; what is merely unusual is none,
since a report that cries wolf is not read.
"""

import datetime as dt
from dataclasses import replace

from contacts.quality import doubles, reach, stock, translations, upkeep
from contacts.quality.kinds import Finding, Kind, Severity
from contacts.quality.stock import Stock
from contacts.snapshot import Snapshot

__all__ = ["Finding", "Kind", "Severity", "report"]


def report(
    snapshot: Snapshot, *, on: dt.date, agencies: frozenset[int] | None = None
) -> list[Finding]:
    """All findings on the local date `on` about `agencies` (ids; None: all), the worst first.

    The number of queries does not depend on that of the rows.
    """
    held = stock.read(snapshot, on=on, scope=agencies)
    found = [
        finding for part in (doubles, reach, upkeep, translations) for finding in part.find(held)
    ]
    order = list(Kind)
    found = _told_once(found, held)
    return sorted(found, key=lambda one: (one.kind.severity, order.index(one.kind)))


def _told_once(found: list[Finding], held: Stock) -> list[Finding]:
    """A number or address that is odd and in doubt is one finding: deciding the doubt settles it.

    What somebody has decided before is none.
    """
    told: list[Finding] = []
    settled: set[int] = set()
    for finding in found:
        if finding.kind in (Kind.PHONE, Kind.EMAIL):
            field = (finding.model, finding.pk, finding.field)
            if field in held.decided:
                continue
            doubt = held.doubted.get(field)
            if doubt is not None:
                settled.add(doubt.pk)
                url = stock.change_url("doubt", doubt.pk)
                finding = replace(finding, url=url, note=doubt.note)
        told.append(finding)
    return [f for f in told if not (f.kind is Kind.DOUBT and f.pk in settled)]
