"""What the register of funded projects comes to: totals by year and town, and a map of them.

Amounts are cents. A place below a town counts for its town.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from contacts.gazetteer import Gazetteer
from contacts.map import Geometry, Shape
from contacts.places import Place

CLASSES = 4  # of amounts on the map, each a quarter of the highest


@dataclass(frozen=True)
class Total:
    """How many projects, and how much money; `key` is a year, or a town (None: unknown)."""

    key: object
    number: int
    cents: int


@dataclass(frozen=True)
class FundedTown:
    """A town on the map; `level` is 0 for nothing, up to `CLASSES` for the most money."""

    place: Place
    shape: Shape
    level: int
    total: Total | None


@dataclass(frozen=True)
class FundedMap:
    towns: tuple[FundedTown, ...]
    view_box: str
    highest: int


def by_year(rows: QuerySet) -> list[Total]:
    """The newest year first."""
    found = rows.order_by("-year").values_list("year").annotate(Count("pk"), Sum("amount_cents"))
    return [Total(*each) for each in found]


def by_town(rows: QuerySet, gazetteer: Gazetteer) -> list[Total]:
    """The town with most money first."""
    numbers: dict[Place | None, list[int]] = {}
    areas = rows.order_by().values_list("area").annotate(Count("pk"), Sum("amount_cents"))
    for area, number, cents in areas:
        town = town_of(area, gazetteer)
        total = numbers.setdefault(town, [0, 0])
        total[0] += number
        total[1] += cents
    found = [Total(town, *total) for town, total in numbers.items()]
    return sorted(found, key=lambda total: (-total.cents, str(total.key and total.key.sort_key)))


def town_of(area_id: int | None, gazetteer: Gazetteer) -> Place | None:
    """The town in which a place lies; None where it is unknown or larger than a town."""
    place = gazetteer.by_id.get(area_id)
    return place.municipality if place else None


def draw(totals: list[Total], gazetteer: Gazetteer, geometry: Geometry) -> FundedMap | None:
    """The districts of the towns that got money, each town by how much; None without any."""
    money: Mapping[Place, Total] = {total.key: total for total in totals if total.key}
    districts = {town.district for town in money}
    places = [
        place
        for district in districts
        for place in gazetteer.municipalities_of(district)
        if place.id in geometry.shapes
    ]
    if not places:
        return None
    highest = max(total.cents for total in money.values())
    towns = [
        FundedTown(
            place,
            geometry.shapes[place.id],
            level_of(money[place].cents, highest) if place in money else 0,
            money.get(place),
        )
        for place in sorted(places, key=lambda place: place.sort_key)
    ]
    west, north = min(t.shape.west for t in towns), min(t.shape.north for t in towns)
    width = max(t.shape.east for t in towns) - west
    height = max(t.shape.south for t in towns) - north
    return FundedMap(tuple(towns), f"{west} {north} {width} {height}", highest)


def level_of(cents: int, highest: int) -> int:
    """In which quarter of the highest amount `cents` lie, from 1 to `CLASSES`; 0 for nothing."""
    return 0 if cents <= 0 else min(CLASSES, cents * CLASSES // max(highest, 1) + 1)
