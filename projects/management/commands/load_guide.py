"""`manage.py load_guide FOLDER`: load or refresh documents, projects and offers of one office."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, no_translations

from contacts.loading import BadFileError
from contacts.management.reporting import print_report
from projects.load_guide import load_guide


class Command(BaseCommand):
    help = (
        "Load documents, projects and offers from guide.toml in a folder of an office, which has "
        "to be loaded before. Rows that somebody has edited since are left alone and listed; "
        "nothing is deleted."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path)

    @no_translations
    def handle(self, *, folder: Path, verbosity: int, **options) -> None:
        try:
            report = load_guide(folder)
        except BadFileError as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        print_report(self.stdout, f"{folder.name}, guide", report, verbosity=verbosity)
