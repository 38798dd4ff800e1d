"""`manage.py drop_demo`: everything of the demo goes, the places stay."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, models, transaction

from contacts.models import Area, LoadRecord, PlaceName, PostalCode, Source
from portal import data_version
from portal.backup import MADE_BY_MIGRATIONS, tables
from portal.models import User
from portal.models.data_version import SCOPES

PLACES = "places"  # the data set of `load_places`
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
        if not yes and input("All but the places is deleted. Go on? [yes/no] ") != "yes":
            raise CommandError("Nothing was deleted.")
        with transaction.atomic():
            for model in tables():
                if model not in KEPT and model._meta.label_lower not in MADE_BY_MIGRATIONS:
                    _dropped(model)._raw_delete(DEFAULT_DB_ALIAS)
            for scope in SCOPES:
                data_version.raise_version(scope)
        self.stdout.write("The demo is gone. Next: manage.py setup")


def _dropped(model: type[models.Model]) -> models.QuerySet:
    rows = model._base_manager.all()
    if model is Source:
        return rows.filter(~models.Q(dataset=PLACES))
    if model is LoadRecord:
        return rows.filter(~models.Q(dataset=PLACES))
    return rows
