"""`manage.py backup FILE`: everything in one file."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import backup, clock

TRIES = 3
STANDARD = "-"


class Command(BaseCommand):
    help = (
        "Write all tables and files into one archive with checksums, and print the checksum of the "
        "whole. People may go on working meanwhile. The secret key is not in it: keep that "
        "elsewhere. Ends with 2 where a file is gone that a row names; the rest is in the archive."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="must not exist yet; - is standard output")
        parser.add_argument(
            "--recipient",
            action="append",
            metavar="age1…",
            help="encrypt for this public key, and for others named so (else: BACKUP_RECIPIENT)",
        )
        parser.add_argument(
            "--new-key", type=Path, metavar="KEYFILE", help="make a pair of keys, and no backup"
        )

    def handle(
        self, *, file: str | None, recipient: list[str] | None, new_key: Path | None, **options
    ) -> None:
        if (file is None) == (new_key is None):
            raise CommandError("Name the file of the backup, or --new-key and the file of the key.")
        try:
            if new_key is not None:
                self.make_key(new_key)
                return
            to = recipient or [settings.BACKUP_RECIPIENT]
            written = to_standard_output(to) if file == STANDARD else to_file(Path(file), to)
        except (backup.BackupError, OSError) as error:
            raise CommandError(f"There is no backup. {error}") from error
        self.report(written, file)

    def make_key(self, path: Path) -> None:
        public = backup.new_key(path)
        self.stdout.write(
            f"{path}: the private key. Take it to where no backup is, twice: without it nobody "
            f"reads them.\nBACKUP_RECIPIENT={public}"
        )

    def report(self, written: backup.Written, name: str) -> None:
        said = self.stderr if name == STANDARD else self.stdout
        rows = sum(table["rows"] for table in written.manifest["tables"].values())
        said.write(f"{rows} rows, {len(written.manifest['files'])} files", lambda text: text)
        said.write(f"{written.sha256}  {name}", lambda text: text)
        if written.gone:
            self.stderr.write(
                f"{len(written.gone)} files are named in the database and gone: "
                + ", ".join(written.gone[:5])
            )
            sys.exit(2)


def to_standard_output(to: list[str]) -> backup.Written:
    if sys.stdout.isatty():
        raise CommandError("Standard output is a terminal: name a file, or send it to one with >.")
    written = backup.write(sys.stdout.buffer, now=clock.now(), to=to)
    sys.stdout.flush()
    return written


def to_file(file: Path, to: list[str]) -> backup.Written:
    """Under another name until it is whole and on the disk.

    A file may have gone since the rows were read; then the row is gone, too, and a second look
    finds neither. One that is missed again is lost.
    """
    if file.exists():
        raise CommandError(f"{file} exists already.")
    part, gone = file.with_name(f"{file.name}.part"), []
    try:
        with open(part, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as target:
            for _try in range(TRIES):
                target.seek(0)
                target.truncate()
                written = backup.write(target, now=clock.now(), to=to)
                if written.gone == gone:
                    break
                gone = written.gone
            target.flush()
            os.fsync(target.fileno())
        part.rename(file)
    except FileExistsError as error:
        raise CommandError(f"{part} is of a backup at work, or of one that was killed.") from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return written
