"""`manage.py erase_due [--yes] [--on DATE]`: erase cases whose time is over.

Without `--yes` it only lists what would go, and why. Safe to run again.
"""

import datetime as dt

from django.core.management.base import BaseCommand

from portal import clock
from projects.keeping import erasing


class Command(BaseCommand):
    help = (
        "List the cases whose time is over; with --yes, erase them. Seals, ledger, register stay."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--yes", action="store_true", help="erase, do not only list")
        parser.add_argument(
            "--on", type=dt.date.fromisoformat, help="list as of this day, YYYY-MM-DD"
        )

    def handle(self, *, yes: bool, on: dt.date | None, **options) -> None:
        now = clock.now()
        for case, duty, goes in erasing.plan(on or clock.today(now)):
            waits = "" if goes else ", waits for the archive"
            self.stdout.write(f"{case.reference}: {duty.rule}, kept until {duty.until}{waits}")
        if not yes:
            self.stdout.write("Nothing was erased: this was a dry run. With --yes it is done.")
            return
        report = erasing.erase_due(now)
        for reference in report.erased:
            self.stdout.write(f"erased: {reference}")
        for reference in report.offered:
            self.stdout.write(f"offered to the archive: {reference}")
        self.stdout.write(str(report) or "Nothing was due.")
