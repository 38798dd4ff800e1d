"""`manage.py restore FILE`: fill an empty installation from a backup."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import backup, clock, smtp

STANDARD = "-"


class Command(BaseCommand):
    help = (
        "Fill the database and the file storage from a backup. Both have to be empty, but for what "
        "`migrate` has made, and nothing may serve the site meanwhile."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the backup; - is standard input")
        parser.add_argument("--sha256", default="", help="refuse any other checksum than this")
        parser.add_argument(
            "--identity", type=Path, metavar="KEYFILE", help="the private key of an encrypted one"
        )
        parser.add_argument(
            "--send-mail",
            action="store_true",
            help="this site takes the place of the lost one, and sends the mails that wait there",
        )

    def handle(
        self, *, file: str, sha256: str, identity: Path | None, send_mail: bool, **options
    ) -> None:
        if smtp.is_configured() and not settings.DEMO and not send_mail:
            raise CommandError(
                "Nothing was restored. This site sends mail: people would get twice what waits in "
                "the backup, and reminders of both sites. For a trial, start restore and the site "
                "with EMAIL_HOST empty. In earnest, add --send-mail."
            )
        try:
            with sys.stdin.buffer if file == STANDARD else Path(file).open("rb") as source:
                restored = backup.restore(source, now=clock.now(), sha256=sha256, identity=identity)
        except (backup.BackupError, OSError) as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        self.report(restored)

    def report(self, restored: backup.Restored) -> None:
        manifest = restored.manifest
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(
            f"Restored what was backed up at {manifest['made_at']}: {rows} rows, "
            f"{len(manifest['files'])} files. Nobody is logged in any more."
        )
        self.stdout.write(f"Mails that wait to be sent: {restored.waiting_mails}.")
        if manifest["gone"]:
            self.stdout.write(f"{len(manifest['gone'])} files were gone when the backup was made.")
