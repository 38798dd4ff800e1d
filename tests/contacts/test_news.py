"""What agencies tell: from which day, until when, and as a feed."""

import datetime as dt
from xml.etree import ElementTree

import pytest
from django.test import Client

from contacts.models import NewsItem
from tests.contacts.county import County, county
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def place() -> County:
    return county()


def item(place: County, slug: str, first: str, last: str | None = None) -> NewsItem:
    return NewsItem.objects.language("de").create(
        slug=slug,
        agency=place.agency,
        published_on=dt.date.fromisoformat(first),
        valid_until=dt.date.fromisoformat(last) if last else None,
        title=f"Titel {slug}",
        text="Erster Absatz.\n\nZweiter <b>Absatz</b>.",
    )


def test_news_appear_at_midnight_and_become_former_news_after_their_last_day(place, time_machine):
    item(place, "fest", "2026-06-01", "2026-06-30")
    for moment, status, heading in (
        ("2026-05-31T21:59:59Z", 404, None),
        ("2026-05-31T22:00:00Z", 200, "Current"),
        ("2026-06-30T21:59:59Z", 200, "Current"),
        ("2026-06-30T22:00:00Z", 200, "Former news"),
    ):
        time_machine.move_to(moment, tick=False)
        assert Client().get("/en/aktuelles/fest/").status_code == status
        seen = seen_in(Client().get("/en/aktuelles/"))
        assert ("Titel fest" in seen) is (status == 200)
        if heading:
            assert f"{heading} Titel fest" in seen
    assert "This was current until 30 June 2026" in seen_in(Client().get("/en/aktuelles/fest/"))


def test_other_pages_point_at_news_while_it_is_fresh(place, time_machine):
    item(place, "alt", "2026-01-01")
    item(place, "lang", "2026-01-01", "2026-12-31")
    for day, shown in (("2026-06-29", {"alt", "lang"}), ("2026-06-30", {"lang"})):
        time_machine.move_to(f"{day}T10:00:00Z", tick=False)
        for path in ("", f"stellen/{place.agency.slug}/"):
            page = Client().get(f"/en/{path}").text
            assert {s for s in ("alt", "lang") if f"/aktuelles/{s}/" in page} == shown


def test_the_text_has_paragraphs_and_no_markup_of_its_own(place):
    item(place, "fest", "2026-06-01")

    page = Client().get("/en/aktuelles/fest/").text

    assert '<p lang="de" dir="ltr">Erster Absatz.</p>' in page
    assert "Zweiter &lt;b&gt;Absatz&lt;/b&gt;." in page


def test_the_feed_is_atom_with_what_is_current(place, time_machine):
    item(place, "alt", "2020-01-01", "2020-01-31")
    item(place, "neu", "2026-06-01")
    time_machine.move_to("2026-06-02T10:00:00Z", tick=False)

    answer = Client().get(f"/de/aktuelles/feed.atom?stelle={place.agency.slug}")

    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)  # noqa: S314 (our own)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Titel neu"
    assert entry.findtext(f"{ATOM}id").endswith("/de/aktuelles/neu/")
    assert entry.findtext(f"{ATOM}published") == "2026-06-01T00:00:00+02:00"
    assert str(place.agency) in feed.findtext(f"{ATOM}title")


def test_an_unknown_agency_means_all_of_them(place):
    item(place, "neu", "2026-06-01")
    for value in ("nobody", "%00", "x" * 10_000):
        assert "Titel neu" in seen_in(Client().get(f"/en/aktuelles/?stelle={value}"))


def test_a_title_with_a_character_that_xml_does_not_know_leaves_the_feed_whole(place, time_machine):
    time_machine.move_to("2026-06-02", tick=False)
    written = item(place, "fest", "2026-06-01")
    written.title, written.text = "Großes\x0b Fest\uffff", "Alle\x01 kommen."
    written.save()

    answer = Client().get("/en/aktuelles/feed.atom")

    assert answer.status_code == 200
    feed = ElementTree.fromstring(answer.content)  # noqa: S314 (our own)
    entry = feed.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Großes Fest"
    assert entry.findtext(f"{ATOM}summary") == "Alle kommen."
