"""The map of responsibilities as a drawing: shapes, fills and letters; the template writes the SVG.

All areas share one flat projection (equirectangular, true to scale at 51.2° north) on a grid of
whole numbers, 3,000 to a degree of latitude, about 37 m. Borders that two towns share stay shared,
and a map of any part is only another `viewBox`.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from contacts.models import Area
from contacts.places import Place
from contacts.resolver import Cause, Outcome, Resolution
from portal.data_version import PerVersion, Versions

UNITS = 3000
_SHRINK = math.cos(math.radians(51.2))
FILLS = 7  # so many fills have a colour and a pattern of their own; then they begin again
NOBODY = 8  # the grey one, for places where no agency of this portal is at work
NAMED_UP_TO = 12  # with more towns than this their names would overlap

Point = tuple[int, int]


@dataclass(frozen=True)
class Shape:
    """The outline of a municipality as SVG path data, and the box around it."""

    path: str
    west: int
    north: int
    east: int
    south: int


@dataclass(frozen=True)
class Geometry:
    shapes: Mapping[int, Shape]
    neighbours: Mapping[int, tuple[int, ...]]


def on_grid(longitude: float, latitude: float) -> Point:
    return round(longitude * _SHRINK * UNITS), round(-latitude * UNITS)


def _rings(boundary: Mapping) -> Iterator[list[Point]]:
    """The rings of a GeoJSON Polygon or MultiPolygon on the grid, without repeated points."""
    coordinates = boundary["coordinates"]
    polygons = [coordinates] if boundary["type"] == "Polygon" else coordinates
    for polygon in polygons:
        for ring in polygon:
            points = [on_grid(*position[:2]) for position in ring]
            distinct = [
                p for p, before in zip(points, [None, *points], strict=False) if p != before
            ]
            if len(distinct) > 3:
                yield distinct[:-1]


def shape(boundary: Mapping) -> Shape:
    """Draw a boundary with relative steps, which are short to write."""
    rings = list(_rings(boundary))
    parts = []
    for ring in rings:
        x, y = ring[0]
        steps = [f"M{x} {y}l"]
        for to_x, to_y in ring[1:]:
            steps.append(_step(to_x - x, to_y - y))
            x, y = to_x, to_y
        parts.append(steps[0] + "".join(steps[1:]).lstrip() + "z")
    xs = [x for ring in rings for x, _y in ring] or [0]
    ys = [y for ring in rings for _x, y in ring] or [0]
    return Shape("".join(parts), min(xs), min(ys), max(xs), max(ys))


def _step(x: int, y: int) -> str:
    """One step; a minus sign separates numbers as well as a space does."""
    return f"{x if x < 0 else f' {x}'}{y if y < 0 else f' {y}'}"


def _build(_versions: Versions) -> Geometry:
    rows = Area.objects.filter(kind=Area.Kind.MUNICIPALITY, boundary__isnull=False)
    neighbours: dict[int, list[int]] = {}
    for one, other in Area.neighbours.through.objects.values_list("from_area_id", "to_area_id"):
        neighbours.setdefault(one, []).append(other)
    return Geometry(
        {pk: shape(boundary) for pk, boundary in rows.values_list("pk", "boundary")},
        {pk: tuple(others) for pk, others in neighbours.items()},
    )


geometries = PerVersion(_build, "places")


@dataclass(frozen=True)
class Town:
    """A municipality on a map: `label` is a letter or a name, `fill` the number of its fill."""

    place: Place
    resolution: Resolution
    shape: Shape
    fill: int
    label: str
    x: int
    y: int
    is_here: bool = False


@dataclass(frozen=True)
class Entry:
    """A line of the legend: an answer and the towns that have it, in alphabetical order."""

    fill: int
    letter: str
    resolution: Resolution
    towns: tuple[Place, ...]


@dataclass(frozen=True)
class Map:
    """`width` and `height` are in units of the grid; `text` is the size of a label in them.

    A map that is not `is_whole` shows a part only, so that the numbers of its legend mean nothing.
    """

    towns: tuple[Town, ...]
    legend: tuple[Entry, ...]
    west: int
    north: int
    width: int
    height: int
    text: int
    is_whole: bool

    @property
    def view_box(self) -> str:
        return f"{self.west} {self.north} {self.width} {self.height}"

    @property
    def tile(self) -> int:
        """The size of a tile of a pattern, in units of the grid."""
        return max(self.width, self.height) // 45

    @property
    def swatch(self) -> tuple[int, int]:
        """Width and height of a piece of fill in the legend: three tiles by two."""
        return 3 * self.tile, 2 * self.tile

    @property
    def is_lettered(self) -> bool:
        """Whether the labels are letters that the legend explains."""
        return any(len(town.label) == 1 for town in self.towns)

    @property
    def fills(self) -> tuple[int, ...]:
        """The numbers of the fills in use, each once."""
        return tuple(dict.fromkeys(entry.fill for entry in self.legend))


def draw(
    resolutions: Iterable[Resolution],
    geometry: Geometry,
    *,
    here: tuple[Place, ...] = (),
    near: frozenset[int] = frozenset(),
) -> Map | None:
    """Draw the municipalities of `resolutions` that have a boundary, or nothing.

    Towns with equal answers share fill and letter; the answer with most towns comes first. With
    `here` only those towns and what is `near` them (ids) are shown, by name, in the fills that they
    have on the map of the whole.
    """
    drawn = [r for r in resolutions if r.place.id in geometry.shapes]
    if not drawn:
        return None
    shown: list[tuple[Entry, list[Resolution]]] = []
    for number, group in enumerate(_groups(drawn, (here[0] if here else drawn[0].place).district)):
        near_by = [r for r in group if not here or r.place in here or r.place.id in near]
        if near_by:
            fill = NOBODY if _is_grey(group[0]) else number % FILLS + 1
            letter = chr(ord("A") + number % 26)
            towns = tuple(r.place for r in near_by)
            shown.append((Entry(fill, letter, near_by[0], towns), near_by))
    legend = tuple(entry for entry, _group in shown)
    named = bool(here) or len(drawn) <= NAMED_UP_TO
    labels = _named if named else _lettered if len(legend) > 1 else _unlabelled
    towns = [
        _town(resolution, entry, geometry, label=labels(resolution.place, entry), here=here)
        for entry, group in shown
        for resolution in group
    ]
    towns.sort(key=lambda town: (town.is_here, town.place.sort_key))  # the heavy line on top
    return _framed(towns, legend, named=named, whole=not here)


def _is_grey(resolution: Resolution) -> bool:
    """Whether no agency is at work there: such areas stand at the end of the legend."""
    return resolution.outcome is Outcome.OUTSIDE or resolution.cause is Cause.AGENCY_FINISHED


def _groups(drawn: list[Resolution], district: Place) -> list[list[Resolution]]:
    """Towns with equal answers together: first those of `district`, the largest group in front."""
    groups: dict[tuple, list[Resolution]] = {}
    for resolution in drawn:
        groups.setdefault(resolution.equal_part, []).append(resolution)

    def position(group: list[Resolution]) -> tuple:
        return _is_grey(group[0]), group[0].place.district is not district, -len(group)

    return sorted(groups.values(), key=position)


def _named(place: Place, _entry: Entry) -> str:
    return place.name


def _unlabelled(_place: Place, _entry: Entry) -> str:
    return ""


def _lettered(_place: Place, entry: Entry) -> str:
    return entry.letter


def _town(
    resolution: Resolution, entry: Entry, geometry: Geometry, *, label: str, here: tuple[Place, ...]
) -> Town:
    place = resolution.place
    own = geometry.shapes[place.id]
    x, y = (own.west + own.east) // 2, (own.north + own.south) // 2
    if place.label_point:
        x, y = on_grid(*place.label_point)
    return Town(place, resolution, own, entry.fill, label, x, y, is_here=place in here)


def _framed(towns: list[Town], legend: tuple[Entry, ...], *, named: bool, whole: bool) -> Map:
    west = min(town.shape.west for town in towns)
    north = min(town.shape.north for town in towns)
    width = max(town.shape.east for town in towns) - west
    height = max(town.shape.south for town in towns) - north
    margin = max(width, height) // 60
    text = max(width, height) // (28 if named else 22)
    return Map(
        towns=tuple(_apart(towns, text) if named else towns),
        legend=legend,
        west=west - margin,
        north=north - margin,
        width=width + 2 * margin,
        height=height + 2 * margin,
        text=text,
        is_whole=whole,
    )


def _apart(towns: list[Town], text: int) -> list[Town]:
    """The towns in the same order, with names that would overlap moved below one another."""
    lowered: dict[int, Town] = {}
    for town in sorted(towns, key=lambda town: town.y):
        for other in lowered.values():
            reach = (len(town.label) + len(other.label)) * text * 0.29
            if abs(town.x - other.x) < reach and abs(town.y - other.y) < text:
                town = replace(town, y=other.y + round(text * 1.15))
        lowered[town.place.id] = town
    return [lowered[town.place.id] for town in towns]
