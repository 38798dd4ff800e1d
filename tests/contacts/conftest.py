"""The bundled data as snapshots: loaded once, kept in memory, rolled back from the database."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from contacts.snapshot import Snapshot, latest

OFFICES = settings.BASE_DIR / "data" / "offices"


@pytest.fixture(scope="session")
def bundled(django_db_setup, django_db_blocker) -> Mapping[str, Snapshot]:
    """`county`: only Landkreis Leipzig is loaded; `all`: the four offices, as in the demo."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_places", verbosity=0)
        _load(OFFICES / "landkreis-leipzig")
        county = latest()
        for folder in sorted(OFFICES.iterdir()):
            if folder.is_dir():
                _load(folder)
        everything = latest()
        transaction.set_rollback(True)
    return {"county": county, "all": everything}


def _load(folder: Path) -> None:
    call_command("load_office", folder, verbosity=0)
