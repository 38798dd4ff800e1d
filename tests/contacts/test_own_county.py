"""A county of one's own from a folder of files: beside the bundled places, or instead of them."""

import io
import json
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from contacts.models import Agency, Area, LoadRecord, PlaceName, Source
from contacts.outlines import label_point

pytestmark = pytest.mark.django_db

TOWNS = "municipalities.csv"
TEMPLATE = settings.BASE_DIR / "data" / "template"
MUNICIPALITIES = """\
# what a spreadsheet exports
ags;name;kind;district;state;latitude;longitude;postal_codes
14730310;Torgau;Stadt;Landkreis Nordsachsen;Sachsen;51.5602;12.9962;04860 04861
14730210;Naundorf;Gemeinde;;;;;04769
14730070;Delitzsch;Stadt;;;51.5255;12.3428;04509
14730100;Dreiheide;Gemeinde;;;;;04860
"""
PLACES = """\
municipality_ags,name,kind,postal_code,alias_of
14730310,Graditz,ortsteil,04860,
14730310,Pflückuff,former_municipality,,
14730100,Süptitz,,04860,
14730100,Sueptitz,ortsteil,,
14730070,Loberstadt,alias,,Delitzsch
"""
SOURCES = """\
[[source]]
key = "own"
title = "Orte"
licence = "Eigene Angaben"
attribution = "Orte: Landkreis Nordsachsen"
"""


def run(*command, **options) -> str:
    output = io.StringIO()
    call_command(*command, stdout=output, **options)
    return output.getvalue()


def refusal(*command) -> str:
    with pytest.raises(CommandError) as refused:
        run(*command)
    return str(refused.value)


def answer(text: str) -> str:
    return run("look_up", text)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "nordsachsen"
    folder.mkdir()
    (folder / "municipalities.csv").write_text("\ufeff" + MUNICIPALITIES, encoding="utf-8")
    (folder / "places.csv").write_text(PLACES, encoding="utf-8")
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return folder


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The template with its examples taken as they are, and the obvious filled in."""
    folder = tmp_path / "offices" / "landkreis-nordsachsen"
    shutil.copytree(TEMPLATE / "office", folder)
    for path in folder.glob("*.csv"):
        path.write_text(re.sub(r"(?m)^#(?! )", "", path.read_text(encoding="utf-8")), "utf-8")
    rules = folder / "responsibilities.csv"
    kept = [x for x in rules.read_text("utf-8").splitlines() if "oschatz" not in x]
    rules.write_text("\n".join(x for x in kept if "eilenburg" not in x), "utf-8")
    fill(
        folder / "agency.toml",
        ('key = ""', 'key = "landkreis-nordsachsen"'),
        ('name = { de = ""', 'name = { de = "Koordinierungsstelle"'),
        ("districts = []", 'districts = ["14730"]'),
        ('email = ""', 'email = "integration@lkns.example"'),
        ('state = ""', 'state = "sachsen"'),
    )
    return folder


def fill(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def bundled(django_db_setup, django_db_blocker):
    """All bundled places; taken away again, since no test's transaction does it."""
    with django_db_blocker.unblock():
        run("load_places", verbosity=0)
        yield
        for model in (LoadRecord, PlaceName, Area.neighbours.through, Area.postal_codes.through):
            model._base_manager.all().delete()
        call_command("flush", interactive=False, verbosity=0)


def test_three_files_are_a_county(own):
    said = run("load_places", own)

    assert "places:nordsachsen: " in said
    torgau = Area.objects.get(key="14730310")
    assert (torgau.slug, str(torgau.parent), torgau.parent.state) == (
        "torgau", "Landkreis Nordsachsen", "Sachsen",
    )  # fmt: skip
    assert Area.objects.get(key="14730210").latitude is None
    assert Area.objects.filter(key="14730100-sueptitz").count() == 1
    again = run("load_places", own)
    assert "0 created, 0 updated" in again
    assert "0 edited here and left alone, 0 no longer" in again


def test_the_template_filled_in_answers_for_each_place(own, office):
    run("load_places", own)
    run("load_offices", office.parent)

    assert "Anna Muster" in answer("Torgau")
    assert "Anna Muster" in answer("Pflückuff")
    assert "Boris Beispiel" in answer("04509")
    assert "Boris Beispiel" in answer("Loberstadt")
    assert answer("04860").startswith("choose: ")  # Torgau has somebody, Dreiheide nobody
    assert answer("Sueptitz").startswith("unassigned: S")
    assert answer("Hintertupfingen").startswith("none")
    assert "Orte: Landkreis Nordsachsen" in seen("/de/daten/")
    hint = seen("/de/").partition('id="ort-hint">')[2].partition("<")[0]
    assert all(example in hint for example in ("Torgau", "Süptitz", "04860"))


def seen(path: str) -> str:
    answered = Client().get(path)
    assert answered.status_code == 200, path
    return answered.content.decode()


def test_without_outlines_there_is_no_map_and_all_else_works(own, office):
    run("load_places", own)
    run("load_offices", office.parent)

    assert "Anna Muster" in seen("/de/zustaendig/?ort=Torgau")
    for path in (
        "/de/",
        Area.objects.get(key="14730310").get_absolute_url(),
        Area.objects.get(key="14730310-graditz").get_absolute_url(),
        Area.objects.get(key="14730").get_absolute_url(),
        Agency.objects.get().get_absolute_url(),
    ):
        assert 'class="map"' not in seen(path)


def test_outlines_say_who_lies_beside_whom(own):
    square = [[12.9, 51.5], [13.0, 51.5], [13.0, 51.6], [12.9, 51.6], [12.9, 51.5]]
    beside = [[x - 0.1, y] for x, y in square]
    far = [[x - 0.5, y] for x, y in square]
    elsewhere = [[x, y + 0.1] for x, y in square]
    keys = {"14730310": square, "14730100": beside, "14730070": far, "15091375": elsewhere}
    features = [
        {"type": "Feature", "properties": {"AGS": key, "GEN": "x"},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for key, ring in keys.items()
    ]  # fmt: skip
    path = own / "boundaries.geojson"
    path.write_text(json.dumps({"features": features}), encoding="utf-8")
    run("load_places", own)

    torgau = Area.objects.get(key="14730310")
    assert [str(area) for area in torgau.neighbours.all()] == ["Dreiheide"]
    assert torgau.label_point == [12.95, pytest.approx(51.55, abs=0.06)]
    assert not Area.objects.filter(key="15091375").exists()
    assert 'class="map"' in seen(torgau.parent.get_absolute_url())

    features[0]["geometry"]["coordinates"] = [[[4567890.0, 5712345.0]] * 4]
    path.write_text(json.dumps({"features": features}), encoding="utf-8")
    assert "feature 1: 14730310 has the position 4567890.0" in refusal("load_places", own)
    features[0]["properties"] = {"AGS": "14730999"}
    features[0]["geometry"]["coordinates"] = [square]
    path.write_text(json.dumps({"features": features}), encoding="utf-8")
    assert "municipalities.csv has no 14730999" in refusal("load_places", own)


def test_the_name_of_a_bent_outline_lies_inside_it():
    bow = [[0, 0], [10, 0], [10, 10], [9, 10], [9, 1], [0, 1], [0, 0]]
    longitude, latitude = label_point([[bow]])
    assert 0 < latitude < 1
    assert 0 < longitude < 10


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        (TOWNS, "14730310;", "1473031;", "municipalities.csv, line 3: ags: “1473031” is not a key"),
        (TOWNS, ";04769", ";4769", "A spreadsheet drops the first 0"),
        (TOWNS, "kind;", "art;", "line 2: the columns have to be ags, name; there may be kind"),
        (TOWNS, "Landkreis Nordsachsen", "", "district 14730, which is not known"),
        ("places.csv", "14730070,Lo", "14730999,Lo", "line 6: municipality_ags: there is no"),
        (TOWNS, "Torgau", "Tor\0gau", "municipalities.csv, line 3: a NUL character"),
        (TOWNS, "51.5602", "NaN", "line 3: latitude: “NaN” is not a number"),
        ("sources.toml", "attribution", "named", "sources.toml: source number 1 has no attribut"),
        ("sources.toml", "[[source]]", "[source]", "begins with [[source]], in two brackets"),
    ],
)
def test_a_bad_file_names_its_line_and_what_to_do(own, name, old, new, complaint):
    fill(own / name, (old, new))
    assert complaint in refusal("load_places", own)
    assert not Area.objects.exists()


def test_a_file_that_is_missing_is_named(own):
    (own / "sources.toml").unlink()
    assert "data/template/places" in refusal("load_places", own)
    assert "There is no folder" in refusal("load_places", own / "nowhere")
    (own / "sources.toml").mkdir()
    assert "sources.toml: cannot be read (Is a directory)" in refusal("load_places", own)


@pytest.mark.parametrize(
    ("properties", "complaint"),
    [
        ('"label_point": "x"', "feature 1: "),
        ('"label_point": [51.5, 12.9]', "which is not in Germany"),
        ('"neighbours": 3', "feature 1: not an outline"),
    ],
)
def test_an_outline_that_says_nonsense_is_refused(own, properties, complaint):
    ring = "[[[12.9, 51.5], [13.0, 51.5], [13.0, 51.6], [12.9, 51.5]]]"
    (own / "boundaries.geojson").write_text(
        f'{{"features": [{{"properties": {{"ags": "14730310", {properties}}}, '
        f'"geometry": {{"type": "Polygon", "coordinates": {ring}}}}}]}}'
    )
    said = refusal("load_places", own)
    assert said.startswith("Nothing was changed. boundaries.geojson")
    assert complaint in said


@pytest.mark.parametrize(
    ("folder", "complaint"),
    [("places", "sources.toml: source number 1 has no licence"), ("office", "[agency] has no key")],
)
def test_a_template_that_nobody_has_filled_in_is_not_loaded(folder, complaint):
    command = {"places": "load_places", "office": "load_office"}[folder]
    assert complaint in refusal(command, TEMPLATE / folder)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('state = "sachsen"', 'state = "sachsen-anhalt"'), "14730 does not lie in Sachsen-Anhalt"),
        (('state = "sachsen"', 'state = "bayern"'), "state is none of sachsen, sachsen-anhalt"),
        (('email = "integration@lkns.example"', 'email = ""'), "neither phone nor email"),
        (('{ de = "Koordinierungsstelle"', '{ de = ""'), "no name in German"),
        (('key = "landkreis-nordsachsen"', "key = [1]"), "key is a text in quotation marks"),
        (('{ de = "Koordinierungsstelle", en = "" }', '"Stelle"'), "[agency] name is written {"),
    ],
)
def test_an_office_that_does_not_fit_is_refused_in_words(own, office, change, complaint):
    run("load_places", own)
    fill(office / "agency.toml", change)
    said = refusal("load_office", office)
    assert said.startswith("Nothing was changed. agency.toml: [agency] ")
    assert complaint in said


def test_an_office_can_follow_the_agency_that_setup_has_made(own, office):
    run("load_places", own)
    given = {"districts": "14730", "name": "Integration", "email": "i@lkns.example"}
    run("setup", **given, admin="it@lkns.example", may_ask=False)

    said = run("load_office", office)

    assert "edited here, not updated: agency landkreis-nordsachsen" in said
    assert str(Agency.objects.get()) == "Integration"
    assert "Anna Muster" in answer("Torgau")


def test_invented_offices_stay_out_of_production(settings):
    settings.PRODUCTION = True
    said = refusal("load_offices", settings.BASE_DIR / "data" / "offices")
    assert "These are the bundled examples: their offers and budgets are invented." in said
    assert not Agency.objects.exists()


class TestBesideTheBundledPlaces:
    """Landkreis Nordsachsen is known by the names of its municipalities."""

    @pytest.fixture(autouse=True)
    def with_bundled(self, bundled):
        pass

    def test_names_become_places_and_keep_their_keys_and_addresses(self, own):
        before = {area.key: (area.pk, area.slug) for area in Area.objects.all()}
        names = set(PlaceName.objects.values_list("pk", flat=True))
        assert before["14730210"][1].startswith("naundorf")

        said = run("load_places", own)

        assert "2 updated" in said  # those with coordinates
        torgau = Area.objects.get(key="14730310")
        assert torgau.latitude == 51.5602
        assert {code.code for code in torgau.postal_codes.all()} == {"04860", "04861"}
        after = {area.key: (area.pk, area.slug) for area in Area.objects.all()}
        assert {key: after[key] for key in before} == before
        assert names <= set(PlaceName.objects.values_list("pk", flat=True))
        assert "0 created, 0 updated" in run("load_places", own)
        # Whoever loads the bundled places again gets their own county back as it was.
        again = run("load_places")
        assert "0 created, 0 updated" in again
        assert "edited here" not in again.replace("0 edited here", "")
        assert Area.objects.get(key="14730310").latitude == 51.5602

    def test_the_neighbours_stay_known(self, own, office):
        run("load_places", own)
        run("load_offices", office.parent)

        assert "Anna Muster" in answer("Graditz")
        assert answer("Leipzig").startswith("outside: Leipzig")
        assert "Landkreis Leipzig" in answer("Grimma")
        assert "Landkreis Elbe-Elster" in answer("Herzberg/Elster")

    def test_what_somebody_has_edited_is_listed_and_kept(self, own):
        Area.objects.filter(key="14730310").update(official_kind="Kurort")

        said = run("load_places", own)

        assert "edited here, not updated: municipality 14730310" in said
        assert Area.objects.get(key="14730310").official_kind == "Kurort"

    def test_a_folder_leaves_the_rows_of_another_alone(self, own, tmp_path):
        run("load_places", own)
        state = tmp_path / "sachsen"
        shutil.copytree(own, state)
        fill(state / "municipalities.csv", ("51.5602", "51.0"), ("Naundorf;Gemeinde", "Naundorf;"))
        fill(state / "places.csv", ("14730310,Graditz,ortsteil,04860,\n", ""))

        said = run("load_places", state)

        assert "given otherwise by another folder, left alone: 2" in said
        assert "no longer in the files, kept" not in said
        assert Area.objects.get(key="14730310").latitude == 51.5602
        assert Source.objects.filter(key__in=["nordsachsen-own", "sachsen-own"]).count() == 2
        fill(own / "municipalities.csv", ("51.5602", "51.5"))
        assert "1 updated" in run("load_places", own)
        moved = own.rename(tmp_path / "moved")
        assert "0 created, 0 updated" in run("load_places", moved, name="nordsachsen")

    def test_outlines_can_follow_later(self, own):
        run("load_places", own)
        ring = [[12.9, 51.5], [13.0, 51.5], [13.0, 51.6], [12.9, 51.5]]
        feature = {
            "properties": {"ags": "14730310"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        path = own / "boundaries.geojson"
        path.write_text(json.dumps({"features": [feature]}), encoding="utf-8")

        assert "1 updated" in run("load_places", own)
        path.unlink()
        assert "0 edited here" in run("load_places", own)
        assert Area.objects.get(key="14730310").boundary["coordinates"] == [ring]
