"""The loaders: idempotent, all or nothing, never over somebody's edit."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from contacts.models import Area, LoadRecord, PlaceName
from portal import data_version

pytestmark = pytest.mark.django_db

DATA = settings.BASE_DIR / "data"
COUNTY = DATA / "offices" / "landkreis-leipzig"


def run(*command) -> str:
    output = io.StringIO()
    call_command(*command, stdout=output)
    return output.getvalue()


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """The files of two towns with one part each, small enough to be changed by a test."""
    folder = tmp_path / "places"
    folder.mkdir()
    files = {
        "sources.toml": '[[source]]\nkey = "s"\ntitle = "Quelle"\n'
        'licence = "CC0"\nattribution = "Wir"\n',
        "districts.csv": "ags,name,state,short_names\n14729,Landkreis Muster,Sachsen,LK Muster\n",
        "municipalities.csv": (
            "ags,name,kind,district_ags,latitude,longitude,postal_codes\n"
            "14729010,Aheim,Stadt,14729,51.1,12.6,04651\n"
            "14729020,Bheim,Gemeinde,14729,51.2,12.5,04651 04683\n"
        ),
        "neighbours.csv": "ags,name,kind,district_ags\n",
        "places.csv": (
            "municipality_ags,name,kind,postal_code,alias_of,source\n"
            "14729010,Dorf,ortsteil,04651,,known\n"
            "14729020,Weiler,former_municipality,,,known\n"
            "14729020,Weilerchen,alias,,Weiler,known\n"
        ),
        "quarters.csv": "municipality_ags,name,members,source\n",
        "foreign_names.csv": "ags,language,name,source,date\n14729010,ru,Ахайм,known,2026-01-01\n",
        "withdrawn_codes.csv": "postal_code,municipality_ags,place,successor,source\n",
        "boundaries.geojson": '{"type": "FeatureCollection", "features": []}',
        "doubts.csv": "subject,field,value_used,other_value,source,date,note\n",
    }
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_places_are_loaded_and_a_second_run_changes_nothing(places):
    first, second = run("load_places", places), run("load_places", places)

    assert Area.objects.count() == 5
    assert "parts of towns: 2" in first
    assert "0 created, 0 updated" in second


def test_a_second_run_does_not_raise_the_version(places):
    run("load_places", places)
    before = Area.objects.get(key="14729010").pk
    LoadRecord.objects.update(dataset="places")
    numbers = data_version.read().numbers

    run("load_places", places)

    assert data_version.read().numbers == numbers
    assert Area.objects.get(key="14729010").pk == before


def test_a_changed_file_updates_what_nobody_has_edited(places):
    run("load_places", places)
    replace(places / "municipalities.csv", "Aheim,Stadt", "Aheim,Große Kreisstadt")

    output = run("load_places", places)

    assert "1 updated" in output
    assert Area.objects.get(key="14729010").official_kind == "Große Kreisstadt"


def test_an_edited_row_is_left_alone_and_listed(places):
    run("load_places", places)
    Area.objects.filter(key="14729010").update(official_kind="Kurort")
    replace(places / "municipalities.csv", "Aheim,Stadt", "Aheim,Große Kreisstadt")

    output = run("load_places", places)

    assert Area.objects.get(key="14729010").official_kind == "Kurort"
    assert "edited here, not updated: municipality 14729010" in output


def test_what_is_missing_is_created_and_nothing_is_deleted(places):
    run("load_places", places)
    PlaceName.objects.get(text="Weilerchen").delete()
    replace(places / "places.csv", "14729010,Dorf,ortsteil,04651,,known\n", "")

    output = run("load_places", places)

    assert PlaceName.objects.filter(text="Weilerchen").exists()
    assert Area.objects.filter(key="14729010-dorf").exists()
    assert "no longer in the files, kept: locality 14729010-dorf" in output


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("municipalities.csv", "14729020,Bheim", "1472902,Bheim", "municipalities.csv, line 3"),
        ("municipalities.csv", "51.2", "north", "line 3: latitude: “north” is not a number"),
        ("municipalities.csv", ",04651 04683", ",04651 468", "“468” is not a postal code"),
        ("places.csv", ",,Weiler,known", ",,,known", "line 4: the alias “Weilerchen” does not say"),
        ("places.csv", "Dorf,ortsteil", "Dorf,hamlet", "line 2: kind: “hamlet” is none of"),
        ("places.csv", "Dorf,ortsteil,04651,,known", "Dorf,ortsteil", "line 2: 3 cells instead"),
        ("places.csv", "municipality_ags,name", "municipality,name", "line 1: the columns have"),
        ("foreign_names.csv", "2026-01-01", "yesterday", "line 2: date: “yesterday” is not a date"),
        ("foreign_names.csv", "14729010", "99999999", "line 2: ags: there is no municipality"),
        ("boundaries.geojson", '"features"', '"nothing"', "boundaries.geojson"),
        ("sources.toml", "[[source]]", "[[source]", "sources.toml"),
    ],
)
def test_a_bad_file_names_its_line_and_changes_nothing(places, name, old, new, complaint):
    replace(places / name, old, new)

    with pytest.raises(CommandError) as error:
        run("load_places", places)

    assert complaint in str(error.value)
    assert not Area.objects.exists()
    assert not LoadRecord.objects.exists()


def test_a_file_that_is_not_utf8_names_its_line(places):
    path = places / "neighbours.csv"
    path.write_bytes(b"ags,name,kind,district_ags\n14730010,D\xf6beln,Stadt,14729\n")

    with pytest.raises(CommandError, match=r"neighbours.csv, line 2: not UTF-8"):
        run("load_places", places)


def test_a_row_that_the_database_refuses_is_named(places):
    replace(places / "municipalities.csv", "51.2", "512")

    with pytest.raises(CommandError, match="line 3: the database refuses"):
        run("load_places", places)

    assert not Area.objects.exists()
