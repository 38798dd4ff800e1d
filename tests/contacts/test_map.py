"""The drawing of responsibilities."""

import datetime as dt
import re

import pytest

from contacts.map import NOBODY, draw, geometries, shape
from contacts.resolver import resolve
from contacts.snapshot import latest
from portal import data_version
from tests import factories
from tests.contacts.county import BESIDE, SQUARE, county

ON = dt.date(2026, 11, 23)


@pytest.fixture
def here(db):
    return county()


def drawing(*slugs: str, here: str = ""):
    snapshot = latest()
    towns = [snapshot.gazetteer.municipality_by_slug[slug] for slug in slugs]
    answers = [resolve(town, on=ON, snapshot=snapshot) for town in towns]
    chosen = tuple(town for town in towns if town.slug == here)
    return draw(answers, geometries.at(data_version.read()), here=chosen)


def test_a_boundary_is_drawn_in_whole_numbers_and_closed():
    drawn = shape(SQUARE)

    assert re.fullmatch(r"M-?\d+ -?\d+l( ?-?\d+)+z", drawn.path)
    assert drawn.east > drawn.west
    assert drawn.south > drawn.north


def test_neighbours_share_their_border_on_the_grid():
    assert shape(SQUARE).east == shape(BESIDE).west


def test_a_hole_and_an_island_are_rings_of_their_own():
    islands = {"type": "MultiPolygon", "coordinates": [c["coordinates"] for c in (SQUARE, BESIDE)]}

    assert shape(islands).path.count("M") == 2


def test_towns_with_the_same_answer_share_a_fill_and_others_do_not(here):
    drawn = drawing("grimma", "borna")

    assert len({town.fill for town in drawn.towns}) == 2
    assert {entry.letter for entry in drawn.legend} == {"A", "B"}


def test_where_no_agency_is_at_work_the_map_is_grey(here):
    outside = factories.municipality("Taucha", factories.district("Landkreis Nordsachsen"))
    outside.boundary, outside.label_point = BESIDE, [12.85, 51.25]
    outside.save()

    drawn = drawing("grimma", "taucha")

    fills = {town.place.name: town.fill for town in drawn.towns}
    assert fills["Taucha"] == NOBODY
    assert fills["Grimma"] == 1


def test_the_place_one_looks_at_is_drawn_last_so_that_its_line_is_whole(here):
    drawn = drawing("grimma", "borna", here="borna")

    assert [town.is_here for town in drawn.towns] == [True]


def test_without_boundaries_there_is_no_map(here):
    factories.municipality("Colditz", here.district)

    assert drawing("colditz") is None
