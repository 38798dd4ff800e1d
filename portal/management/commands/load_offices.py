"""`manage.py load_offices FOLDER`: load or refresh all offices below a folder."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

# What the folder of an office may hold besides its contacts, and the command that loads it.
MORE = {"funding.toml": "load_funding", "guide.toml": "load_guide"}
EXAMPLES = settings.BASE_DIR / "data" / "offices"


class Command(BaseCommand):
    help = (
        "Load every office that has a folder below FOLDER, with its programmes, news, documents, "
        "projects and offers. Each office is loaded completely or not at all. Rows that somebody "
        "has edited since are left alone and listed; nothing is deleted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--examples", action="store_true", help="load the bundled examples in production, too"
        )

    def handle(self, *, folder: Path, examples: bool, verbosity: int, **options) -> None:
        if settings.PRODUCTION and folder.resolve() == EXAMPLES and not examples:
            raise CommandError(
                "These are the bundled examples: their offers and budgets are invented. "
                "docs/own-county.md leads to an office of your own; --examples loads them all the "
                "same."
            )
        offices = sorted(path.parent for path in folder.glob("*/agency.toml"))
        if not offices:
            raise CommandError(f"No folder with an agency.toml lies below {folder}.")
        for office in offices:
            with transaction.atomic():
                self._load(office, verbosity=verbosity)

    def _load(self, office: Path, *, verbosity: int) -> None:
        call_command("load_office", office, verbosity=verbosity, stdout=self.stdout)
        for name, command in MORE.items():
            if (office / name).exists():
                call_command(command, office, verbosity=verbosity, stdout=self.stdout)
