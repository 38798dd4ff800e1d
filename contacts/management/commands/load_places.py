"""`manage.py load_places [FOLDER]`: load or refresh the bundled places, or those of one's own."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, no_translations

from contacts.load_places import BUNDLED, DATASET, PlaceFiles
from contacts.loadable import BadFileError
from contacts.loading import load
from contacts.management.reporting import print_report


class Command(BaseCommand):
    help = (
        "Load districts, municipalities, their parts, names, postal codes and boundaries, from the "
        "bundled folder or from one of your own (docs/own-county.md). Rows that somebody has "
        "edited since are left alone and listed; nothing is deleted."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=BUNDLED)
        parser.add_argument(
            "--name",
            default="",
            help="what your folder was called when it was loaded first, if it has moved since",
        )

    @no_translations
    def handle(self, *, folder: Path, name: str, verbosity: int, **options) -> None:
        def progress(line: str) -> None:
            if verbosity > 0:
                self.stdout.write(f"  {line}")

        if not folder.is_dir():
            raise CommandError(f"Nothing was changed. There is no folder {folder}.")
        files = PlaceFiles(folder, name=name)
        try:
            report = load(files.dataset, files.records(), family=DATASET, progress=progress)
        except BadFileError as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        print_report(self.stdout, files.dataset, report, verbosity=verbosity)
