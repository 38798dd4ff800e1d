"""`manage.py migrate`, which never lets visitors wait behind it."""

import time
from argparse import ArgumentParser

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections

LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's own name for it
PAUSE = 2.0  # seconds in which those who waited behind us get their turn


class Command(migrate.Command):
    """Django's command; on PostgreSQL, it gives up a lock that it does not get at once.

    A change of a table waits for every query that uses it, and all who come later wait behind the
    change. So it waits for seconds only, lets the others go first, and tries again. What was
    migrated before stays; each migration is done as a whole or not at all.
    """

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-timeout", type=float, default=3, help="seconds to wait for a table (3)"
        )
        parser.add_argument("--tries", type=int, default=10, help="for the whole (10)")

    def handle(self, *args, lock_timeout: float, tries: int, **options) -> None:
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            super().handle(*args, **options)
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{lock_timeout}s"])
        try:
            self._try(*args, tries=tries, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")

    def _try(self, *args, tries: int, **options) -> None:
        for left in reversed(range(tries)):
            try:
                super().handle(*args, **options)
                return
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                    raise
                if not left:
                    raise CommandError(
                        "A table is in use for too long; it was left as it was. See which query "
                        "does not end (pg_stat_activity), then run this again."
                    ) from error
                self.stderr.write("A table is in use; the others go first.")
                time.sleep(PAUSE)
