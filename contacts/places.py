"""A place as the public pages show it: the row of an `Area`, joined with what it is part of."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from contacts.models import Area
from contacts.names import search_keys

_DEPTH = {kind: depth for depth, kind in enumerate(Area.Kind.values)}


@dataclass(frozen=True, eq=False)
class Place:
    """An `Area` with its parent; the same object wherever it is named.

    `point` and `label_point` are (longitude, latitude) in degrees (WGS 84), or None. `own_codes`
    are the postal codes recorded for the place itself; a part of a town may have none.
    """

    id: int
    key: str
    kind: str
    name: str
    slug: str
    parent: "Place | None"
    official_kind: str = ""
    state: str = ""
    is_former_municipality: bool = False
    own_codes: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    label_point: tuple[float, float] | None = None
    has_boundary: bool = False

    @property
    def is_district(self) -> bool:
        return self.kind == Area.Kind.DISTRICT

    @property
    def is_municipality(self) -> bool:
        return self.kind == Area.Kind.MUNICIPALITY

    @property
    def is_quarter(self) -> bool:
        return self.kind == Area.Kind.QUARTER

    @property
    def is_part(self) -> bool:
        return self.kind in (Area.Kind.QUARTER, Area.Kind.LOCALITY)

    @property
    def depth(self) -> int:
        """0 for a district, 1 for a municipality, 2 for a quarter, 3 for a locality."""
        return _DEPTH[self.kind]

    @cached_property
    def sort_key(self) -> str:
        return search_keys(self.name)[1]

    @cached_property
    def rank(self) -> tuple[int, str, str]:
        """Where it stands in a list: larger kinds first, then by its name and that of its town."""
        town = self.municipality
        return (self.depth, self.sort_key, town.sort_key if town else "")

    @cached_property
    def ladder(self) -> tuple["Place", ...]:
        """The place and what it is part of, upwards to the district."""
        return (self, *(self.parent.ladder if self.parent else ()))

    @cached_property
    def municipality(self) -> "Place | None":
        return next((place for place in self.ladder if place.is_municipality), None)

    @property
    def district(self) -> "Place":
        return self.ladder[-1]

    @property
    def is_city_of_its_own(self) -> bool:
        """A city that is a district by itself ("kreisfreie Stadt")."""
        town = self.municipality
        return town is not None and town.official_kind in ("Kreisfreie Stadt", "Stadtkreis")

    @cached_property
    def known_codes(self) -> tuple[str, ...]:
        """The postal codes of the place, else those of the town it is a part of."""
        if self.own_codes or self.parent is None or self.parent.is_district:
            return self.own_codes
        return self.parent.known_codes

    @property
    def unambiguous_name(self) -> str:
        """What to type into a look-up so that this place is found, and no other of its name."""
        if self.is_part:
            return f"{self.name} ({self.municipality.name})"
        return " ".join((*self.own_codes[:1], self.name))

    def get_absolute_url(self) -> str:
        if self.is_district:
            return reverse("contacts:district_map", args=[self.slug])
        if self.is_municipality:
            return reverse("contacts:municipality", args=[self.slug])
        return reverse("contacts:locality", args=[self.municipality.slug, self.slug])

    def __str__(self) -> str:
        return self.name
