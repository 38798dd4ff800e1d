"""Bundled documents, projects and offers: as their pages say, and nobody's edit lost."""

import datetime as dt
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from contacts.models import Document
from projects.models import Offer, OfferTime, Project
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
OFFICES = settings.BASE_DIR / "data" / "offices"
OSTEN, COUNTY = OFFICES / "leipziger-osten", OFFICES / "landkreis-leipzig"
PROJECT = "projekte/koordinatorin-integration-leipziger-osten/"


@pytest.fixture(scope="module", autouse=True)
def offices(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The bundled places and two offices, loaded once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_places", verbosity=0)
        for folder in (OSTEN, COUNTY):
            call_command("load_office", folder, verbosity=0)
        yield
        transaction.set_rollback(True)


def load(folder: Path) -> str:
    output = io.StringIO()
    call_command("load_guide", folder, stdout=output)
    return output.getvalue()


def test_the_finished_project_is_shown_as_its_page_describes_it():
    load(OSTEN)

    seen = seen_in(Client().get(f"/en/{PROJECT}"))

    for fact in (
        "This project ended on 31 July 2013",
        "September 2009 – July 2013",
        "City of Leipzig: office for urban renewal",
        "European Regional Development Fund",
        "chances",
        "meets the conditions of the Saxon education agency",
        "working group on integration and the alliance for safety",
        "Judith Jonas-Kamil",
        "until 31 March 2013",
        "Paula Hofmann",
        "0341 35137913",
        "0341 6810080",
        "InfoCenter Eisenbahnstraße",
        "third edition",
        "January 2013",
        "359 kB",
        "July 2010",
        "523 kB",
        "668 kB",
        "Who is responsible for Leipziger Osten now?",
    ):
        assert fact in seen
    assert b'href="tel:' not in Client().get(f"/en/{PROJECT}").content  # nobody answers there


def test_projects_stand_in_their_list_on_the_page_of_the_agency_and_of_their_places():
    load(OSTEN)

    for path in ("projekte/", "stellen/leipziger-osten/", "orte/leipzig/leipziger-osten/"):
        assert f'href="/en/{PROJECT}"' in Client().get(f"/en/{path}").text
    assert PROJECT not in Client().get("/en/orte/grimma/").text
    assert Client().get("/en/projekte/gibt-es-nicht/").status_code == 404


def test_the_county_s_documents_stand_on_its_page_with_size_and_year():
    load(COUNTY)

    seen = seen_in(Client().get("/en/stellen/landkreis-leipzig/"))

    for fact in ("Concept, 2018, PDF, 1.7 MB", "Concept, 2019, PDF, 608 kB", "PDF, 923 kB"):
        assert fact in seen


def test_offers_are_loaded_with_their_times():
    load(COUNTY)

    offer = Offer.objects.get(slug="hausaufgabenhilfe-wurzen")
    assert (offer.state, offer.area.name, offer.languages) == (
        "published",
        "Wurzen",
        ["de", "ar", "fa"],
    )
    times = offer.times.values_list("weekday", "opens", "closes", "rhythm")
    assert list(times) == [
        (day, dt.time(14, 30), dt.time(16, 30), OfferTime.Rhythm.WEEKLY) for day in (1, 4)
    ]


def test_a_second_run_changes_nothing_and_an_edit_stays():
    load(COUNTY)
    Document.objects.filter(slug="integrationskonzept-teil-1").update(issued="2018-11")

    report = load(COUNTY)

    assert "0 created, 0 updated" in report
    assert "1 edited here and left alone" in report
    assert Document.objects.get(slug="integrationskonzept-teil-1").issued == "2018-11"


@pytest.mark.parametrize(
    ("written", "instead", "problem"),
    [
        ('area = "14729410"', 'area = "99999999"', "99999999"),
        ('kind = "homework"', 'kind = "homwork"', "homwork"),
        ('provider = "Frauentreff', 'supplier = "Frauentreff', "provider is missing"),
        ('agency = "landkreis-leipzig"', 'agency = "nobody"', "agency names none"),
        ("weekday = 6", "weekday = 9", "weekday"),
    ],
)
def test_a_bad_entry_is_named_and_changes_nothing(tmp_path, written, instead, problem):
    text = (COUNTY / "guide.toml").read_text(encoding="utf-8")
    assert written in text
    folder = shutil.copytree(COUNTY, tmp_path / "office")
    (folder / "guide.toml").write_text(text.replace(written, instead, 1), encoding="utf-8")

    with pytest.raises(CommandError, match=problem):
        load(folder)

    assert not Offer.objects.exists()
    assert not Project.objects.exists()
