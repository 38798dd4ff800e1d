"""Which places a name leads to: exactly, by its beginning, or by similarity.

`PlaceIndex` is built once per version of the places and then only read. An exact look-up is a
dictionary access, whatever the number of names; similarity looks at names of about the same length
only. How a typed text is taken apart is the matter of `contacts.reader`.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from contacts import names
from contacts.places import Place

LONG_KEY = 7  # from this length on, two edits are still "similar"
SHORTEST_SIMILAR = 3
SHORTEST_PREFIX = 2


@dataclass(frozen=True, slots=True)
class Name:
    """A name that leads to a place, as stored: `kind` is a `PlaceName.Kind` value."""

    text: str
    kind: str
    place: Place
    language: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that was found, and by which name (None: by a postal code).

    `in_full` says that the text is the full official name of the place, not a short form of it.
    """

    place: Place
    name: Name | None = None
    in_full: bool = False


@dataclass(frozen=True, slots=True)
class PostalCodeEntry:
    """A postal code: the places it leads to (municipalities and their parts), or had led to."""

    code: str
    places: tuple[Place, ...]
    successor: str = ""


@dataclass(frozen=True)
class PlaceIndex:
    """Names and postal codes of all places.

    `all_names` are keys (`names.search_keys`) and names. `borders` says by district (id) which
    municipalities (ids) touch it from within or without.
    """

    all_names: Iterable[tuple[str, str, Name]]
    codes: Mapping[str, PostalCodeEntry]
    borders: Mapping[int, frozenset[int]] = field(default_factory=dict)
    _by_key: tuple[Mapping, Mapping] = field(init=False, repr=False)
    _sorted: tuple[list, list] = field(init=False, repr=False)
    _by_length: tuple[Mapping, Mapping] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_key: tuple[dict, dict] = (defaultdict(list), defaultdict(list))
        for key1, key2, name in self.all_names:
            by_key[0][key1].append(name)
            by_key[1][key2].append(name)
        by_length: tuple[dict, dict] = (defaultdict(list), defaultdict(list))
        for which in (0, 1):
            for key in by_key[which]:
                by_length[which][len(key)].append(key)
        for attribute, value in (
            ("all_names", ()),
            ("_by_key", (dict(by_key[0]), dict(by_key[1]))),
            ("_sorted", (sorted(by_key[0]), sorted(by_key[1]))),
            ("_by_length", (dict(by_length[0]), dict(by_length[1]))),
        ):
            object.__setattr__(self, attribute, value)

    def exact(self, name: str) -> tuple[Hit, ...]:
        """The places that `name` names, with or without "Stadt", "Gemeinde", "OT" before it."""
        return self._exact(name) or self._exact(names.without_title(name))

    def _exact(self, name: str) -> tuple[Hit, ...]:
        key1, key2 = names.search_keys(name)
        if not key1:
            return ()
        found = list(self._by_key[0].get(key1, ()))
        if not found or not names.spells_umlauts(name):
            found += self._by_key[1].get(key2, ())
        hits: dict[int, Hit] = {}
        for match in found:
            in_full = names.search_keys(match.place.name)[0] == key1
            hit = Hit(match.place, match, in_full)
            held = hits.setdefault(match.place.id, hit)
            if held is not hit and match.text == name:
                hits[match.place.id] = hit
        return municipalities_first(hits.values())

    def starting_with(self, text: str) -> tuple[Hit, ...]:
        """The places with a name that begins with `text`; nothing for a single letter."""
        found: dict[int, Hit] = {}
        key1, key2 = names.search_keys(text)
        keys = [(0, key1)] if names.spells_umlauts(text) else [(0, key1), (1, key2)]
        for which, key in keys:
            if len(key) < SHORTEST_PREFIX:
                continue
            ordered = self._sorted[which]
            for position in range(bisect_left(ordered, key), len(ordered)):
                if not ordered[position].startswith(key):
                    break
                for name in self._by_key[which][ordered[position]]:
                    found.setdefault(name.place.id, Hit(name.place, name))
        return municipalities_first(found.values())

    def similar(self, text: str) -> tuple[Hit, ...]:
        """The places whose name is a slip of the finger away: one edit, two for long names.

        Compared by K1; by K2 where that finds nothing, since "Rtha" is two edits from "Roetha".
        """
        texts = [text]
        if names.in_other_script(text):
            texts.append(names.transliterated(text))
        for which in (0, 1):
            ranked = [pair for each in texts for pair in self._ranked(each, which)]
            if ranked:
                ranked.sort(key=lambda pair: pair[0])
                found: dict[int, Hit] = {}
                for _distance, name in ranked:
                    found.setdefault(name.place.id, Hit(name.place, name))
                return tuple(found.values())
        return ()

    def _ranked(self, text: str, which: int) -> Iterator[tuple[int, Name]]:
        """Names within reach of `text` with their distance, by key number `which`."""
        key = names.search_keys(text)[which]
        if len(key) < SHORTEST_SIMILAR:
            return
        edits = 2 if len(key) >= LONG_KEY else 1
        choices = [
            choice
            for length in range(len(key) - edits, len(key) + edits + 1)
            for choice in self._by_length[which].get(length, ())
        ]
        for match, distance, _position in process.extract(
            key, choices, scorer=OSA.distance, score_cutoff=edits, limit=None
        ):
            for name in self._by_key[which][match]:
                yield distance, name

    def longest_start(self, text: str) -> str:
        """The longest beginning of `text` with which a name begins, or ""."""
        cleaned = names.clean(text)
        for length in range(len(cleaned), SHORTEST_PREFIX - 1, -1):
            if self.starting_with(cleaned[:length]):
                return cleaned[:length]
        return ""


def hits_of(places: Iterable[Place]) -> tuple[Hit, ...]:
    return municipalities_first(Hit(place) for place in places)


def towns_or_all(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    return tuple(hit for hit in hits if hit.place.is_municipality) or hits


def municipalities_first(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    unique: dict[int, Hit] = {}
    for hit in hits:
        unique.setdefault(hit.place.id, hit)
    return tuple(sorted(unique.values(), key=lambda hit: hit.place.rank))


def within(inner: Iterable[Hit], outer: Iterable[Hit]) -> tuple[Hit, ...]:
    """Those of `inner` that are one of `outer` ("Regis-Breitingen OT Regis") or lie in one."""
    around = {hit.place.id for hit in outer}
    return tuple(hit for hit in inner if any(area.id in around for area in hit.place.ladder))
