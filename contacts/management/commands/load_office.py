"""`manage.py load_office FOLDER`: load or refresh one office, with its network."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction

from contacts.load_network import load_network
from contacts.load_office import OfficeFiles
from contacts.loading import BadFileError, Report, load
from contacts.management.reporting import print_report
from contacts.models import Agency, Publication, Responsibility
from contacts.records import as_record
from portal import clock


class Command(BaseCommand):
    help = (
        "Load an agency with its offices, posts, people and responsibilities from a folder, and "
        "the partners, groups and interpreters of its network where the folder names them. "
        "Rows that somebody has edited since are left alone and listed; nothing is deleted."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path)

    @no_translations
    def handle(self, *, folder: Path, verbosity: int, **options) -> None:
        def progress(line: str) -> None:
            if verbosity > 0:
                self.stdout.write(f"  {line}")

        files = OfficeFiles(folder)
        try:
            records = files.records()
            before = self._rules(files.agency)

            def publish(report: Report) -> None:
                self._publish(files.agency, before, folder.name)

            with transaction.atomic():
                report = load(files.dataset, records, progress=progress, after=publish)
                network = load_network(folder)
        except BadFileError as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        print_report(self.stdout, files.agency, report, verbosity=verbosity)
        if (folder / "network.toml").exists():
            print_report(self.stdout, f"{files.agency}, network", network, verbosity=verbosity)

    def _rules(self, agency: str) -> dict[int, dict]:
        rules = Responsibility.objects.filter(post__agency__slug=agency)
        return {rule.pk: as_record(rule) for rule in rules.order_by("pk")}

    def _publish(self, agency: str, before: dict[int, dict], folder: str) -> None:
        """A loaded change of responsibilities is a publication like any other."""
        after = self._rules(agency)
        changed = [key for key in before | after if before.get(key) != after.get(key)]
        if changed:
            Publication.objects.create(
                agency=Agency.objects.get(slug=agency),
                kind=Publication.Kind.IMPORT,
                published_at=clock.now(),
                reason=f"load_office {folder}",
                before=[before[key] for key in changed if key in before],
                after=[after[key] for key in changed if key in after],
            )
