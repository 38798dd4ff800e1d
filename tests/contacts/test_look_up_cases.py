"""The table of cases: what is typed on the bundled data, and what has to come out.

"county": only the office of Landkreis Leipzig is loaded; "all": the four offices of the demo.
"""

import csv
import datetime as dt
from collections import defaultdict

import pytest
from django.conf import settings

from contacts.reader import Basis
from contacts.resolver import Cause, Outcome, look_up, resolve

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 11, 22)
BOTH = ("county", "all")
PLACES = settings.BASE_DIR / "data" / "places"
LANDKREIS_LEIPZIG = "14729"

RICHTER = "Martina Richter"
EICHARDT = "Manuela Eichardt"
GOETSCHENBERG = "Christin Götschenberg"
LOTH = "Jana Loth"
TOWNS_WITH_NAMESAKES = {"Böhlen", "Bennewitz", "Naunhof"}


def rows(name: str) -> list[dict]:
    with (PLACES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TOWNS = [row for row in rows("municipalities.csv") if row["district_ags"] == LANDKREIS_LEIPZIG]
PARTS = [row for row in rows("places.csv") if row["kind"] != "alias"]
TOWN_NAMES = {row["ags"]: row["name"] for row in rows("municipalities.csv")}


def ask(bundled, loaded: str, text: str, topic: str = ""):
    snapshot = bundled[loaded]
    found = snapshot.topic(topic) if topic else None
    assert not topic or found
    return look_up(text, found, on=ON, snapshot=snapshot)


def holders(answer) -> list[str]:
    return [contact.holder_names for contact in answer.contacts]


def labels(result) -> list[str]:
    """The places of an answer, parts with their town."""
    return [
        f"{place.name} ({place.municipality.name})" if place.is_part else place.name
        for place in result.places
    ]


@pytest.mark.parametrize("loaded", BOTH)
@pytest.mark.parametrize(
    ("typed", "place", "holder"),
    [
        ("Trebsen", "Trebsen/Mulde", RICHTER),
        ("Trebsen/Mulde", "Trebsen/Mulde", RICHTER),
        ("trebsen mulde", "Trebsen/Mulde", RICHTER),
        ("Trebsen (Mulde)", "Trebsen/Mulde", RICHTER),
        ("Großpösna", "Großpösna", GOETSCHENBERG),
        ("Grosspoesna", "Großpösna", GOETSCHENBERG),
        ("GROSSPÖSNA", "Großpösna", GOETSCHENBERG),
        ("Großposna", "Großpösna", GOETSCHENBERG),
        ("Großpo\u0308sna", "Großpösna", GOETSCHENBERG),
        ("Regis-Breitingen", "Regis-Breitingen", LOTH),
        ("regis breitingen", "Regis-Breitingen", LOTH),
        ("RegisBreitingen", "Regis-Breitingen", LOTH),
        ("Regis", "Regis-Breitingen", LOTH),
        ("Pödelwitz", "Pödelwitz (Groitzsch)", EICHARDT),
        ("Poedelwitz", "Pödelwitz (Groitzsch)", EICHARDT),
        ("Bad Lausick OT Beucha", "Beucha (Bad Lausick)", LOTH),
        ("Bad Lausick Beucha", "Beucha (Bad Lausick)", LOTH),
        ("04651 Beucha", "Beucha (Bad Lausick)", LOTH),
        ("Beucha 04824", "Beucha (Brandis)", GOETSCHENBERG),
        ("Brandis-Beucha", "Beucha (Brandis)", GOETSCHENBERG),
        ("Beucha (Brandis)", "Beucha (Brandis)", GOETSCHENBERG),
        ("Südstraße 80, 04668 Grimma", "Grimma", RICHTER),
        ("Südstr. 80a 04668 Grimma", "Grimma", RICHTER),
        ("Grimma, Südstraße 80", "Grimma", RICHTER),
        ("Grimma Südstraße 80", "Grimma", RICHTER),
        ("Am Markt 3, Borna", "Borna", LOTH),
        ("Grimma bei Leipzig", "Grimma", RICHTER),
        ("Stadt Grimma", "Grimma", RICHTER),
        ("Gemeinde Lossatal", "Lossatal", RICHTER),
        ("Grimma, Sachsen", "Grimma", RICHTER),
        ("Гримма", "Grimma", RICHTER),
        ("بورنا", "Borna", LOTH),
        ("Deutzen", "Deutzen (Neukieritzsch)", LOTH),
        ("Kohren-Sahlis", "Kohren-Sahlis (Frohburg)", LOTH),
        ("Ölschütz", "Oelschütz (Wurzen)", RICHTER),
        ("04574 Deutzen", "Deutzen (Neukieritzsch)", LOTH),
        ("04685", "Nerchau (Grimma)", RICHTER),
        ("٠٤٥٥٢ Borna", "Borna", LOTH),
        ("Grimma, Sachsen, Deutschland", "Grimma", RICHTER),
        ("Вурцен, Саксония", "Wurzen", RICHTER),
        ("Grimma, Lkr. Leipzig", "Grimma", RICHTER),
        ("Trebsen/Mulde OT Trebsen", "Trebsen/Mulde", RICHTER),
        ("Familie Müller, Südstraße 80, 04668 Grimma", "Grimma", RICHTER),
        ("grimma!!", "Grimma", RICHTER),
    ],
)
def test_one_place_is_answered_at_once(bundled, loaded, typed, place, holder):
    result = ask(bundled, loaded, typed)

    assert result.outcome is Outcome.EXACT
    assert labels(result) == [place]
    assert holders(result.answer) == [holder]


@pytest.mark.parametrize("loaded", BOTH)
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Podelwitz", ["Podelwitz (Colditz)", "Pödelwitz (Groitzsch)"]),
        ("Beucha", ["Beucha (Bad Lausick)", "Beucha (Brandis)"]),
        ("Böhlen", ["Böhlen", "Böhlen (Grimma)"]),
        ("04683", ["Belgershain", "Naunhof"]),
        ("Makranstädt", ["Markranstädt"]),
        ("Borma", ["Borna"]),
        ("Grima", ["Grimma"]),
        ("04668 Grima", ["Grimma"]),
        ("04668 Borna", ["Borna", "Grimma", "Otterwisch", "Parthenstein"]),
        ("4668", ["Grimma", "Otterwisch", "Parthenstein"]),
        ("99999 Grimma", ["Grimma"]),
        ("Borna bei Oschatz", ["Borna"]),
        ("Beicha bei Brandis", ["Beucha (Brandis)", "Beicha (Döbeln)"]),
        ("Grimma Sachsen-Anhalt", ["Grimma"]),
        ("Böhlen Sachsen", ["Böhlen", "Böhlen (Grimma)"]),
        ("04668 Qwertz", ["Grimma", "Otterwisch", "Parthenstein"]),
        ("Bad Lausik OT Beucha", ["Beucha (Bad Lausick)"]),
        ("Kitzscher OT Gaschwitz", ["Kitzscher", "Gaschwitz (Markkleeberg)"]),
        ("Rtha", ["Rötha"]),
        ("Gr. Pösna", ["Großpösna"]),
        ("ich wohne in Bad Lausick", ["Bad Lausick"]),
        ("Grimma und Wurzen", ["Grimma", "Wurzen"]),
        ("Grimma, Markt", ["Grimma"]),
    ],
)
def test_what_may_mean_several_places_is_a_question(bundled, loaded, typed, first):
    result = ask(bundled, loaded, typed)

    assert result.outcome is Outcome.CHOOSE
    assert labels(result) == first
    assert result.answer is None


@pytest.mark.parametrize("loaded", BOTH)
def test_a_short_name_is_not_hidden_by_the_full_name_of_another_town(bundled, loaded):
    result = ask(bundled, loaded, "Coswig")

    assert result.outcome is Outcome.CHOOSE
    assert sorted(labels(result)) == ["Coswig", "Coswig (Anhalt)"]


@pytest.mark.parametrize("loaded", BOTH)
@pytest.mark.parametrize("town", sorted(TOWNS_WITH_NAMESAKES))
def test_a_town_with_namesakes_stands_before_them(bundled, loaded, town):
    result = ask(bundled, loaded, town)

    assert result.outcome is Outcome.CHOOSE
    assert labels(result)[0] == town
    assert len(result.places) > 1
    assert all(place.is_part for place in result.places[1:])


@pytest.mark.parametrize("loaded", BOTH)
@pytest.mark.parametrize(
    "typed", ["04668", "04668.", "PLZ 04668", "04 668", "0 4 6 6 8", "O4668", "04668 Germany"]
)
def test_a_postal_code_of_towns_with_one_coordinator_is_answered(bundled, loaded, typed):
    result = ask(bundled, loaded, typed)

    assert result.outcome is Outcome.EXACT
    assert labels(result) == ["Grimma", "Otterwisch", "Parthenstein"]
    assert holders(result.answer) == [RICHTER]


@pytest.mark.parametrize("loaded", BOTH)
def test_three_digits_ask_for_five_and_offer_what_fits(bundled, loaded):
    result = ask(bundled, loaded, "046")

    assert result.outcome is Outcome.CHOOSE
    assert result.reading.basis is Basis.DIGITS
    assert "Grimma" in labels(result)
    assert all(code.startswith("046") for place in result.places for code in place.known_codes)


@pytest.mark.parametrize("typed", ["Leipzig", "Stadt Leipzig", "04109"])
def test_leipzig_is_outside_for_the_county_alone(bundled, typed):
    result = ask(bundled, "county", typed)

    assert result.outcome is Outcome.OUTSIDE
    assert labels(result) == ["Leipzig"]
    assert result.places[0].is_city_of_its_own


@pytest.mark.parametrize(
    "typed", ["Leipzig", "Stadt Leipzig", "04109", "Volkmarsdorf", "Leipziger Osten"]
)
def test_a_finished_project_never_answers_and_says_that_it_ended(bundled, typed):
    result = ask(bundled, "all", typed)

    assert result.outcome is Outcome.UNASSIGNED
    assert result.answer.cause is Cause.AGENCY_FINISHED
    assert result.answer.agency.slug == "leipziger-osten"
    assert result.answer.agency.ended_on == dt.date(2013, 7, 31)
    assert result.answer.shared_contact is None


@pytest.mark.parametrize("loaded", BOTH)
@pytest.mark.parametrize("typed", ["Landkreis Leipzig", "LK Leipzig"])
def test_the_county_itself_is_answered_by_the_agency(bundled, loaded, typed):
    result = ask(bundled, loaded, typed)

    assert result.outcome is Outcome.EXACT
    assert result.answer.contacts == ()
    assert result.answer.shared_contact.slug == "landkreis-leipzig"


def test_doebeln_is_outside_for_the_county_alone(bundled):
    result = ask(bundled, "county", "Döbeln")

    assert result.outcome is Outcome.OUTSIDE
    assert result.places[0].district.name == "Landkreis Mittelsachsen"


def test_doebeln_has_the_countys_contact_while_no_coordinator_is_recorded(bundled):
    result = ask(bundled, "all", "Döbeln")

    assert result.outcome is Outcome.UNASSIGNED
    assert result.answer.cause is Cause.NO_RULE
    assert result.answer.shared_contact.email == "integration@landkreis-mittelsachsen.de"


def test_doebeln_on_education_has_both_education_coordinators(bundled):
    result = ask(bundled, "all", "Döbeln", topic="education")

    assert result.outcome is Outcome.EXACT
    assert [post.slug for post in result.answer.posts] == [
        "bildung-1-mittelsachsen",
        "bildung-2-mittelsachsen",
    ]
    assert holders(result.answer) == ["", ""]
    assert result.answer.shared_contact.phone == "03731 799-3685"


def test_kemberg_belongs_to_wittenberg(bundled):
    alone = ask(bundled, "county", "Kemberg")
    together = ask(bundled, "all", "Kemberg")

    assert alone.outcome is Outcome.OUTSIDE
    assert alone.places[0].district.name == "Landkreis Wittenberg"
    assert together.outcome is Outcome.EXACT
    assert [post.slug for post in together.answer.posts] == ["koordinierungsstelle-wittenberg"]


@pytest.mark.parametrize("loaded", BOTH)
@pytest.mark.parametrize("city", ["Berlin", "Hamburg", "München", "Chemnitz", "Halle"])
def test_a_large_city_is_outside_and_a_city_of_its_own(bundled, loaded, city):
    result = ask(bundled, loaded, city)

    assert result.outcome is Outcome.OUTSIDE
    assert result.places[0].is_city_of_its_own


@pytest.mark.parametrize("loaded", BOTH)
@pytest.mark.parametrize(
    "typed", ["04540 Löbnitz", "04652 Steinbach", "04417 Wachau", "04681 Meuselwitz"]
)
def test_a_wrong_digit_never_hides_the_covered_place_of_that_name(bundled, loaded, typed):
    result = ask(bundled, loaded, typed)

    assert result.outcome is Outcome.CHOOSE
    assert bundled[loaded].is_covered(result.places[0])


@pytest.mark.parametrize("loaded", BOTH)
@pytest.mark.parametrize(
    "typed", ["Leipzig Land", "Leipzig LK", "Lkr. Leipzig", "Muldentalkreis", "Leipzig Landkreis"]
)
def test_the_county_is_known_by_the_names_that_people_use(bundled, loaded, typed):
    assert labels(ask(bundled, loaded, typed)) == ["Landkreis Leipzig"]


@pytest.mark.parametrize("loaded", BOTH)
@pytest.mark.parametrize(
    ("typed", "district"),
    [
        ("Taucha", "Landkreis Nordsachsen"),
        ("Torgau", "Landkreis Nordsachsen"),
        ("Altenburg", "Landkreis Altenburger Land"),
    ],
)
def test_a_neighbour_is_outside_with_the_right_district(bundled, loaded, typed, district):
    result = ask(bundled, loaded, typed)

    assert result.outcome is Outcome.OUTSIDE
    assert result.places[0].district.name == district


@pytest.mark.parametrize("loaded", BOTH)
@pytest.mark.parametrize(
    "typed",
    ["", " ", "%", "_", "\0", "😀", "<script>", "a" * 10_000, "%" * 10_000, "123456", "''"],
)
def test_nonsense_is_none_and_never_everything(bundled, loaded, typed):
    result = ask(bundled, loaded, typed)

    assert result.outcome is Outcome.NONE
    assert result.places == ()


# The whole of the bundled data ------------------------------------------------------------------


@pytest.mark.parametrize("loaded", BOTH)
def test_every_town_is_found_by_its_name_however_it_is_spelt(bundled, loaded):
    folding = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    wrong = []
    for row in TOWNS:
        name = row["name"]
        for typed in (name, name.upper(), name.lower().translate(folding), f"Stadt {name}"):
            result = ask(bundled, loaded, typed)
            wanted = Outcome.CHOOSE if name in TOWNS_WITH_NAMESAKES else Outcome.EXACT
            if result.outcome is not wanted or result.places[0].key != row["ags"]:
                wrong.append((typed, result.outcome, labels(result)))
    assert wrong == []


@pytest.mark.parametrize("loaded", BOTH)
def test_every_postal_code_of_the_county_leads_to_its_towns(bundled, loaded):
    towns_of = defaultdict(set)
    for row in rows("municipalities.csv"):
        for code in row["postal_codes"].split():
            towns_of[code].add(row["ags"])
    wrong = []
    for code in {code for row in TOWNS for code in row["postal_codes"].split()}:
        result = ask(bundled, loaded, code)
        found = {place.key for place in result.places if place.is_municipality}
        coordinators = {
            resolution.equal_part for resolution in result.resolutions if resolution.contacts
        }
        wanted = Outcome.EXACT if len(coordinators) == 1 else Outcome.CHOOSE
        if found != towns_of[code] or result.outcome is not wanted:
            wrong.append((code, result.outcome, labels(result)))
    assert wrong == []


@pytest.mark.parametrize("loaded", BOTH)
def test_no_part_of_a_town_is_ever_answered_for_another_one(bundled, loaded):
    """By its bare name a part is answered only if every place of that name has that answer."""
    snapshot = bundled[loaded]
    by_key = {place.key: place for place in snapshot.gazetteer.by_id.values()}
    wrong = []
    for row in PARTS:
        result = ask(bundled, loaded, row["name"])
        own = next(
            place
            for place in by_key.values()
            if place.is_part
            and place.name == row["name"]
            and place.municipality.key == row["municipality_ags"]
        )
        right = resolve(own, on=ON, snapshot=snapshot)
        if own not in result.places:
            wrong.append((row["name"], "is not offered", labels(result)))
        elif result.answer and result.answer.equal_part != right.equal_part:
            wrong.append((row["name"], "has another's answer", labels(result)))
    assert wrong == []


@pytest.mark.parametrize("loaded", BOTH)
@pytest.mark.parametrize("pattern", ["{town} OT {part}", "{part} ({town})", "{part}, {town}"])
def test_every_part_is_found_together_with_its_town(bundled, loaded, pattern):
    wrong = []
    for row in PARTS:
        town = TOWN_NAMES[row["municipality_ags"]]
        result = ask(bundled, loaded, pattern.format(town=town, part=row["name"]))
        own = [
            place
            for place in result.places
            if place.municipality and place.municipality.key == row["municipality_ags"]
        ]
        if not result.answer or len(own) != len(result.places) or own[0].name != row["name"]:
            wrong.append((town, row["name"], result.outcome, labels(result)))
    assert wrong == []
