import pytest

from contacts import names


def test_cleaning_drops_what_nobody_sees():
    assert names.clean("  Gri\u200bmma\t\u202e \x00\n Nord ") == "Grimma Nord"


def test_only_a_hundred_characters_count():
    assert len(names.clean("a" * 10_000)) == 100


def test_digits_of_other_scripts_are_digits():
    assert names.clean("٠٤٦٦٨ / ۰۴۶۶۸") == "04668 / 04668"


@pytest.mark.parametrize(
    ("text", "key1", "key2"),
    [
        ("Großpösna", "grosspoesna", "grossposna"),
        ("Regis-Breitingen", "regisbreitingen", "regisbreitingen"),
        ("Trebsen/Mulde", "trebsenmulde", "trebsenmulde"),
        ("St. Egidien", "stegidien", "stegidien"),
        ("Cottbus/Chóśebuz", "cottbuschosebuz", "cottbuschosebuz"),
        ("Бёрна", "берна", "берна"),
        ("😀 %", "", ""),
    ],
)
def test_search_keys(text, key1, key2):
    assert names.search_keys(text) == (key1, key2)


def test_ae_is_never_reduced_to_a():
    assert names.search_keys("Raetzen")[1] == "raetzen"


@pytest.mark.parametrize(
    ("typed", "name", "code"),
    [
        ("04668", "", "04668"),
        (" 04 668", "", "04668"),
        ("D-04668 Grimma", "Grimma", "04668"),
        ("DE 04668", "", "04668"),
        ("O4668", "", "04668"),
        ("Grimma 04668", "Grimma", "04668"),
        ("Südstraße 80, 04668 Grimma", "Südstraße 80, Grimma", "04668"),
        ("046681", "046681", ""),
        ("Grimma", "Grimma", ""),
    ],
)
def test_a_postal_code_is_split_off(typed, name, code):
    result = names.read(typed)

    assert (result.name, result.code) == (name, code)


@pytest.mark.parametrize(("typed", "prefix"), [("4668", "4668"), ("046", "046"), ("O46", "046")])
def test_fewer_digits_are_the_beginning_of_a_code(typed, prefix):
    assert names.read(typed).code_prefix == prefix


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Stadt Grimma", "Grimma"),
        ("Große Kreisstadt Grimma", "Grimma"),
        ("Grimma, Stadt", "Grimma"),
        ("OT Beucha", "Beucha"),
        ("Stadtroda", ""),
        ("Grimma", ""),
    ],
)
def test_titles_are_dropped(name, bare):
    assert names.without_title(name) == bare


@pytest.mark.parametrize(
    ("name", "half"),
    [
        ("Bad Lausick OT Beucha", ("Bad Lausick", "Beucha")),
        ("Brandis-Beucha", ("Brandis", "Beucha")),
        ("Beucha (Brandis)", ("Beucha", "Brandis")),
        ("Brandis, Ortsteil Beucha", ("Brandis", "Beucha")),
        ("Brandis/Beucha", ("Brandis", "Beucha")),
    ],
)
def test_a_name_is_parted_in_halves(name, half):
    assert half in list(names.halves(name))


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Südstraße 80, Grimma", "Grimma"),
        ("Grimma, Südstraße 80 a", "Grimma"),
        ("Südstr. 80-82 Grimma", "Grimma"),
        ("Bad Lausick Am Markt 3", "Bad Lausick"),
        ("Lindenallee Borna", "Borna"),
    ],
)
def test_a_street_is_dropped(name, place):
    assert place in list(names.without_street(name))


def test_two_places_near_each_other_are_told_apart():
    assert names.near("Grimma bei Leipzig") == ("Grimma", "Leipzig")
    assert names.near("Naunhof b. Grimma") == ("Naunhof", "Grimma")
    assert names.near("Beilrode") is None
