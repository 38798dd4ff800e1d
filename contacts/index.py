"""Which places a typed text may mean. No guess is ever presented as knowledge.

`PlaceIndex` is built once per version of the places and then only read. An exact look-up is a
dictionary access, whatever the number of names; similarity runs only after an exact and a prefix
miss. Who is responsible there is not asked here; `contacts.resolver` does that.
"""

import enum
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from contacts import names
from contacts.places import Place

LONG_KEY = 7  # from this length on, two edits are still "similar"
SHORTEST_SIMILAR = 3
SHORTEST_PREFIX = 2


class Basis(enum.Enum):
    """What a reading rests on. Only the first two are certain; the others are questions."""

    NAME = "name"
    POSTAL_CODE = "postal_code"
    READINGS = "readings"  # name and postal code contradict each other
    DIGITS = "digits"  # fewer than five
    PREFIX = "prefix"
    SIMILAR = "similar"
    NOTHING = "nothing"


CERTAIN = frozenset({Basis.NAME, Basis.POSTAL_CODE})


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


@dataclass(frozen=True, slots=True)
class Reading:
    """What a typed text may mean.

    `canonical` is the text without a street, for an address that holds no more than is needed.
    `code` is the postal code that was read, five digits, or the fewer that were typed.
    """

    typed: str
    canonical: str
    basis: Basis
    hits: tuple[Hit, ...] = ()
    code: str = ""
    withdrawn: PostalCodeEntry | None = None

    @property
    def is_certain(self) -> bool:
        return self.basis in CERTAIN


@dataclass(frozen=True)
class PlaceIndex:
    """Names and postal codes of all places. `names` need the keys of `names.search_keys`."""

    all_names: Iterable[tuple[str, str, Name]]
    codes: Mapping[str, PostalCodeEntry]
    _by_key: tuple[Mapping, Mapping] = field(init=False, repr=False)
    _sorted: tuple[list, list] = field(init=False, repr=False)
    _by_length: Mapping[int, list] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_key: tuple[dict, dict] = (defaultdict(list), defaultdict(list))
        for key1, key2, name in self.all_names:
            by_key[0][key1].append(name)
            by_key[1][key2].append(name)
        by_length = defaultdict(list)
        for key in by_key[0]:
            by_length[len(key)].append(key)
        for attribute, value in (
            ("all_names", ()),
            ("_by_key", (dict(by_key[0]), dict(by_key[1]))),
            ("_sorted", (sorted(by_key[0]), sorted(by_key[1]))),
            ("_by_length", dict(by_length)),
        ):
            object.__setattr__(self, attribute, value)

    # The reading of a text -----------------------------------------------------------------------

    def read(self, text: str) -> Reading:
        """Read `text` in the order of the specification: exact, then prefix, then similar."""
        typed = names.read(text)
        if typed.code:
            return self._read_with_code(typed)
        if typed.code_prefix and not typed.name:
            return self._read_digits(typed)
        canonical, hits = self._named(typed.name)
        if typed.code_prefix and hits:
            return self._read_with_short_code(typed, canonical, hits)
        if hits:
            return Reading(typed.text, canonical, Basis.NAME, hits)
        return self._nearly(typed, canonical)

    def _nearly(self, typed: names.Typed, canonical: str) -> Reading:
        found = self.starting_with(canonical)
        if found:
            return Reading(typed.text, canonical, Basis.PREFIX, found)
        found = self.similar(canonical)
        basis = Basis.SIMILAR if found else Basis.NOTHING
        return Reading(typed.text, canonical, basis, found)

    def _read_with_code(self, typed: names.Typed) -> Reading:
        entry = self.codes.get(typed.code)
        withdrawn = entry if entry and entry.successor else None
        by_code = _hits(entry.places) if entry else ()
        canonical, named = self._named(typed.name)
        canonical = f"{typed.code} {canonical}".strip()
        shared = {"code": typed.code, "withdrawn": withdrawn}
        if not typed.name:
            basis = Basis.POSTAL_CODE if entry else Basis.NOTHING
            return Reading(typed.text, canonical, basis, by_code, **shared)
        agreeing = tuple(hit for hit in named if self._may_have(hit.place, typed.code))
        if agreeing:
            return Reading(typed.text, canonical, Basis.NAME, agreeing, **shared)
        if named and withdrawn:  # an old code never contradicts a right town
            return Reading(typed.text, canonical, Basis.NAME, named, **shared)
        if not named:
            near = self._nearly(names.Typed(typed.text, typed.name), typed.name).hits
            fitting = tuple(hit for hit in near if self._may_have(hit.place, typed.code))
            if fitting:
                return Reading(typed.text, canonical, Basis.SIMILAR, fitting, **shared)
        both = _municipalities_first(named + _towns_or_all(by_code))
        basis = Basis.READINGS if both else Basis.NOTHING
        return Reading(typed.text, canonical, basis, both, **shared)

    def _read_with_short_code(self, typed: names.Typed, canonical: str, hits) -> Reading:
        code = f"0{typed.code_prefix}"
        agreeing = tuple(hit for hit in hits if self._may_have(hit.place, code))
        if agreeing:
            return Reading(typed.text, canonical, Basis.NAME, agreeing, code=code)
        return Reading(typed.text, canonical, Basis.READINGS, hits, code=typed.code_prefix)

    def _read_digits(self, typed: names.Typed) -> Reading:
        digits = typed.code_prefix
        fitting = [code for code in self.codes if code.startswith(digits)]
        if len(digits) == 4:
            fitting += [code for code in (f"0{digits}",) if code in self.codes]
        places = [place for code in sorted(fitting) for place in self.codes[code].places]
        found = _towns_or_all(_hits(places))
        basis = Basis.DIGITS if found else Basis.NOTHING
        return Reading(typed.text, typed.text, basis, found, code=digits)

    def _may_have(self, place: Place, code: str) -> bool:
        """Whether `place` has `code`, by today's codes or by what a withdrawn one led to.

        A place outside, of which no code is recorded, may have any that is not known as another's.
        """
        entry = self.codes.get(code)
        if entry and entry.successor:
            return place in entry.places or self._may_have(place, entry.successor)
        codes = place.known_codes
        return code in codes if codes else entry is None

    # Names ---------------------------------------------------------------------------------------

    def _named(self, name: str) -> tuple[str, tuple[Hit, ...]]:
        """The text that was understood, without a street, and the places it names exactly."""
        hits = self._named_without_street(name)
        if hits:
            return name, hits
        for rest in names.without_street(name):
            hits = self._named_without_street(rest)
            if hits:
                return rest, hits
        return name, ()

    def _named_without_street(self, name: str) -> tuple[Hit, ...]:
        hits = self.exact(name)
        if hits:
            return hits
        region_dropped = names.without_region(name)
        if region_dropped:
            hits = self._named_without_street(region_dropped)
            if hits:
                return hits
        near = names.near(name)
        if near:
            place_hits = self.exact(near[0])
            inside = _within(place_hits, self.exact(near[1]))
            if inside or place_hits:
                return inside or place_hits
        found: dict[int, Hit] = {}
        for one, other in names.halves(name):
            outer, inner = self.exact(one), self.exact(other)
            for hit in _within(inner, outer) + _within(outer, inner):
                found.setdefault(hit.place.id, hit)
        return tuple(found.values())

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
        return _municipalities_first(hits.values())

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
        return _municipalities_first(found.values())

    def similar(self, text: str) -> tuple[Hit, ...]:
        """The places whose name is a slip of the finger away: one edit, two for long names."""
        found: dict[int, Hit] = {}
        candidates = [text]
        if names.in_other_script(text):
            candidates.append(names.transliterated(text))
        ranked: list[tuple[int, Name]] = []
        for candidate in candidates:
            key = names.search_keys(candidate)[0]
            if len(key) < SHORTEST_SIMILAR:
                continue
            edits = 2 if len(key) >= LONG_KEY else 1
            choices = [
                choice
                for length in range(len(key) - edits, len(key) + edits + 1)
                for choice in self._by_length.get(length, ())
            ]
            for match, distance, _position in process.extract(
                key, choices, scorer=OSA.distance, score_cutoff=edits, limit=None
            ):
                ranked += [(distance, name) for name in self._by_key[0][match]]
        for _distance, name in sorted(ranked, key=lambda pair: pair[0]):
            found.setdefault(name.place.id, Hit(name.place, name))
        return tuple(found.values())

    def longest_start(self, text: str) -> str:
        """The longest beginning of `text` with which a name begins, or ""."""
        cleaned = names.clean(text)
        for length in range(len(cleaned), SHORTEST_PREFIX - 1, -1):
            if self.starting_with(cleaned[:length]):
                return cleaned[:length]
        return ""


def _hits(places: Iterable[Place]) -> tuple[Hit, ...]:
    return _municipalities_first(Hit(place) for place in places)


def _towns_or_all(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    return tuple(hit for hit in hits if hit.place.is_municipality) or hits


def _municipalities_first(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    unique: dict[int, Hit] = {}
    for hit in hits:
        unique.setdefault(hit.place.id, hit)
    return tuple(sorted(unique.values(), key=lambda hit: hit.place.rank))


def _within(inner: Iterable[Hit], outer: Iterable[Hit]) -> tuple[Hit, ...]:
    around = {hit.place.id for hit in outer}
    return tuple(hit for hit in inner if any(area.id in around for area in hit.place.ladder[1:]))
