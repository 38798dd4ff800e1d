"""`manage.py backup FILE`: everything in one file."""

import os
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal import backup, clock


class Command(BaseCommand):
    help = (
        "Write all tables and files into one archive with checksums. People may go on working "
        "meanwhile. The secret key is not in it: keep that elsewhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="must not exist yet")

    def handle(self, *, file: Path, **options) -> None:
        if file.exists():
            raise CommandError(f"{file} exists already.")
        part = file.with_name(f"{file.name}.part")
        try:
            with open(part, "xb", opener=lambda p, flags: os.open(p, flags, 0o600)) as target:
                manifest = backup.write(target, now=clock.now())
                target.flush()
                os.fsync(target.fileno())
            part.rename(file)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        finally:
            part.unlink(missing_ok=True)
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(f"{file}: {rows} rows, {len(manifest['files'])} files")
