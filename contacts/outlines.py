"""Outlines of municipalities from a GeoJSON file: what is not given there is worked out here.

Coordinates are longitude and latitude (WGS 84) and are rounded to four decimals, about ten metres.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from contacts.loadable import BadFileError

DECIMALS = 4
GERMANY = (5, 47, 16, 56)  # west, south, east, north, in whole degrees
SLICES = 24  # how many lines through an area are tried for the place of its name

Ring = list[list[float]]
Polygon = list[Ring]


@dataclass
class Outline:
    """What a file says of one municipality; a `label_point` or `neighbours` that it lacks is None.

    Several features of one municipality are its parts.
    """

    polygons: list[Polygon] = field(default_factory=list)
    label_point: list[float] | None = None
    neighbours: set[str] | None = None

    @property
    def geometry(self) -> dict[str, Any]:
        if len(self.polygons) == 1:
            return {"type": "Polygon", "coordinates": self.polygons[0]}
        return {"type": "MultiPolygon", "coordinates": self.polygons}


def read_outlines(path: Path) -> dict[str, Outline]:
    """By the key of the municipality (AGS), complete; raises BadFileError."""
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise BadFileError(path, line, f"not GeoJSON ({error}).") from error
    if not isinstance(features, list):
        raise BadFileError(path, None, "not GeoJSON: its features are no list.")
    outlines: dict[str, Outline] = defaultdict(Outline)
    for number, feature in enumerate(features, start=1):
        try:
            _take(outlines, feature)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            problem = str(error) if type(error) is ValueError else "not an outline."
            raise BadFileError(path, None, f"feature {number}: {problem}") from error
    touching = _touching(outlines)
    for key, outline in outlines.items():
        if not any(_sides(outline.polygons)):
            raise BadFileError(path, None, f"the outline of {key} encloses nothing.")
        if outline.label_point is None:
            outline.label_point = label_point(outline.polygons)
        if outline.neighbours is None:
            outline.neighbours = touching[key]
    return dict(outlines)


def _take(outlines: dict[str, Outline], feature: dict) -> None:
    properties = {name.lower(): value for name, value in feature["properties"].items()}
    key = str(properties.get("ags") or "")
    if not (len(key) == 8 and key.isascii() and key.isdigit()):
        raise ValueError(f"its property ags, “{key}”, is not a key of eight digits.")
    geometry = feature["geometry"]
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"{key} is a {geometry['type']}, not a Polygon or MultiPolygon.")
    parts = geometry["coordinates"]
    outline = outlines[key]
    for polygon in [parts] if geometry["type"] == "Polygon" else parts:
        outline.polygons.append([[_position(key, p) for p in ring] for ring in polygon])
    if properties.get("label_point"):
        outline.label_point = _position(key, properties["label_point"])
    if properties.get("neighbours") is not None:
        named = {str(neighbour) for neighbour in properties["neighbours"]}
        outline.neighbours = (outline.neighbours or set()) | named


def _position(key: str, position: list[float]) -> list[float]:
    longitude, latitude = position[:2]
    west, south, east, north = GERMANY
    if not (west <= longitude <= east and south <= latitude <= north):
        raise ValueError(
            f"{key} has the position {longitude}, {latitude}, which is not in Germany. Give "
            "degrees, longitude first: WGS 84, EPSG:4326."
        )
    return [round(longitude, DECIMALS), round(latitude, DECIMALS)]


def _touching(outlines: dict[str, Outline]) -> dict[str, set[str]]:
    """Which municipalities share a piece of their border, not just a corner."""
    sides: dict[tuple, set[str]] = defaultdict(set)
    for key, outline in outlines.items():
        for one, other in _sides(outline.polygons):
            sides[min(one, other), max(one, other)].add(key)
    touching: dict[str, set[str]] = defaultdict(set)
    for keys in sides.values():
        for key in keys:
            touching[key] |= keys - {key}
    return touching


def _sides(polygons: list[Polygon]) -> Iterator[tuple[tuple, tuple]]:
    for polygon in polygons:
        for ring in polygon:
            points = [tuple(point) for point in ring]
            for one, other in pairwise(points):
                if one != other:
                    yield one, other


def label_point(polygons: list[Polygon]) -> list[float]:
    """The middle of the widest stretch from west to east: there a name has most room."""
    sides = list(_sides(polygons))
    latitudes = [latitude for side in sides for _longitude, latitude in side]
    south, north = min(latitudes), max(latitudes)
    widest = (-1.0, 0.0, 0.0)
    for number in range(1, SLICES):
        y = south + (north - south) * (number + 0.01) / SLICES  # off the corners
        crossings = sorted(
            x0 + (y - y0) * (x1 - x0) / (y1 - y0)
            for (x0, y0), (x1, y1) in sides
            if (y0 > y) != (y1 > y)
        )
        for west, east in zip(crossings[::2], crossings[1::2], strict=False):
            widest = max(widest, (east - west, (west + east) / 2, y))
    return [round(widest[1], DECIMALS), round(widest[2], DECIMALS)]
