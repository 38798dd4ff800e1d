"""The bundled offices, loaded with one command: every fact of their own pages can be read."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from tests.reading import seen_in

pytestmark = pytest.mark.django_db
OFFICES = settings.BASE_DIR / "data" / "offices"
LEIPZIG, MITTELSACHSEN, WITTENBERG = (
    f"stellen/{slug}/" for slug in ("landkreis-leipzig", "mittelsachsen", "wittenberg")
)
NEWS = "aktuelles/integrationskoordination-beginnt/"

# What the pages of the offices say, by the page of the portal that says it: as it reads in German,
# and in English. Names and numbers are the same in both.
SAME = {
    LEIPZIG: (
        "Integreat",
        "Landratsamt Landkreis Leipzig",
        "Grundsatzangelegenheiten Soziales",
        "2018, PDF, 1,7 MB|2018, PDF, 1.7 MB",
        "2019, PDF, 608 kB",
        "PDF, 923 kB",
        "Südstraße 80, 04668 Grimma",
        "Hauptstraße 101, 04416 Markkleeberg",
        "Martina Richter",
        "Manuela Eichardt",
        "Christin Götschenberg",
        "Jana Loth",
    ),
    "ansprechpersonen/koi-landkreis-leipzig/": (
        "414",
        "Südstraße 80",
        "Gebäude 62",
        "03433 241-3431",
        "03433 241-7149",
        "integrationshilfe@lk-l.de",
    ),
    "ansprechpersonen/kik-1-landkreis-leipzig/": ("2.60", "03433 241 2731", "03433 241 7149"),
    "ansprechpersonen/kik-2-landkreis-leipzig/": ("2.02", "03433 241 3304"),
    "ansprechpersonen/kik-3-landkreis-leipzig/": ("2.60", "03433 241 4742"),
    MITTELSACHSEN: (
        "Freiberg, Flöha, Döbeln",
        "Rossau",
        "BEGREIFEN Förderverein e. V.",
        "Integrative Maßnahmen",
        "Kommunale Koordinierung der Bildungsangebote für Neuzugewanderte",
        "BMBF",
        "Dr.-W.-Külz-Straße 16, 09618 Brand-Erbisdorf",
        "03731 799-3685",
        "03731 799-3691",
        "integration@landkreis-mittelsachsen.de",
    ),
    "themen/interpreting/": ("BEGREIFEN Förderverein e. V.", "03731 799-3685"),
    WITTENBERG: ("03491 479-6014", "2009", "Willkommenskultur", "Sachsen-Anhalt"),
    "ansprechpersonen/koordinierungsstelle-wittenberg/": ("03491 479-6014", "03491 479-6015"),
    "netzwerk/": ("2009", "IHK|chamber of commerce", "Jobcenter|jobcentre"),
    "standorte/wittenberg-fabrikstrasse/": (
        "Fabrikstraße 1",
        "Breitscheidstraße 3",
        "06886 Lutherstadt Wittenberg",
    ),
}
SAID = {
    "de": {
        LEIPZIG: (
            "Teil 1: Situationsanalyse",
            "Teil 2: Ziele und Handlungsfelder",
            "1. Zwischenbericht",
            "Anfragen und Angebote zusammenbringen",
            "Hauptamtliche Stellen miteinander vernetzen",
            "Freiwillige, Initiativen und Vereine vernetzen",
            "Willkommens und der Anerkennung",
            "Probleme im System benennen und bei Lösungen helfen",
            "Veranstaltungen organisieren und begleiten",
            "für Vielfalt öffnen",
            "Integrationskonzept des Landkreises schreiben und fortführen",
            "bei der Integration vor Ort unterstützen",
            "Passende Maßnahmen vermitteln und neue entwickeln",
            "Zu Maßnahmen beraten und Wissen weitergeben",
            "vor allem zu Mikroprojekten",
            "Geflüchtete nach der Ankunft im Landkreis lotsen",
            "Steuermitteln",
            "vom Landtag beschlossene Haushalt",
        ),
        "foerderung/mikroprojekte-landkreis-leipzig/": (
            "Initiative",
            "Privatpersonen",
            "Städte, Gemeinden, freie Träger, Wohlfahrtsverbände",
            "anerkannte Religionsgemeinschaften",
            "wenn eine freiwillige Initiative das Projekt mitträgt",
        ),
        MITTELSACHSEN: (
            "Acht Stellen waren geplant",
            "6 Stellen",
            "2 Stellen",
            "geplant",
            "vermitteln",
            "Festhalten, was vor Ort gebraucht und angeboten wird",
            "Vereine und freiwillige Helferinnen und Helfer einbeziehen",
            "Gespräche mit Ämtern und im Alltag",
            "Bildungskoordination für Neuzugewanderte",
            "Daten zu Angeboten sammeln",
        ),
        NEWS: (
            "1. Februar 2017",
            "eingewiesen und geschult",
            "Bürgermeisterinnen und Bürgermeistern",
            "1. Januar",
            "zwei Bildungskoordinatorinnen",
            "Gremien",
        ),
        WITTENBERG: (
            "Stabsstelle des Landrates",
            "Zentrale Anlaufstelle",
            "Integrationsnetzwerk aufbauen und pflegen",
            "Initiativen und Vereine beraten, etwa zu Fördergeld",
            "Integrationslotsen",
            "Interkulturelle Woche",
        ),
        "netzwerk/": (
            "Fachdienste der Kreisverwaltung",
            "Städte und Gemeinden",
            "Sportvereine, interkulturelle, nachbarschaftliche und soziale Vereine",
            "Bildungsträger und Wohlfahrtsverbände",
            "Wohnungsgesellschaften",
            "Migrantenorganisationen",
            "freiwillige Initiativen",
            "Politik",
            "freiwillig zusammen",
            "für Vielfalt öffnen",
            "Steuerungsgruppe",
            "AG „Sprache – Ausbildung – Arbeit“",
            "AG „Sport – Kultur – Teilhabe“",
            "AG Berufsschule",
            "Jugend und Schule",
        ),
    },
    "en": {
        LEIPZIG: ("part 1", "part 2", "interim report", "microprojects", "What we do"),
        MITTELSACHSEN: (
            "Eight posts were planned",
            "6 posts",
            "planned",
            "go-between",
            "Record what is needed and offered locally",
            "Involve associations and volunteers",
            "talks with authorities and everyday situations",
            "Education coordination for newcomers",
        ),
        NEWS: ("1 February 2017", "briefed and trained", "mayors", "two education coordinators"),
        WITTENBERG: (
            "Central contact of the county",
            "Build and keep the regional integration network",
            "for example on funding",
            "integration guides",
            "Intercultural Week",
        ),
        "netzwerk/": (
            "of their own free will",
            "Steering group",
            "“Language – training – work”",
            "“Sport – culture – taking part”",
            "vocational school",
            "youth and school",
        ),
    },
}


@pytest.fixture(scope="module", autouse=True)
def offices(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Loaded once for this module, and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_places", verbosity=0)
        call_command("load_offices", OFFICES, verbosity=0)
        yield
        transaction.set_rollback(True)


def misses(language: str) -> list[str]:
    """The facts that cannot be read; "|" stands between two ways to write the same."""
    facts = {
        page: (*SAME.get(page, ()), *SAID[language].get(page, ()))
        for page in dict.fromkeys((*SAME, *SAID[language]))
    }
    found = []
    for page, said in facts.items():
        seen = seen_in(Client().get(f"/{language}/{page}"))
        found += [
            f"{page}: {fact}" for fact in said if not any(way in seen for way in fact.split("|"))
        ]
    return found


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_fact_of_the_offices_own_pages_is_there(language):
    assert misses(language) == []


def test_a_folder_without_offices_is_refused(tmp_path):
    with pytest.raises(CommandError, match="No folder with an"):
        call_command("load_offices", tmp_path)


def test_an_office_with_a_broken_file_is_not_loaded_by_halves(tmp_path):
    office = tmp_path / "wittenberg"
    office.mkdir()
    for file in (OFFICES / "wittenberg").iterdir():
        (office / file.name).write_bytes(file.read_bytes().replace(b"03491 479-6014", b"none"))

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("load_offices", tmp_path, verbosity=0)

    assert "03491 479-6014" in seen_in(Client().get(f"/de/{WITTENBERG}"))
