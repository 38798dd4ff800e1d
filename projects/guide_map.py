"""The guide as a map: how many offers there are in each town of a district."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contacts.gazetteer import Gazetteer
from contacts.map import Geometry, Shape, on_grid
from contacts.places import Place
from projects.guide import OfferView

CLASSES = 4  # of numbers on the map, each a quarter of the highest


@dataclass(frozen=True)
class OfferTown:
    """A town and how many offers it has; `level` is 0 for none, up to `CLASSES` for the most.

    `shape` and the point of its number (`x`, `y`, on the grid of `contacts.map`) are missing where
    no outline is known.
    """

    place: Place
    number: int
    level: int
    shape: Shape | None
    x: int
    y: int


@dataclass(frozen=True)
class OfferMap:
    """A district by its towns, in the order of the alphabet; `text` is the size of a number."""

    district: Place
    towns: tuple[OfferTown, ...]
    everywhere: int
    view_box: str
    width: int
    height: int
    text: int

    @property
    def drawn(self) -> list[OfferTown]:
        return [town for town in self.towns if town.shape]


def districts_of(offers: Iterable[OfferView]) -> list[Place]:
    """The districts with offers, the one with most of them first."""
    numbers: dict[Place, int] = {}
    for offer in offers:
        numbers[offer.place.district] = numbers.get(offer.place.district, 0) + 1
    return sorted(numbers, key=lambda district: (-numbers[district], district.sort_key))


def draw(
    offers: Iterable[OfferView], district: Place, *, gazetteer: Gazetteer, geometry: Geometry
) -> OfferMap:
    """Count `offers` by the towns of `district`; a part of a town counts for the town."""
    numbers: dict[Place | None, int] = {}
    for offer in offers:
        if offer.place.district is district:
            town = offer.place.municipality
            numbers[town] = numbers.get(town, 0) + 1
    highest = max((n for town, n in numbers.items() if town), default=0)
    places = sorted(gazetteer.municipalities_of(district), key=lambda place: place.sort_key)
    towns = tuple(_town(place, numbers, highest, geometry.shapes) for place in places)
    return OfferMap(district, towns, numbers.get(None, 0), *_frame(towns))


def _town(
    place: Place, numbers: Mapping[Place | None, int], highest: int, shapes: Mapping[int, Shape]
) -> OfferTown:
    number, shape = numbers.get(place, 0), shapes.get(place.id)
    level = 0 if not number else -(-number * CLASSES // highest)
    x, y = ((shape.west + shape.east) // 2, (shape.north + shape.south) // 2) if shape else (0, 0)
    if place.label_point:
        x, y = on_grid(*place.label_point)
    return OfferTown(place, number, level, shape, x, y)


def _frame(towns: Iterable[OfferTown]) -> tuple[str, int, int, int]:
    """The box around all shapes: for the drawing, its width and height, and the size of text."""
    shapes = [town.shape for town in towns if town.shape]
    if not shapes:
        return "0 0 0 0", 0, 0, 0
    west, north = min(s.west for s in shapes), min(s.north for s in shapes)
    width = max(s.east for s in shapes) - west
    height = max(s.south for s in shapes) - north
    margin = max(width, height) // 60
    box = (west - margin, north - margin, width + 2 * margin, height + 2 * margin)
    return " ".join(map(str, box)), box[2], box[3], max(width, height) // 24
