"""The public register: what it says of whom, its filters in the address, and the same as data."""

import datetime as dt
import json

import pytest
from django.test import Client

from projects.models import FundedProject
from projects.terms import MeasureKind
from tests.contacts.county import County
from tests.projects import factories as funding

pytestmark = pytest.mark.django_db
URL = "/en/foerderung/projekte/"


@pytest.fixture
def register(place) -> County:
    programme = funding.programme(place.agency)
    common = {"agency": place.agency, "programme": programme, "granted_on": dt.date(2026, 3, 1)}
    rows = [
        ("Sprachcafé", place.nerchau, 2026, MeasureKind.MEETING, "", 45_000),
        ("Fest am Markt", place.grimma, 2025, MeasureKind.FESTIVAL, "Bunt e. V.", 500_000),
        ("=HYPERLINK()", place.borna, 2026, MeasureKind.MEETING, "Stadt Borna", 12_345),
    ]
    for title, area, year, kind, recipient, cents in rows:
        FundedProject.objects.create(
            title=title,
            area=area,
            year=year,
            measure_kind=kind,
            recipient=recipient,
            amount_cents=cents,
            **common,
        )
    return place


def text(query: str = "") -> str:
    return " ".join(Client().get(URL + query).text.split())


def test_projects_are_listed_with_totals_and_private_persons_are_not_named(register):
    page = text()

    assert "3 projects, €5,573.45" in page
    assert "Private person" in page
    assert "Bunt e. V." in page
    assert "Grimma</a></th><td>2</td><td>€5,450.00" in page  # the part counts for its town
    assert '<th scope="row">2025</th><td>1</td><td>€5,000.00' in page
    assert 'Grimma: €5,450.00</title><path class="map-town funded-4"' in page


def test_every_filter_is_in_the_address_and_an_empty_answer_says_what_to_do(register):
    assert "2 projects" in text("?jahr=2026")
    assert "2 projects" in text("?ort=grimma")
    assert "1 project," in text("?ort=grimma&art=meeting")
    assert "Leave out one of the choices" in text("?ort=borna&jahr=2025")
    assert "3 projects" in text("?jahr=1812&ort=%00&seite=9999")  # odd values filter nothing


def test_an_empty_register_says_so():
    assert "No project stands here yet" in text()


def test_the_same_as_csv_without_formulas_and_as_json(register):
    sheet = b"".join(Client().get("/en/foerderung/projekte.csv?jahr=2026").streaming_content)
    lines = sheet.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert any(";'=HYPERLINK();" in line and "123,45" in line for line in lines)

    answer = Client().get("/en/foerderung/projekte.json?ort=grimma")
    rows = json.loads(b"".join(answer.streaming_content))
    assert [(row["town"], row["amount_cents"]) for row in rows] == [
        ("Grimma", 45_000),
        ("Grimma", 500_000),
    ]
    assert [row["recipient_is_private"] for row in rows] == [True, False]


def test_the_number_of_queries_does_not_grow(register, django_assert_max_num_queries):
    programme = FundedProject.objects.first().programme
    FundedProject.objects.bulk_create(
        FundedProject(
            agency=register.agency,
            programme=programme,
            title=f"Projekt {number}",
            area=register.grimma,
            year=2026,
            measure_kind=MeasureKind.MEETING,
            amount_cents=100,
            granted_on=dt.date(2026, 3, 1),
        )
        for number in range(300)
    )
    Client().get(URL)

    with django_assert_max_num_queries(8):
        assert "303 projects" in text()
