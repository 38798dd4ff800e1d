"""`manage.py load_funding FOLDER`: load or refresh the programmes and calls of one office."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, no_translations

from contacts.loading import BadFileError
from contacts.management.reporting import print_report
from portal import clock
from projects.load_funding import load_funding


class Command(BaseCommand):
    help = (
        "Load programmes, their rules and calls from funding.toml in a folder of an office, which "
        "has to be loaded before. Rows that somebody has edited since are left alone and listed; "
        "a version of the rules that exists is never changed; nothing is deleted."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path)

    @no_translations
    def handle(self, *, folder: Path, verbosity: int, **options) -> None:
        try:
            report = load_funding(folder, now=clock.now())
        except BadFileError as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        print_report(self.stdout, f"{folder.name}, funding", report, verbosity=verbosity)
