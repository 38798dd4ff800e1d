"""The search over everything public: what is found, by which words, and what never is."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Document, NewsItem
from projects.models import Offer, OfferTranslation, Project
from projects.models.guide import OfferState
from tests import factories
from tests.contacts.county import County, county
from tests.reading import seen_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> County:
    return county()


@pytest.fixture
def poesna(place):
    return factories.municipality("Großpösna", place.district)


def offer(place: County, title: str, area, state=OfferState.PUBLISHED, **fields) -> Offer:
    return Offer.objects.language("de").create(
        agency=place.agency,
        slug=f"offer-{Offer.objects.count()}",
        state=state,
        kind="meeting",
        provider="Verein",
        area=area,
        title=title,
        **fields,
    )


def found(query: str, **more: str) -> str:
    return seen_in(Client().get("/en/suche/", {"q": query, **more}))


@pytest.mark.parametrize(
    "query", ["grosspoesna", "Großpösna", "GROSSPÖSNA", "grossposna", "sprachkurs großpösna"]
)
def test_a_place_in_any_spelling_finds_the_same(place, poesna, query):
    offer(place, "Sprachkurs am Abend", poesna)
    offer(place, "Sprachkurs in Grimma", place.grimma)

    seen = found(query)

    assert "Sprachkurs am Abend" in seen
    assert "Sprachkurs in Grimma" not in seen
    assert seen.count("1 result") == 1


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("sprachkurs", 1),
        ("SPRACH", 1),
        ("kurs", 1),  # inside of a word, from four letters on
        ("urs", 0),
        ("sprachkurs abend", 1),
        ("sprachkurs morgen", 0),
        ("", 0),
        ("---", 0),
        ("\0", 0),
        ("%", 0),
        ("<script>", 0),
        ("x" * 10_000, 0),
        ("sprachkurs " * 2_000, 1),
        ("ك", 0),
    ],
)
def test_every_word_has_to_occur_and_odd_ones_do_no_harm(place, query, number):
    offer(place, "Sprachkurs", place.grimma, text="Am Abend")

    answer = Client().get("/en/suche/", {"q": query, "art": "angebote"})

    assert answer.status_code == 200
    assert ("Sprachkurs Grimma" in seen_in(answer)) is bool(number)


def test_each_kind_is_found_with_a_link_and_titles_come_first(place):
    offer(place, "Treffpunkt", place.grimma, text="Das Integrationsfest wird hier geplant.")
    fest = offer(place, "Integrationsfest", place.grimma)
    shared = {"agency": place.agency}
    Document.objects.language("de").create(
        slug="d", kind="report", title="Bericht zum Integrationsfest", **shared
    )
    NewsItem.objects.language("de").create(
        slug="n", published_on=dt.date(2026, 1, 1), title="Fest", text="Integrationsfest!", **shared
    )
    Project.objects.language("de").create(slug="p", title="Projekt Integrationsfest", **shared)

    answer = Client().get("/en/suche/", {"q": "integrationsfest"})

    for path in ("angebote/offer-0/", "dokumente/d/", "aktuelles/n/", "projekte/p/"):
        assert f'href="/en/{path}"' in answer.text
    assert answer.text.index(fest.get_absolute_url().lstrip("/de")) < answer.text.index("offer-0")
    assert "5 results" in seen_in(answer)
    only = found("integrationsfest", art="dokumente")
    assert "Bericht zum Integrationsfest" in only
    assert "Treffpunkt" not in only


def test_contacts_are_found_by_name_place_and_topic_on_their_days(place, time_machine):
    assert "Martina Richter" in found("richter")
    assert "Martina Richter" in found("koordinatorin grimma")
    tenure = place.richter.tenures.get()
    tenure.valid_until = dt.date(2026, 6, 30)
    tenure.save()
    for moment, is_there in (("2026-06-30T12:00:00Z", True), ("2026-07-01T12:00:00Z", False)):
        time_machine.move_to(moment)
        assert ("Martina Richter" in found("martina richter")) is is_there


def test_groups_partners_and_pools_are_found_and_nobody_who_belongs_to_them(place):
    group = factories.group(place.agency, "AG Wohnen", tasks="Mietverträge erklären")
    factories.member(group, "mitglied@example.org", name="Zora Zauber")
    factories.organisation(place.agency, "Kleingartenverein", area=place.grimma)
    factories.organisation(place.agency, "Unsichtbarverein", is_listed=False)
    pool = factories.pool(place.agency.posts.first(), "Sprachmittlung Muster", run_by="Turmverein")
    factories.interpreter(pool, "Yonas Yilma", email="yonas@example.org")

    assert "AG Wohnen" in found("mietvertraege")
    assert "Kleingartenverein" in found("kleingarten grimma")
    assert "Kleingartenverein" in found("sports club")
    for query in ("tigrinya", "Arabisch turmverein"):
        assert "Sprachmittlung Muster" in found(query)
    for query in ("zora", "mitglied@example.org", "unsichtbarverein", "yonas", "yilma"):
        assert "Nothing was found" in found(query)
    group.ended_on = dt.date(2020, 1, 1)
    group.save()
    assert "Nothing was found" in found("mietvertraege")


@pytest.mark.parametrize(
    "query", ["interpreter", "translator", "tigrinya", "Tigrinja", "русский", "العربية", "Dari"]
)
def test_everyday_words_and_languages_lead_to_interpreters_without_any_pool(query):
    answer = Client().get("/en/suche/", {"q": query})

    for path in ("sprachmittlung/", "anfrage/sprachmittlung/"):
        assert f'<a href="/en/{path}"' in answer.text


def test_german_alone_is_no_word_for_interpreters():
    assert "/en/sprachmittlung/" not in Client().get("/en/suche/", {"q": "german"}).text


def test_what_is_no_place_can_be_looked_for_on_the_whole_site(place):
    answer = Client().get("/en/zustaendig/", {"ort": "Dolmetscher & Co"})

    assert "This is no place?" in seen_in(answer)
    assert 'href="/en/suche/?q=Dolmetscher%20%26%20Co"' in answer.text
    assert 'href="/en/suche/"' in Client().get("/en/").text


def test_posts_that_nobody_can_tell_apart_are_found_once(place):
    for _number in range(3):
        factories.post(place.agency, "Bildungskoordination")

    assert found("bildungskoordination").count("Bildungskoordination") == 1


@pytest.mark.parametrize("state", [s for s in OfferState if s != OfferState.PUBLISHED])
def test_what_is_not_public_is_not_found(place, state):
    offer(place, "Geheimtreffen", place.grimma, state=state, submitter_email="verein@example.org")

    assert "Nothing was found" in found("geheimtreffen")
    assert "Nothing was found" in found("verein@example.org")


def test_what_is_over_or_not_yet_out_is_not_found(place, time_machine):
    offer(place, "Sommerfest", place.grimma, valid_until=dt.date(2026, 8, 31))
    NewsItem.objects.language("de").create(
        slug="n", agency=place.agency, published_on=dt.date(2026, 9, 1), title="Herbst", text="x"
    )
    for day, seen, unseen in (
        ("2026-08-31", "sommerfest", "herbst"),
        ("2026-09-01", "herbst", "sommerfest"),
    ):
        time_machine.move_to(f"{day}T12:00:00Z")
        assert "1 result" in found(seen)
        assert "Nothing was found" in found(unseen)


def test_a_place_leads_to_who_is_responsible(place):
    assert "Who is responsible for Grimma?" in found("Grimma")
    assert "Look it up as a place" in found("Xyzqq")


def test_5000_offers_and_documents_cost_no_more_queries_than_five(place):
    def queries() -> int:
        Client().get("/de/suche/", {"q": "sprachkurs"})  # builds the snapshots of this version
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = Client().get("/de/suche/", {"q": "sprachkurs borna 1"})
        assert answer.status_code == 200
        return len(captured)

    few = queries()
    rows = [
        Offer(
            agency=place.agency,
            slug=f"o-{n}",
            state=OfferState.PUBLISHED,
            kind="german",
            provider="Verein",
            area=place.grimma,
        )
        for n in range(5_000)
    ]
    Offer.objects.bulk_create(rows, batch_size=500)
    OfferTranslation.objects.bulk_create(
        [
            OfferTranslation(master=row, language_code="de", title=f"Sprachkurs Borna {n}")
            for n, row in enumerate(rows)
        ],
        batch_size=500,
    )
    assert queries() == few
    assert "All 1111" in found("sprachkurs borna 1")  # 1, 1n, 1nn and 1nnn
