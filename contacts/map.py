"""The map of responsibilities as a drawing: shapes, fills and letters; the template writes the SVG.

All areas share one flat projection (equirectangular, true to scale at 51.2° north) on a grid of
whole numbers, 3,000 to a degree of latitude, about 37 m. Borders that two towns share stay shared,
and a map of any part is only another `viewBox`.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from contacts.models import Area
from contacts.places import Place
from contacts.resolver import Outcome, Resolution
from portal.data_version import PerVersion, Versions

UNITS = 3000
_SHRINK = math.cos(math.radians(51.2))
FILLS = 8  # so many fills have a colour and a pattern of their own; then they begin again
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
    """`width` and `height` are in units of the grid; `text` is the size of a label in them."""

    towns: tuple[Town, ...]
    legend: tuple[Entry, ...]
    west: int
    north: int
    width: int
    height: int
    text: int

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
    resolutions: Iterable[Resolution], geometry: Geometry, *, here: Place | None = None
) -> Map | None:
    """Draw the municipalities of `resolutions` that have a boundary, or nothing.

    Towns with equal answers share fill and letter; the answer with most towns comes first. With
    `here` the map shows that town and its neighbours, named, whatever else is drawn.
    """
    drawn = [r for r in resolutions if r.place.id in geometry.shapes]
    if not drawn:
        return None
    groups: dict[tuple, list[Resolution]] = {}
    for resolution in drawn:
        groups.setdefault(resolution.equal_part, []).append(resolution)
    ordered = sorted(groups.values(), key=lambda group: (_answers_late(group[0]), -len(group)))
    legend = tuple(
        Entry(
            number % FILLS + 1,
            chr(ord("A") + number % 26),
            group[0],
            tuple(sorted((r.place for r in group), key=lambda place: place.sort_key)),
        )
        for number, group in enumerate(ordered)
    )
    named = here is not None or len(drawn) <= NAMED_UP_TO
    labels = _named if named else _lettered if len(legend) > 1 else _unlabelled
    towns = [
        _town(resolution, entry, geometry, label=labels(resolution.place, entry), here=here)
        for entry, group in zip(legend, ordered, strict=True)
        for resolution in group
    ]
    towns.sort(key=lambda town: (town.is_here, town.place.sort_key))  # the heavy line on top
    return _framed(towns, legend)


def _named(place: Place, _entry: Entry) -> str:
    return place.name


def _unlabelled(_place: Place, _entry: Entry) -> str:
    return ""


def _lettered(_place: Place, entry: Entry) -> str:
    return entry.letter


def _answers_late(resolution: Resolution) -> bool:
    """Whether nobody answers: such areas stand at the end of the legend."""
    return resolution.outcome is not Outcome.EXACT


def _town(
    resolution: Resolution, entry: Entry, geometry: Geometry, *, label: str, here: Place | None
) -> Town:
    place = resolution.place
    own = geometry.shapes[place.id]
    x, y = (own.west + own.east) // 2, (own.north + own.south) // 2
    if place.label_point:
        x, y = on_grid(*place.label_point)
    return Town(place, resolution, own, entry.fill, label, x, y, is_here=place is here)


def _framed(towns: list[Town], legend: tuple[Entry, ...]) -> Map:
    west = min(town.shape.west for town in towns)
    north = min(town.shape.north for town in towns)
    width = max(town.shape.east for town in towns) - west
    height = max(town.shape.south for town in towns) - north
    margin = max(width, height) // 60
    return Map(
        towns=tuple(towns),
        legend=legend,
        west=west - margin,
        north=north - margin,
        width=width + 2 * margin,
        height=height + 2 * margin,
        text=max(width, height) // 30,
    )
