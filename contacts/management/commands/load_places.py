"""`manage.py load_places [FOLDER]`: load or refresh the bundled places."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations

from contacts.load_places import PlaceFiles
from contacts.loading import BadFileError, load
from contacts.management.reporting import print_report


class Command(BaseCommand):
    help = (
        "Load districts, municipalities, their parts, names, postal codes and boundaries. "
        "Rows that somebody has edited since are left alone and listed; nothing is deleted."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=settings.BASE_DIR / "data" / "places"
        )

    @no_translations
    def handle(self, *, folder: Path, verbosity: int, **options) -> None:
        def progress(line: str) -> None:
            if verbosity > 0:
                self.stdout.write(f"  {line}")

        try:
            report = load("places", PlaceFiles(folder).records(), progress=progress)
        except BadFileError as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        print_report(self.stdout, "places", report, verbosity=verbosity)
