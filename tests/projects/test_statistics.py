"""Numbers of applications: what is counted, for whom, as page, sheet and report."""

import datetime as dt
import io

import pypdf
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts.roles import Role
from contacts.snapshot import latest
from projects import council_report, statistics, workflow
from projects.models import Application
from projects.statistics import By
from tests import factories
from tests.projects import cases
from tests.projects import factories as funding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
NOW = cases.NOW
JUNE = dt.datetime(2026, 6, 3, 8, tzinfo=dt.UTC)


@pytest.fixture
def decided(place):
    """One granted in part, one refused, one withdrawn, one open; and a draft, not counted."""
    call = cases.open_call(place.agency)
    cases.money_for(call)
    caseworker = funding.staff(place.agency, Role.CASEWORKER)
    decider = funding.staff(place.agency, Role.DECIDER)
    people = [factories.user(f"person-{number}@example.org") for number in range(5)]
    what = cases.wanted(40_000, lines=(20_500, 24_500))
    cases.granted(call, people[0], caseworker, decider, what)
    refused = cases.proposed(call, people[1], caseworker, cases.REFUSAL)
    cases.decided(refused, decider)
    workflow.withdraw(cases.submitted(call, people[2]), by=people[2], now=NOW)
    cases.submitted(call, people[3], now=JUNE)
    cases.draft(call, people[4])
    return place


def lines(by: By) -> list[statistics.Numbers]:
    return statistics.numbers(Application.objects.all(), by, gazetteer=latest().gazetteer)


def test_each_application_is_counted_once_whatever_it_is_counted_by(decided):
    for by in By:
        whole = statistics.total(lines(by))
        assert (whole.received, whole.open, whole.granted, whole.refused, whole.withdrawn) == (
            (4, 1, 1, 1, 1)
        ), by
        assert (whole.requested_cents, whole.granted_cents, whole.paid_cents) == (
            180_000,
            40_000,
            0,
        )
    assert [(line.name, line.received) for line in lines(By.MONTH)] == [
        ("May 2026", 3),
        ("Jun 2026", 1),
    ]
    assert [line.name for line in lines(By.TOWN)] == ["Grimma"]


def test_the_page_shows_what_the_user_sees_and_saves_it_as_it_is_filtered(decided):
    client = Client(headers={"accept-language": "en"})
    client.force_login(funding.staff(decided.agency, Role.AUDITOR))
    stranger = Client(headers={"accept-language": "en"})
    stranger.force_login(funding.staff(factories.agency("Fremde Stelle"), Role.AUDITOR))
    address = reverse("admin:projects_application_numbers")

    page = client.get(address, {"by": "month", "year": "2026"}).text
    assert "Jun 2026" in page
    assert "<svg" in page
    assert "No application has been sent in yet." in stranger.get(address).text
    assert client.get(address, {"by": "x", "year": "\0"}).status_code == 200
    sheet = client.get(reverse("admin:projects_application_numbers_export", args=["csv"])).content
    assert "Total;4;1;1;1;1;€1,800.00;€400.00;€0.00" in sheet.decode("utf-8-sig")


def test_the_report_for_the_council_names_the_sums_and_nobody(decided):
    with time_machine.travel(JUNE, tick=False):
        pdf = council_report.render(decided.agency, 2026, gazetteer=latest().gazetteer, now=JUNE)

    text = " ".join(
        " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split()
    )
    for said in ("1.800,00", "400,00", "Grimma", "10.000,00"):
        assert said in text, said
    assert "Haddad" not in text
