"""The network in public: who is in it, what its groups do, how to join; members are not named."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import translation

from contacts.models import GroupMember, Organisation
from contacts.network import published
from portal import data_version
from tests import factories
from tests.contacts.county import BEFORE_NOON, County, county
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
DAY = dt.date(2009, 5, 1)
# Of a member: name, address, and the partner that has not agreed to be listed.
MEMBERS = ("Samira Okafor", "samira.okafor@member.example", "Verein ohne Einwilligung")


@pytest.fixture(autouse=True)
def now(time_machine) -> None:
    time_machine.move_to(BEFORE_NOON, tick=False)


@pytest.fixture
def place() -> County:
    """Two groups at work and one that has ended, two partners, and one that is not to be seen."""
    place = county()
    sport = factories.group(
        place.agency, "AG Sport", slug="ag-sport", tasks="Vereine öffnen\n\nFeste feiern"
    )
    factories.group(
        place.agency, "Leitung", slug="steuerung", kind="steering", rank=9, started_on=DAY
    )
    factories.group(place.agency, "AG Alt", slug="ag-alt", ended_on=dt.date(2026, 11, 22))
    factories.organisation(
        place.agency,
        "Ölmühle e. V.",
        slug="oelmuehle",
        kind="intercultural",
        area=place.grimma,
        summary="Feste für alle",
        phone="03437 1",
        email="muehle@partner.example",
        website="https://partner.example/",
    )
    factories.organisation(place.agency, "SV Borna", slug="sv-borna", area=place.borna)
    hidden = factories.organisation(place.agency, MEMBERS[2], slug="geheim", is_listed=False)
    factories.member(sport, MEMBERS[1], name=MEMBERS[0], organisation=hidden, convenes=True)
    return place


def get(path: str) -> str:
    answer = Client().get(f"/en/{path}")
    assert answer.status_code == 200
    return answer.text


def seen(path: str) -> str:
    return seen_in(Client().get(f"/en/{path}"))


def test_the_network_shows_groups_with_the_steering_group_first_and_partners_by_name(place):
    text = seen("netzwerk/")

    steering, sport = text.index("Leitung Steering group"), text.index("AG Sport Standing")
    assert steering < sport < text.index("Ölmühle e. V. Intercultural association Grimma")
    assert "Feste für alle 03437 1 muehle@partner.example https://partner.example/" in text
    assert text.index("2 partners") < text.index("Ölmühle") < text.index("SV Borna Sports club")
    assert "AG Alt" not in text
    assert 'href="/en/anfrage/netzwerk/?stelle=landkreis-leipzig"' in get("netzwerk/")


def test_partners_are_filtered_by_kind_town_and_agency_and_the_address_can_be_shared(place):
    other = factories.agency("Andere Stelle", slug="andere")
    factories.organisation(other, "Chor Sonne", slug="chor", kind="volunteers")

    def shown(query: str) -> set[str]:
        return set(re.findall(r'id="partner-([a-z-]+)"', get(f"netzwerk/?{query}")))

    assert shown("") == {"oelmuehle", "sv-borna", "chor"}
    assert shown("art=sport") == {"sv-borna"}
    assert shown("ort=grimma") == {"oelmuehle"}
    assert shown("stelle=andere") == {"chor"}
    assert shown("stelle=landkreis-leipzig&ort=borna&art=sport") == {"sv-borna"}
    assert shown("stelle=andere&ort=borna") == set()
    assert "No partner fits all of this" in seen("netzwerk/?stelle=andere&ort=borna")
    assert 'value="sport" selected' in get("netzwerk/?art=sport")
    for bad in ("ort=%00", "art=" + "x" * 10_000, "stelle=%ED%A0%80", "seite=-1&partner=%00"):
        assert "SV Borna" in get(f"netzwerk/?{bad}")


def test_the_address_of_a_partner_opens_the_page_of_the_list_on_which_it_stands(
    place, django_assert_num_queries
):
    """Also of a thousand, for no more queries than of a few."""
    get("netzwerk/")
    Client().get("/en/netzwerk/?art=sport")
    with django_assert_num_queries(2):  # the versions, and what the filter finds
        Client().get("/en/netzwerk/?art=sport")
    Organisation.objects.bulk_create(
        Organisation(
            agency=place.agency, slug=f"p-{n}", name=f"Verein {n:04}", kind="sport", is_listed=True
        )
        for n in range(1000)
    )
    data_version.raise_version("content")

    held = published.current(data_version.read())
    with translation.override("en"):
        address = next(p for p in held.organisations if p.slug == "p-800").get_absolute_url()
    path, _, anchor = address.partition("#")
    assert (path, anchor) == ("/en/netzwerk/?partner=p-800", "partner-p-800")
    with django_assert_num_queries(1):
        html = Client().get(path).text
    assert 'id="partner-p-800"' in html
    assert html.count('id="partner-') == 60
    assert "Page 14 of 17" in html
    assert 'href="?seite=15#partners"' in html
    assert len(html) < 100_000


def test_the_page_of_a_group_says_what_it_does_and_leads_into_it(place):
    html, text = get("netzwerk/gruppen/steuerung/"), seen("netzwerk/gruppen/steuerung/")

    assert "Since 1 May 2009" in text
    assert "Coordinated by Koordinierungsstelle für Integration" in text
    join = "/en/anfrage/netzwerk/?stelle=landkreis-leipzig&amp;gruppe=steuerung"
    assert f'href="{join}"' in html
    form = get(join.replace("&amp;", "&").removeprefix("/en/"))
    assert "We would like to take part in the group “Leitung”." in form
    assert "/netzwerk/gruppen/ag-sport/" in html
    sent_to = 'name="stelle" value="landkreis-leipzig"'
    assert sent_to in get("anfrage/netzwerk/?gruppe=steuerung")
    assert "What it does Vereine öffnen Feste feiern" in seen("netzwerk/gruppen/ag-sport/")


def test_a_form_that_is_opened_with_no_group_of_now_begins_empty(place):
    for query in ("gruppe=ag-alt", "gruppe=%00", "gruppe=nirgends", "gruppe=" + "x" * 10_000):
        assert "take part in the group" not in get(f"anfrage/netzwerk/?{query}")
    assert "take part in the group" not in get("anfrage/idee/?gruppe=ag-sport")


def test_a_group_that_has_ended_says_so_and_takes_nobody_in(place):
    text = seen("netzwerk/gruppen/ag-alt/")

    assert "This group ended on 22 November 2026" in text
    assert "Join" not in text
    place.agency.ended_on = dt.date(2026, 11, 22)
    place.agency.save()
    assert "This group has ended" in seen("netzwerk/gruppen/ag-sport/")
    assert "SV Borna" not in get("netzwerk/")
    assert "AG Sport" not in get("netzwerk/")
    assert "AG Sport" not in get("stellen/landkreis-leipzig/")


def test_the_page_of_the_agency_leads_to_its_groups_and_partners_and_into_the_network(place):
    html = get("stellen/landkreis-leipzig/")

    assert "AG Sport" in html
    assert "AG Alt" not in html
    assert ">2 partners</a>" in html
    assert 'href="/en/netzwerk/?stelle=landkreis-leipzig#partners"' in html
    assert 'href="/en/anfrage/netzwerk/?stelle=landkreis-leipzig"' in html
    assert 'href="/en/netzwerk/"' in get("anfrage/netzwerk/")
    assert 'href="/en/netzwerk/"' in get("stellen/")
    empty = factories.agency("Leere Stelle", slug="leer")
    assert "Join the network" not in get(f"stellen/{empty.slug}/")


def test_what_is_told_of_a_network_shows_before_it_has_a_group_or_a_partner():
    agency = county().agency
    path = f"stellen/{agency.slug}/"
    assert "Join the network" not in get(path)
    agency.network = "Seit 2015 arbeiten wir zusammen."
    agency.save()

    for page in (get("netzwerk/"), get(path)):
        assert "Seit 2015 arbeiten wir zusammen." in page
        assert "Join the network" in page
        assert "All groups" not in page


def test_no_public_page_names_a_member_or_a_partner_that_is_not_listed(place):
    assert GroupMember.objects.count() == 1
    sitemap = Client().get("/sitemap.xml").text
    paths = set(re.findall(r"<loc>[^<]*?/en/([^<]*)</loc>", sitemap))
    assert {"netzwerk/", "netzwerk/gruppen/ag-sport/"} <= paths
    paths |= {"netzwerk/?partner=geheim", "suche/?q=Okafor", "suche/?q=Einwilligung"}

    leaks = [
        (path, word)
        for path in sorted(paths)
        for page in [Client().get(f"/en/{path}").text]
        for word in MEMBERS
        if word in page
    ]

    assert leaks == []
