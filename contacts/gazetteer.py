"""All places of one version, with the index of their names: read once, shared by all threads."""

from collections.abc import Mapping
from dataclasses import dataclass

from contacts.index import Name, PlaceIndex, PostalCodeEntry
from contacts.models import Area, PlaceName, PostalCode, Source
from contacts.places import Place
from portal.data_version import PerVersion, Versions


@dataclass(frozen=True)
class Gazetteer:
    """All places of one version, with the index of their names."""

    by_id: Mapping[int, Place]
    children: Mapping[int, tuple[Place, ...]]
    municipality_by_slug: Mapping[str, Place]
    district_by_slug: Mapping[str, Place]
    moved: Mapping[str, Place]
    index: PlaceIndex
    sources: tuple[Source, ...]

    def part(self, municipality: Place, slug: str) -> Place | None:
        """The quarter or locality of `municipality` with this slug, however deep it lies."""
        return next((p for p in self.parts_of(municipality) if p.slug == slug), None)

    def parts_of(self, place: Place) -> tuple[Place, ...]:
        """Everything that belongs to `place`, in the order of the alphabet."""
        below = [
            part
            for child in self.children.get(place.id, ())
            for part in (child, *self.parts_of(child))
        ]
        return tuple(sorted(below, key=lambda part: part.sort_key))

    def municipalities_of(self, district: Place) -> tuple[Place, ...]:
        return tuple(p for p in self.children.get(district.id, ()) if p.is_municipality)

    def examples_in(self, district: int) -> tuple[str, str, str] | None:
        """A town, a part of another one and a postal code, where the district (id) has them all.

        The town with most parts stands for the others.
        """
        towns = self.municipalities_of(self.by_id[district]) if district in self.by_id else ()
        towns = sorted(towns, key=lambda town: len(self.children.get(town.id, ())), reverse=True)
        coded = [town for town in towns if town.own_codes]
        parts = [part for town in towns[1:] for part in self.children.get(town.id, ())]
        return (coded[0].name, parts[0].name, coded[0].own_codes[0]) if coded and parts else None


def _build(_versions: Versions) -> Gazetteer:
    codes_of: dict[int, list[str]] = {}
    areas_of: dict[str, list[int]] = {}
    for area_id, code in Area.postal_codes.through.objects.order_by("postalcode__code").values_list(
        "area_id", "postalcode__code"
    ):
        codes_of.setdefault(area_id, []).append(code)
        areas_of.setdefault(code, []).append(area_id)
    successors = dict(
        PostalCode.objects.filter(successor__isnull=False).values_list("code", "successor__code")
    )

    by_id: dict[int, Place] = {}
    children: dict[int, list[Place]] = {}
    ended: list[tuple[str, int]] = []
    for row in _areas_from_the_top():
        if row["valid_until"] is not None:
            ended.append((row["slug"], row["successor_id"]))
            continue
        place = Place(
            id=row["id"],
            key=row["key"],
            kind=row["kind"],
            name=row["name"],
            slug=row["slug"],
            parent=by_id.get(row["parent_id"]),
            official_kind=row["official_kind"],
            state=row["state"],
            is_former_municipality=row["is_former_municipality"],
            own_codes=tuple(c for c in codes_of.get(row["id"], ()) if c not in successors),
            point=None if row["longitude"] is None else (row["longitude"], row["latitude"]),
            label_point=tuple(row["label_point"]) if row["label_point"] else None,
            has_boundary=row["label_point"] is not None,
        )
        by_id[place.id] = place
        if place.parent:
            children.setdefault(place.parent.id, []).append(place)
    moved = {slug: by_id[successor] for slug, successor in ended if successor in by_id}

    entries = {
        code: PostalCodeEntry(
            code,
            tuple(by_id[area] for area in areas if area in by_id),
            successors.get(code, ""),
        )
        for code, areas in areas_of.items()
    }
    rows = PlaceName.objects.values_list("key1", "key2", "text", "kind", "area_id", "language")
    index = PlaceIndex(
        [
            (key1, key2, Name(text, kind, by_id[area_id], language))
            for key1, key2, text, kind, area_id, language in rows
            if area_id in by_id
        ],
        entries,
        _borders(by_id),
    )
    return Gazetteer(
        by_id=by_id,
        children={
            parent: tuple(sorted(below, key=lambda place: place.sort_key))
            for parent, below in children.items()
        },
        municipality_by_slug={p.slug: p for p in by_id.values() if p.is_municipality},
        district_by_slug={p.slug: p for p in by_id.values() if p.is_district},
        moved=moved,
        index=index,
        sources=tuple(Source.objects.all()),
    )


def _borders(by_id: Mapping[int, Place]) -> dict[int, frozenset[int]]:
    """By district: its municipalities' neighbours, inside and outside of it."""
    borders: dict[int, set[int]] = {}
    pairs = Area.neighbours.through.objects.values_list("from_area_id", "to_area_id")
    for one, other in pairs:
        if one in by_id:
            borders.setdefault(by_id[one].district.id, set()).add(other)
    return {district: frozenset(touching) for district, touching in borders.items()}


def _areas_from_the_top() -> list[dict]:
    """Every area as a row, parents before their children, without the boundaries."""
    rows = Area.objects.values(
        "id", "key", "kind", "name", "slug", "parent_id", "official_kind", "state",
        "is_former_municipality", "latitude", "longitude", "label_point", "valid_until",
        "successor_id",
    ).order_by("pk")  # fmt: skip
    ranks = Area.Kind.values
    return sorted(rows, key=lambda row: ranks.index(row["kind"]))


gazetteers = PerVersion(_build, "places")
