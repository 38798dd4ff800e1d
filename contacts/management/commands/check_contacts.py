"""`manage.py check_contacts [--json] [--agency SLUG] [--on DATE]`: coverage and quality.

Ends with 1 when something needs a hand (a gap without a reason, or a finding of severity "wrong" or
"check"), else with 0; for a timed job or a monitor. The keys of the JSON stand in
docs/operations.md.
"""

import datetime as dt
import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from contacts import coverage, quality
from contacts.coverage import Gap
from contacts.quality import Finding, Severity
from contacts.quality.gap_words import place_name, sentence, where
from contacts.snapshot import Snapshot, latest
from portal import clock


class Command(BaseCommand):
    help = (
        "Say which places nobody answers for in the next twelve months, and what is wrong with the "
        "contacts. Ends with 1 when something needs a hand."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument("--agency", default="", help="only this agency, by its key")
        parser.add_argument(
            "--on", type=dt.date.fromisoformat, help="the first day, YYYY-MM-DD; today if left out"
        )
        parser.add_argument("--language", default="de", help="language of the sentences")

    def handle(self, *, json: bool, agency: str, on, language: str, **options) -> None:
        snapshot, on = latest(), on or clock.today()
        scope = None
        if agency:
            found = snapshot.agency(agency)
            if found is None:
                known = ", ".join(sorted(a.slug for a in snapshot.agencies.values()))
                raise CommandError(f"There is no agency “{agency}” ({known or 'none is loaded'}).")
            scope = frozenset({found.id})
        with translation.override(language):
            gaps = coverage.gaps(snapshot, on=on, known=coverage.reasons(scope), agencies=scope)
            findings = quality.report(snapshot, on=on, agencies=scope)
            write = as_json if json else as_text
            self.stdout.write(write(gaps, findings, on=on, snapshot=snapshot))
        if needs_a_hand(gaps, findings):
            sys.exit(1)


def needs_a_hand(gaps: list[Gap], findings: list[Finding]) -> int:
    """How many gaps have no reason, and how many findings are more than good to know."""
    return sum(not gap.explained for gap in gaps) + sum(
        finding.kind.severity < Severity.KNOWN for finding in findings
    )


def as_json(gaps, findings, *, on: dt.date, snapshot: Snapshot) -> str:
    slugs = {agency.id: agency.slug for agency in snapshot.agencies.values()}
    content = {
        "on": on.isoformat(),
        "until": (on + (coverage.DAYS - 1) * coverage.ONE_DAY).isoformat(),
        "needs_a_hand": needs_a_hand(gaps, findings),
        "gaps": [
            {
                "places": [place_name(area) for area in gap.areas],
                "keys": [area.key for area in gap.areas],
                "without": [part.key for part in gap.without],
                "topic": gap.topic.slug if gap.topic else "",
                "first": gap.first.isoformat(),
                "last": None if gap.is_open_ended else gap.last.isoformat(),
                "agency": gap.agency.slug,
                "cause": gap.cause.value,
                "explained": gap.explained,
                "reason": gap.reason.text if gap.reason else "",
                "message": sentence(gap),
            }
            for gap in gaps
        ],
        "findings": [
            {
                "kind": finding.kind.value,
                "severity": finding.kind.severity.name.lower(),
                "agencies": sorted(slugs[agency] for agency in finding.agencies),
                "about": finding.about,
                "model": finding.model,
                "id": finding.pk,
                "field": finding.field,
                "message": finding.message,
                "note": finding.note,
                "url": finding.url,
            }
            for finding in findings
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def as_text(gaps, findings, *, on: dt.date, snapshot: Snapshot) -> str:
    lines = []
    for gap in gaps:
        reason = f" ({gap.reason.text})" if gap.reason else ""
        mark = "·" if gap.explained else "!"
        lines.append(f"{mark} {where(gap)}: {sentence(gap)}{reason}")
    for number, finding in enumerate(findings):
        if not number or findings[number - 1].kind is not finding.kind:
            lines += ["", f"{finding.kind.label}:"]
        lines.append(f"  {finding.about}: {finding.message}")
    return "\n".join(lines).strip()
