"""Which place a row means: by its official key, else by its exact name, else nobody guesses."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from contacts.models import Agency, Area
from contacts.names import search_keys
from contacts.places import Place
from contacts.reader import Basis, Reader
from contacts.resolver import suggest
from contacts.snapshot import Snapshot

SUGGESTED = 8


@dataclass(frozen=True)
class NotFoundError(Exception):
    """No place, or several; `message` says which, `places` are those that may be meant."""

    message: str
    places: tuple[Place, ...] = ()


class PlaceFinder:
    """The places in the districts of one agency, and those that it answers for all the same."""

    def __init__(self, agency: Agency, held: Snapshot, known: Iterable[int] = ()) -> None:
        """`known` are ids of areas outside of the districts that count as well."""
        self.agency, self.held = agency, held
        self.reader = Reader(held.gazetteer.index)
        self.districts = {area.pk for area in agency.districts.all()}
        self.known = frozenset(known)
        self._by_name: dict[str, Place | NotFoundError] = {}

    @cached_property
    def areas(self) -> dict[int, Area]:
        """Rows of all places that may be found, with their parents: one query."""
        rows = Area.objects.in_districts(self.districts) | Area.objects.filter(pk__in=self.known)
        return rows.select_related("parent").defer("boundary").in_bulk()

    @cached_property
    def _by_key(self) -> dict[str, Place]:
        return {place.key: place for place in self.held.gazetteer.by_id.values()}

    @cached_property
    def towns(self) -> list[Place]:
        every = self.held.gazetteer.by_id.values()
        found = [p for p in every if p.is_municipality and p.district.id in self.districts]
        return sorted(found, key=lambda place: place.sort_key)

    def find(self, key: str, name: str) -> Place:
        """Raises `NotFoundError`. A key and a name have to mean the same place."""
        place = self._by_key.get(key) if key else None
        if key and (place is None or not self._is_ours(place)):
            message = _("No place of this agency has the key %(key)s.") % {"key": key}
            raise NotFoundError(message, self.suggested(name) if name else ())
        if place is None:
            return self._named(name)
        if name and not self._is_called(place, name):
            message = _("The key %(key)s is that of %(place)s, not of “%(name)s”.")
            values = {"key": key, "place": place.name, "name": name}
            raise NotFoundError(message % values, (place, *self.suggested(name)))
        return place

    def _is_ours(self, place: Place) -> bool:
        return place.district.id in self.districts or place.id in self.known

    def _is_called(self, place: Place, name: str) -> bool:
        if search_keys(name) in (search_keys(place.name), search_keys(label(place))):
            return True
        return any(hit.place is place for hit in self.reader.read(name).hits)

    def _named(self, name: str) -> Place:
        if name not in self._by_name:
            try:
                self._by_name[name] = self._read(name)
            except NotFoundError as error:
                self._by_name[name] = error
        found = self._by_name[name]
        if isinstance(found, NotFoundError):
            raise found
        return found

    def _read(self, name: str) -> Place:
        reading = self.reader.read(name)
        hits = [hit.place for hit in reading.hits if self._is_ours(hit.place)]
        if reading.basis is Basis.NAME and len(hits) == 1:
            return hits[0]
        values = {"name": name}
        if reading.basis is Basis.NAME and hits:
            message = _("Several places are called “%(name)s”.") % values
            raise NotFoundError(message, tuple(hits[:SUGGESTED]))
        message = _("No place of this agency is called “%(name)s”.") % values
        raise NotFoundError(message, self.suggested(name))

    def suggested(self, name: str) -> tuple[Place, ...]:
        """The nearest names, of places that may be chosen."""
        index = self.held.gazetteer.index
        found = [hit.place for hit in suggest(name, snapshot=self.held, limit=20)]
        found += [hit.place for hit in (*index.similar(name), *index.starting_with(name))]
        ours = [place for place in dict.fromkeys(found) if self._is_ours(place)]
        return tuple(ours[:SUGGESTED])


def label(place: Place) -> str:
    """How tables and choices name a place: as `Area.__str__` does."""
    if place.kind == Area.Kind.LOCALITY and place.parent:
        return f"{place.name} ({place.parent.name})"
    return place.name
