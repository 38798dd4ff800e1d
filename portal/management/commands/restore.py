"""`manage.py restore FILE`: fill an empty installation from a backup."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal import backup


class Command(BaseCommand):
    help = (
        "Fill the database and the file storage from a backup. Both have to be empty, but for what "
        "`migrate` has made, and nothing may serve the site meanwhile."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options) -> None:
        try:
            manifest = backup.restore(file)
        except backup.BackupError as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(
            f"Restored what was backed up at {manifest['made_at']}: {rows} rows, "
            f"{len(manifest['files'])} files. Nobody is logged in any more."
        )
