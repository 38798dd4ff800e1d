"""`manage.py verify_events [--reference NUMBER]`: is every file as it was written?

Checks the chain of events of each case, stored versions, letters and proofs of use against their
digests and events, seals of erased cases, and ledgers. Ends with 1 where something is wrong.
"""

import sys

from django.core.management.base import BaseCommand, CommandError

from projects.keeping import seals
from projects.models import Application, CaseSeal


class Command(BaseCommand):
    help = "Check that events, documents, seals and ledgers are as they were written."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--reference", default="", help="only this case")

    def handle(self, *, reference: str, **options) -> None:
        if reference:
            case = Application.objects.filter(reference=reference).first()
            if case is None:
                raise CommandError(f"There is no case {reference}.")
            found = list(seals.problems_of(case))
        else:
            found = list(seals.problems())
        for line in found:
            self.stdout.write(line)
        if found:
            sys.exit(1)
        cases, erased = Application.objects.count(), CaseSeal.objects.count()
        self.stdout.write(f"Everything fits: {cases} cases, {erased} seals.")
