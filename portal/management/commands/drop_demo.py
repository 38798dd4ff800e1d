"""`manage.py drop_demo`: everything of the demo goes, with its files; the places stay."""

from argparse import ArgumentParser

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, models, transaction

from contacts.models import Area, Doubt, LoadRecord, PlaceName, PostalCode, Source
from portal import data_version, history
from portal.backup.tables import MADE_BY_MIGRATIONS, label_of
from portal.models import User
from portal.models.data_version import SCOPES

# The data sets of `load_places`: the bundled one and those of one's own.
PLACES = models.Q(dataset="places") | models.Q(dataset__startswith="places:")
LINKS_OF_VERSIONS = history.links_of(Area, Area._meta.get_field("postal_codes"))
KEPT = {Area, PlaceName, PostalCode, Area.postal_codes.through, Area.neighbours.through}


class Command(BaseCommand):
    help = (
        "Delete all that the demo has made and what was tried out with it: offices, people, cases, "
        "accounts. Places stay. Refused where somebody works here with an account of their own."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do it, without being asked")

    def handle(self, *, yes: bool, **options) -> None:
        if not User.objects.filter(is_demo=True).exists():
            raise CommandError("There is no demo here: no account of one.")
        if User.objects.filter(is_demo=False, is_staff=True).exists():
            raise CommandError(
                "Staff have accounts of their own here, so this is no demo any more. Delete in the "
                "administration what you do not need."
            )
        if not yes and _typed("All but the places is deleted. Go on? [yes/no] ") != "yes":
            raise CommandError("Nothing was deleted.")
        files = set()
        with transaction.atomic():
            for model in _emptied():
                rows = _dropped(model)
                files |= _files_of(rows)
                rows._raw_delete(DEFAULT_DB_ALIAS)
            for scope in SCOPES:
                data_version.raise_version(scope)
        for name in files:
            default_storage.delete(name)
        self.stdout.write(f"The demo is gone, with {len(files)} files. Next: manage.py setup")


def _typed(question: str) -> str:
    try:
        return input(question)
    except EOFError:  # nobody is there
        return ""


def _emptied() -> list[type[models.Model]]:
    """Every table that loses rows: sessions, too; links of a version before the version."""
    every = apps.get_models(include_auto_created=True, include_swapped=False)
    own = [model for model in every if model._meta.managed and not model._meta.proxy]
    gone = [m for m in own if m not in KEPT and label_of(m) not in MADE_BY_MIGRATIONS]
    return sorted(gone, key=label_of, reverse=True)


def _dropped(model: type[models.Model]) -> models.QuerySet:
    rows = model._base_manager.all()
    if model in (Source, LoadRecord):
        return rows.exclude(PLACES)
    if model is Doubt:  # those about places came with them; what the demo has closed comes again
        return rows.exclude(_about_places(), closed_by__isnull=True)
    # What was loaded is the first version of each place; whoever changed one is gone.
    if model in (Area.history.model, PlaceName.history.model):
        return rows.filter(history_user__isnull=False)
    if model is LINKS_OF_VERSIONS:
        return rows.filter(history__history_user__isnull=False)
    return rows


def _about_places() -> models.Q:
    nothing_else = {f"{name}__isnull": True for name in ("agency", "post", "office")}
    return models.Q(area__isnull=False, responsibility__isnull=True, **nothing_else)


def _files_of(rows: models.QuerySet) -> set[str]:
    """The names in the storage that `rows` are the only ones to know."""
    found: set[str] = set()
    for field in rows.model._meta.local_concrete_fields:
        if isinstance(field, models.FileField):
            found.update(name for name in rows.values_list(field.attname, flat=True) if name)
    return found
