"""What staff are told about the bundled data: everything that is there, and nothing else.

Each line below was held against the offices' own pages. A new line here is a new fact in the data,
or a false alarm.
"""

import csv
from collections import Counter

import pytest
from django.conf import settings
from django.utils import translation

from contacts.quality import Kind
from contacts.quality.gap_words import sentence, where

pytestmark = pytest.mark.django_db

DATA = settings.BASE_DIR / "data"
KIK = "KIK – Municipal integration coordinator"
KIK_MITTELSACHSEN = "KIK – Municipal integration coordination"
NO_WAY = "There is no telephone number, e-mail address or office."
NO_HOURS = "There are no opening hours, and it does not say “by appointment”."
NOT_CONFIRMED = "Nobody has confirmed this contact yet."

EXPECTED = {
    # The notice of 2017 names neither the people nor their numbers; two posts were only planned.
    Kind.UNREACHABLE: [
        (f"{KIK_MITTELSACHSEN} (kik-1-mittelsachsen)", NO_WAY),
        (f"{KIK_MITTELSACHSEN} (kik-2-mittelsachsen)", NO_WAY),
        (f"{KIK_MITTELSACHSEN} (kik-3-mittelsachsen)", NO_WAY),
        (f"{KIK_MITTELSACHSEN} (kik-4-mittelsachsen)", NO_WAY),
        (f"{KIK_MITTELSACHSEN} (kik-5-mittelsachsen)", NO_WAY),
        (f"{KIK_MITTELSACHSEN} (kik-6-mittelsachsen)", NO_WAY),
        ("Education coordination for newcomers (bildung-1-mittelsachsen)", NO_WAY),
        ("Education coordination for newcomers (bildung-2-mittelsachsen)", NO_WAY),
        (
            "Service point for language and integration mediation (dolmetschen-mittelsachsen)",
            NO_WAY,
        ),
    ],
    Kind.PLANNED: [
        (
            f"{KIK_MITTELSACHSEN} (kik-7-mittelsachsen)",
            "This post is planned: nobody holds it yet.",
        ),
        (
            f"{KIK_MITTELSACHSEN} (kik-8-mittelsachsen)",
            "This post is planned: nobody holds it yet.",
        ),
    ],
    # Two letters are swapped in the mailbox as it was printed.
    Kind.EMAIL: [
        (
            f"{KIK} (Jana Loth)",
            "“integartionshilfe@lk-l.de” is written here; “integrationshilfe@lk-l.de” is used "
            "more often.",
        ),
    ],
    # The project has ended; when its last coordinator left is not recorded.
    Kind.FORMER: [
        ("Paula Hofmann", "No last day is recorded, although the agency has ended on 31 Jul 2013."),
    ],
    # The fifth office is open by appointment.
    Kind.HOURS: [
        ("Brand-Erbisdorf, Dr.-W.-Külz-Straße 16", NO_HOURS),
        ("Grimma, Südstraße 80", NO_HOURS),
        ("Lutherstadt Wittenberg, Fabrikstraße 1", NO_HOURS),
        ("Markkleeberg, Hauptstraße 101", NO_HOURS),
    ],
    Kind.UNCONFIRMED: [
        ("KOI – Coordinator for integration and asylum (Martina Richter)", NOT_CONFIRMED),
        (f"{KIK} (Manuela Eichardt)", NOT_CONFIRMED),
        (f"{KIK} (Christin Götschenberg)", NOT_CONFIRMED),
        (f"{KIK} (Jana Loth)", NOT_CONFIRMED),
        ("Migration coordination office (Lutherstadt Wittenberg)", NOT_CONFIRMED),
    ],
    # Two counties publish their address; the finished project has no imprint of its own any more.
    Kind.LEGAL: [
        (
            "Integration coordination office",
            "The law asks for these: represented by, street and number, postal code, town, "
            "telephone, e-mail, supervisory authority, data protection officer, e-mail for data "
            "protection, e-mail for barriers, statement of.",
        ),
        (
            "Staff unit for foreign nationals and asylum",
            "The law asks for these: represented by, telephone, e-mail, supervisory authority, "
            "data protection officer, e-mail for data protection, e-mail for barriers, statement "
            "of.",
        ),
        (
            "Migration coordination office",
            "The law asks for these: represented by, telephone, e-mail, supervisory authority, "
            "data protection officer, e-mail for data protection, e-mail for barriers, statement "
            "of.",
        ),
    ],
}


def lines(bundled_with_report, kind: Kind) -> list[tuple[str, str]]:
    return [(f.about, f.message) for f in bundled_with_report.findings if f.kind is kind]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.DOUBT])
def test_the_report_finds_what_is_there_and_nothing_else(bundled_with_report, kind):
    assert lines(bundled_with_report, kind) == EXPECTED.get(kind, [])


def test_one_county_has_no_contacts_by_town_and_one_project_has_ended(bundled_with_report):
    with translation.override("en"):
        found = [(where(g), sentence(g), g.explained) for g in bundled_with_report.gaps]

    assert found == [
        (
            "Landkreis Mittelsachsen",
            "Nobody is responsible today and in the next twelve months.",
            False,
        ),
        (
            "Leipzig",
            "Integration coordination in Leipziger Osten has ended on 31 Jul 2013, and no other "
            "is recorded.",
            True,
        ),
    ]


# Doubts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "message"),
    [
        (  # printed twice
            "Grimma: KOI – Coordinator for integration and asylum",
            "Place: it is not certain that “Grimma” is right.",
        ),
        (
            "Integration coordination in Leipziger Osten",
            "Last day: we use “2013-07-31”, another source has “2012”.",
        ),
        (
            f"{KIK_MITTELSACHSEN} (kik-7-mittelsachsen)",
            "Staffing: it is not certain that “planned” is right.",
        ),
        ("Machern", "Postal codes: we use “04827 04828”, another source has “04827”."),
        ("Püchau (Machern)", "Postal code: we use “04828”, another source has “04827”."),
        ("Neukieritzsch", "Postal codes: we use “04575”, another source has “04575 04564”."),
        (
            "Augustusburg",
            "Postal codes: we use “09573”, another source has “09573 auch in Gornau/Erzgeb.”.",
        ),
        (
            "Beucha (Brandis): KIK – Municipal integration coordinator",
            "Place: we use “Beucha (Brandis)”, another source has “Beucha (Bad Lausick)”.",
        ),
    ],
)
def test_what_sources_disagree_on_is_told_in_words(bundled_with_report, about, message):
    assert (about, message) in lines(bundled_with_report, Kind.DOUBT)


def test_every_recorded_doubt_is_told_once_with_its_note(bundled_with_report):
    recorded = Counter()
    for path in [*sorted(DATA.glob("offices/*/doubts.csv")), DATA / "places" / "doubts.csv"]:
        with path.open(encoding="utf-8", newline="") as file:
            recorded.update(row.get("note_de") or row["note"] for row in csv.DictReader(file))

    noted = Counter(finding.note for finding in bundled_with_report.findings if finding.note)

    assert noted == recorded  # the swapped letters are told as what they are, with the same note
    assert all(f.note for f in bundled_with_report.findings if f.kind is Kind.DOUBT)
