"""The bundled data, loaded once and rolled back; and a small county with its editor."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import translation

from contacts import coverage, quality
from contacts.coverage import Gap
from contacts.models import StaffRole
from contacts.quality import Finding
from contacts.roles import Role
from contacts.snapshot import Snapshot, latest
from tests import factories
from tests.contacts.county import County, county

OFFICES = settings.BASE_DIR / "data" / "offices"
REPORT_ON = dt.date(2026, 11, 22)


@dataclass(frozen=True)
class Bundled:
    """The snapshots, and what staff of the four offices are told on `REPORT_ON`, in English."""

    snapshots: Mapping[str, Snapshot]
    gaps: list[Gap]
    findings: list[Finding]


@pytest.fixture(scope="session")
def bundled_with_report(django_db_setup, django_db_blocker) -> Bundled:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_places", verbosity=0)
        _load(OFFICES / "landkreis-leipzig")
        county = latest()
        for folder in sorted(OFFICES.iterdir()):
            if folder.is_dir():
                _load(folder)
        everything = latest()
        with translation.override("en"):
            gaps = coverage.gaps(everything, on=REPORT_ON)
            findings = quality.report(everything, on=REPORT_ON)
        transaction.set_rollback(True)
    return Bundled({"county": county, "all": everything}, gaps, findings)


@pytest.fixture(scope="session")
def bundled(bundled_with_report) -> Mapping[str, Snapshot]:
    """`county`: only Landkreis Leipzig is loaded; `all`: the four offices, as in the demo."""
    return bundled_with_report.snapshots


def _load(folder: Path) -> None:
    call_command("load_office", folder, verbosity=0)


@pytest.fixture
def place(db) -> County:
    """A small county of its own for the test."""
    return county()


@pytest.fixture
def editor(place) -> Client:
    """An editor of its agency, who reads English."""
    user = factories.user(is_staff=True, name="Eda Editor")
    StaffRole.objects.create(user=user, agency=place.agency, role=Role.EDITOR)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client
