"""The guide for the public: filters, what is seen where and when, and the way on from nothing."""

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from contacts.forms import CorrectionForm
from contacts.models import Correction
from contacts.models.offices import YesNoUnknown
from projects.models import Offer
from projects.models.guide import OfferKind, OfferState
from tests import factories
from tests.contacts.county import BEFORE_NOON, County
from tests.projects.offering import offer
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
URL = "/en/angebote/"


@pytest.fixture(autouse=True)
def on_a_monday():
    with time_machine.travel(BEFORE_NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def guide(place) -> County:
    offer(
        place.agency,
        place.grimma,
        "Sprachcafé",
        slug="cafe",
        days=(1, 3),
        languages=["ar", "de"],
        target_groups=["everyone"],
        cost=Offer.Cost.FREE,
        step_free=YesNoUnknown.YES,
        texts={"en": ("Language café", "Talk and play.")},
    )
    offer(
        place.agency,
        place.nerchau,
        "Fahrradwerkstatt Süd",
        slug="rad",
        kind=OfferKind.SPORT,
        days=(6,),
        languages=["uk"],
        target_groups=["youth"],
        cost=Offer.Cost.FEE,
        text="Wir schrauben. Übung macht den Meister.",
    )
    offer(
        place.agency,
        place.borna,
        "Nähkurs",
        slug="naehen",
        kind=OfferKind.WOMEN,
        target_groups=["women"],
        by_appointment=True,
    )
    offer(
        place.agency,
        place.district,
        "Dolmetscher im ganzen Kreis",
        slug="dolmetscher",
        kind=OfferKind.INTERPRETING,
        cost=Offer.Cost.FREE,
    )
    return place


def get(path: str):
    return Client().get(path)


def listed(query: str = "") -> list[str]:
    """The offers that the list shows, by the names in their addresses."""
    answer = get(f"{URL}{query}")
    assert answer.status_code == 200
    return [each.slug for each in answer.context["page"]]


FILTERS = {
    "": ["dolmetscher", "naehen", "rad", "cafe"],
    "?ort=Grimma": ["rad", "cafe", "dolmetscher"],  # its part, and what is for all around
    "?ort=Nerchau": ["rad", "cafe", "dolmetscher"],  # the town is for its parts, too
    "?ort=borna": ["naehen", "dolmetscher"],
    "?ort=04552": ["naehen", "dolmetscher"],
    "?ort=٠٤٥٥٢": ["naehen", "dolmetscher"],  # digits of another script
    "?gebiet=14729": ["dolmetscher", "naehen", "rad", "cafe"],  # a choice nobody asked for
    "?text=fahrrad": ["rad"],
    "?text=SUED+ubung": ["rad"],  # every word, with umlauts or without
    "?text=talk": ["cafe"],  # in any language
    "?text=xyz": [],
    "?art=women": ["naehen"],
    "?fuer=women": ["naehen", "cafe"],  # what is for everyone is for women as well
    "?sprache=ar": ["cafe"],
    "?tag=6": ["rad"],
    "?tag=3&kostenlos=1": ["cafe"],
    "?kostenlos=1": ["dolmetscher", "cafe"],
    "?stufenlos=1": ["cafe"],
    "?ort=Grimma&tag=6&sprache=uk": ["rad"],
    "?ort=Borna&tag=6": [],
    # Odd values filter nothing, and are told.
    "?art=nonsense&tag=99&sprache=%00": ["dolmetscher", "naehen", "rad", "cafe"],
    "?seite=9999": ["dolmetscher", "naehen", "rad", "cafe"],
    "?text=%00&ort=%E2%80%8B": ["dolmetscher", "naehen", "rad", "cafe"],
}


@pytest.mark.parametrize(("query", "expected"), FILTERS.items())
def test_filters_stand_in_the_address(guide, query, expected):
    assert sorted(listed(query)) == sorted(expected)


def test_what_lies_in_the_place_comes_before_what_is_for_all_around(guide):
    assert listed("?ort=Grimma") == ["rad", "cafe", "dolmetscher"]


def test_filters_in_use_are_shown_and_can_be_taken_away_one_by_one(guide):
    answer = get(f"{URL}?ort=Grimma&tag=6&text=rad")

    assert "Day of the week: Saturday" in seen_in(answer)
    assert 'href="/en/angebote/?ort=Grimma&amp;text=rad"' in answer.text
    assert "1 offer" in seen_in(answer)


def test_an_odd_choice_is_told_and_stays_out_of_the_address(guide):
    answer = get(f"{URL}?art=nonsense&kostenlos=1")

    assert "nonsense is not one of the available choices" in seen_in(answer)
    assert answer.context["query"] == "kostenlos=1"


@pytest.mark.parametrize("text", ["x" * 10_000, "\ud800", "%F0%9F%98%80", "؟؟"])
def test_any_text_is_answered(guide, text):
    answer = Client().get(URL, {"text": text.encode("utf-8", "surrogatepass"), "ort": "Grimma"})

    assert answer.status_code == 200


def test_an_empty_answer_leads_on(guide):
    words = seen_in(get(f"{URL}?ort=Borna&tag=6"))

    assert "No offer fits all of this." in words
    assert "Without “Day of the week” (Saturday) 2 offers" in words
    assert "In the neighbouring towns Grimma 1 offer" in words
    assert "You know an offer that is missing? Enter it" in words


def test_places_of_the_same_name_are_asked_about_and_unknown_ones_told(guide):
    other = factories.municipality("Nerchau", guide.district)
    offer(guide.agency, other, "Chor", slug="chor")

    factories.rule(guide.loth, other)
    answer = get(f"{URL}?ort=Nerchau")
    assert "Several places fit. Which one do you mean?" in seen_in(answer)
    assert f'href="?ort=Nerchau&amp;gebiet={other.key}"' in answer.text
    asked = get(f"{URL}?ort=Nerchau&gebiet={other.key}")
    assert [each.slug for each in asked.context["page"]] == ["chor", "dolmetscher"]

    unknown = seen_in(get(f"{URL}?ort=Xyzqq"))
    assert "We do not know a place called “Xyzqq”." in unknown
    assert "0 offers" not in unknown


def test_a_page_of_an_offer_says_all_of_it(guide):
    words = seen_in(get("/en/angebote/cafe/"))

    for part in (
        "Language café",
        "Bunter Verein e. V.",
        "Monday 3:00 p.m.–5:00 p.m. every week" if "p.m." in words else "Monday",
        "Arabic, German",
        "Everyone",
        "free of charge",
        "Step-free access yes",
        "03437 12345",
        "Grimma",
        "Confirmed on",
        "Something is wrong here",
    ):
        assert part in words


def test_what_nobody_has_confirmed_for_a_year_says_so(guide):
    Offer.objects.filter(slug="cafe").update(confirmed_on=dt.date(2025, 11, 1))

    assert "more than a year ago" in seen_in(get("/en/angebote/cafe/"))


def everywhere(county: County) -> str:
    """All that the public can see of offers."""
    paths = ["angebote/", "angebote/karte/", "angebote.csv", "orte/grimma/"]
    paths += [f"stellen/{county.agency.slug}/"]
    answers = [get(f"/de/{path}") for path in paths]
    return " ".join(
        b"".join(a.streaming_content).decode() if a.streaming else a.text for a in answers
    )


def test_an_offer_stands_in_list_map_town_and_file(guide):
    words = everywhere(guide)

    assert words.count("Sprachcafé") == 4  # list, file, panels of the town and of the agency
    assert "<title>Grimma: 2 " in words


@pytest.mark.parametrize(
    ("state", "status"),
    [(OfferState.SUBMITTED, 404), (OfferState.DECLINED, 404), (OfferState.ENDED, 410)],
)
def test_what_is_not_released_or_over_is_seen_nowhere(guide, state, status):
    Offer.objects.filter(slug="cafe").update(state=state)

    assert "Sprachcafé" not in everywhere(guide)
    answer = get("/de/angebote/cafe/")
    assert answer.status_code == status
    assert "Sprachcafé" not in answer.text
    heft = get("/de/angebote/heft.pdf?text=Sprachcaf%C3%A9")
    assert heft.status_code == 302  # to the list, which says that there is nothing


def test_on_the_day_after_its_last_one_an_offer_is_over(guide, on_a_monday):
    Offer.objects.filter(slug="cafe").update(valid_until=BEFORE_NOON.date())
    client = Client()
    before = client.get("/en/angebote/cafe/")
    assert before.status_code == 200

    on_a_monday.shift(dt.timedelta(days=1))

    after = client.get("/en/angebote/cafe/")
    assert after.status_code == 410
    assert "This offer is over" in seen_in(after)
    assert "Language café: it ended on" in seen_in(after)
    assert "cafe" not in listed()


def test_the_map_counts_by_town_and_lists_the_same(guide):
    answer = get("/en/angebote/karte/")

    words = seen_in(answer)
    assert "Grimma: 2 offers" in words
    assert "1 offer for the whole district" in words
    assert "Borna 1 Grimma 2" in words.replace("  ", " ")
    assert 'href="/en/angebote/?ort=Grimma&amp;gebiet=' in answer.text


def test_the_file_has_the_same_filters_and_no_formula(guide):
    Offer.objects.filter(slug="cafe").update(provider="=HYPERLINK()")

    answer = get("/de/angebote.csv?sprache=ar")

    rows = list(
        csv.reader(
            io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")), delimiter=";"
        )
    )
    assert len(rows) == 2
    assert rows[1][0] == "Sprachcafé"
    assert rows[1][2] == "'=HYPERLINK()"


@pytest.mark.parametrize("path", ["angebote/", "angebote/karte/", "orte/grimma/"])
def test_pages_cost_the_same_with_few_and_many_offers(guide, path):
    def queries() -> int:
        """Of a process that knows nothing of this version yet."""
        Offer.objects.filter(slug="cafe").update(provider="Verein")
        with CaptureQueriesContext(connection) as found:
            assert get(f"/de/{path}").status_code == 200
        return len(found)

    queries()
    few = queries()
    for n in range(30):
        offer(guide.agency, guide.grimma, f"Chor {n}", days=(1,))

    assert queries() == few


def test_weekdays_are_in_the_language_of_the_page(guide):
    with translation.override("de"):
        assert "Montag" in get("/de/angebote/cafe/").text
    assert "Monday" in get("/en/angebote/cafe/").text


def test_what_is_wrong_with_an_offer_reaches_its_agency(guide, on_a_monday):
    values = {"kind": "wrong", "text": "Jetzt mittwochs.", "page": "/en/angebote/cafe/"}
    stamp = CorrectionForm.stamp()
    on_a_monday.shift(60)

    answer = Client().post("/en/hinweis/", {**values, "opened": stamp})

    assert answer.status_code == 302
    assert Correction.objects.get().agency == guide.agency
