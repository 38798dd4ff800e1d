"""The guide to print: tagged, with contents that lead to the right page, in two directions."""

import datetime as dt
import io
import re

import pypdf
import pypdfium2
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from projects.models import Offer, OfferTime, OfferTranslation
from projects.models.guide import OfferKind, OfferState
from tests.contacts.county import BEFORE_NOON, County
from tests.portal.test_pdf import tags
from tests.projects.offering import offer

pytestmark = pytest.mark.django_db
URL = "/de/angebote/heft.pdf"
# Without the ligature of lam and alef, whose two letters PDFium gives back in the wrong order.
ARABIC = "نلتقي كل يوم في المكتبة، نتحدث معا ونشرب القهوة."


@pytest.fixture(autouse=True)
def on_a_monday():
    cache.clear()
    with time_machine.travel(BEFORE_NOON, tick=False) as clock:
        yield clock
    cache.clear()


def booklet(query: str = "") -> bytes:
    answer = Client().get(f"{URL}{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return answer.content


def pages(document: bytes) -> list[str]:
    """What a reader's program copies out of each page."""
    found = []
    with pypdfium2.PdfDocument(document) as opened:
        for number in range(len(opened)):
            page = opened[number]
            words = page.get_textpage()
            found.append(words.get_text_range().replace("\r\n", "\n"))
            words.close()
            page.close()
    return found


@pytest.fixture
def many(place) -> County:
    """200 offers in three towns, every other one in Arabic as well."""
    areas = [place.grimma, place.borna, place.nerchau]
    kinds = list(OfferKind)
    rows = Offer.objects.bulk_create(
        Offer(
            agency=place.agency,
            area=areas[n % 3],
            slug=f"angebot-{n}",
            kind=kinds[n % len(kinds)],
            provider=f"Verein {n} e. V.",
            state=OfferState.PUBLISHED,
            street="Markt 1",
            city="Grimma",
            phone="03437 12345",
            languages=["ar", "de"],
            cost=Offer.Cost.FREE,
            confirmed_on=dt.date(2026, 11, 2),
        )
        for n in range(200)
    )
    texts = [
        ("de", "Angebot {:03}", "Wir treffen uns und reden Deutsch."),
        ("ar", "مقهى {}", ARABIC),
    ]
    OfferTranslation.objects.bulk_create(
        OfferTranslation(master=row, language_code=code, title=title.format(n), text=text)
        for n, row in enumerate(rows)
        for code, title, text in texts
        if code == "de" or n % 2 == 0
    )
    OfferTime.objects.bulk_create(
        OfferTime(offer=row, weekday=1, opens=dt.time(15), closes=dt.time(17)) for row in rows
    )
    return place


def test_contents_lead_to_the_page_on_which_an_offer_stands(many):
    found = pages(booklet())

    listed = {}
    for text in found:
        for title, number in re.findall(r"^(Angebot \d{3})[ .]+(\d+)$", text, re.MULTILINE):
            listed[title] = int(number)
    assert len(listed) == 200
    for title, number in listed.items():
        assert title in found[number - 1]
        assert "Montag, 15:00–17:00" in found[number - 1]
    total = len(found)
    for number, text in enumerate(found, start=1):
        assert f"{number} / {total}" in text


def test_it_is_tagged_says_its_language_and_has_an_outline(many):
    made = booklet("?ordnung=art")

    reader = pypdf.PdfReader(io.BytesIO(made))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "de"
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", root["/Metadata"].get_data().decode())
    found = tags(made)
    assert found.count("H1") == 1
    assert found.count("H3") == 200
    assert found.count("TOCI") >= 200
    chapters = [entry["/Title"] for entry in reader.outline if not isinstance(entry, list)]
    assert len(chapters) == len(OfferKind) + 1  # by kind, and the last page


def test_arabic_stands_beside_german_in_its_own_order(many):
    found = pages(booklet("?zweite=ar&text=Angebot+000"))

    text = " ".join(" ".join(found).split())
    assert "Wir treffen uns und reden Deutsch." in text
    assert ARABIC in text
    assert text.index("Wir treffen uns") < text.index("نلتقي")


def test_where_a_translation_is_missing_german_stands_alone(many):
    text = " ".join(pages(booklet("?zweite=ar&text=Angebot+001")))

    assert "Wir treffen uns" in text
    assert not re.search(r"[\u0600-\u06ff]", text)


def test_labels_are_in_the_second_language_that_the_portal_speaks(place):
    texts = {"en": ("Language café", "We talk.")}
    offer(place.agency, place.grimma, texts=texts, days=(2,), languages=["uk"])

    text = " ".join(" ".join(pages(booklet("?zweite=en"))).split())

    assert "Dienstag" in text
    assert "When: Tuesday" in text
    assert "Languages: Ukrainian" in text
    assert "Language café" in text
    # Nobody has asked for it: not in German alone, also from an English page.
    assert "Tuesday" not in " ".join(pages(booklet()))
    assert Client().get("/en/angebote/heft.pdf").content == booklet()


def test_first_and_last_days_to_come_are_printed(place):
    days = {"valid_from": dt.date(2026, 12, 1), "valid_until": dt.date(2027, 3, 31)}
    offer(place.agency, place.grimma, days=(2,), **days)

    text = " ".join(" ".join(pages(booklet())).split())

    assert "1. Dezember 2026" in text
    assert "31. März 2027" in text


def test_cover_and_last_page_say_who_and_when(place):
    offer(place.agency, place.grimma)

    first, *_between, last = pages(booklet("?ort=Grimma"))

    for words in ("Grimma", "Koordinierungsstelle für Integration", "23. November 2026"):
        assert words in first
    for words in ("Martina Richter", "Grimma", "03433 241-3431", "Jana Loth"):
        assert words in last


def test_filters_count_and_nothing_leads_to_the_list(place):
    offer(place.agency, place.grimma, "Chor")
    offer(place.agency, place.borna, "Nähkurs")

    assert "Nähkurs" not in " ".join(pages(booklet("?ort=Grimma")))
    assert "Chor" in " ".join(pages(booklet("?ort=Grimma&tag=7&zweite=xx&ordnung=%00")))  # odd
    nothing = Client().get(f"{URL}?ort=Grimma&text=xyz&zweite=ar", follow=True)
    assert nothing.redirect_chain == [("/de/angebote/?ort=Grimma&text=xyz", 302)]


def test_the_same_booklet_is_made_once_and_not_too_often(place):
    offer(place.agency, place.grimma)
    client = Client()

    assert client.get(URL).content == client.get(URL).content
    statuses = []
    for number in range(12):
        Offer.objects.update(provider=f"Verein {number}")  # another version of the data
        statuses.append(client.get(URL).status_code)

    assert statuses[-1] == 429
    assert statuses.count(200) >= 9


@pytest.mark.parametrize("title", ["☃ 👩‍👩‍👧 x", "a" * 120, "#let x = 1 $y$ *b* \\ [", "\u202egpj"])
def test_no_text_makes_it_fail(place, title):
    offer(
        place.agency,
        place.district,
        title,
        text="x\n\n" * 400,
        website="https://example.org/" + "a" * 150,
    )

    assert len(pages(booklet())) >= 4
