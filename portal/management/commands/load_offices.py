"""`manage.py load_offices FOLDER`: load or refresh all offices below a folder."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

# What the folder of an office may hold besides its contacts, and the command that loads it.
MORE = {"funding.toml": "load_funding", "guide.toml": "load_guide"}


class Command(BaseCommand):
    help = (
        "Load every office that has a folder below FOLDER, with its programmes, news, documents, "
        "projects and offers. Each office is loaded completely or not at all. Rows that somebody "
        "has edited since are left alone and listed; nothing is deleted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, verbosity: int, **options) -> None:
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
