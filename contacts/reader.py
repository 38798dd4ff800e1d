"""What a typed text may mean. No guess is ever presented as knowledge.

The order of the readings is that of docs/look-up.md. Who is responsible for what was found is not
asked here; `contacts.resolver` does that.
"""

import enum
from dataclasses import dataclass

from contacts import names
from contacts.index import (
    Hit,
    PlaceIndex,
    PostalCodeEntry,
    hits_of,
    municipalities_first,
    towns_or_all,
    within,
)
from contacts.places import Place


class Basis(enum.Enum):
    """What a reading rests on. Only the first two are certain; the others are questions."""

    NAME = "name"
    POSTAL_CODE = "postal_code"
    READINGS = "readings"  # name and postal code contradict each other
    UNKNOWN_NAME = "unknown_name"  # the postal code is known, the name beside it is not
    DIGITS = "digits"  # fewer than five
    PREFIX = "prefix"
    SIMILAR = "similar"
    NOTHING = "nothing"


CERTAIN = frozenset({Basis.NAME, Basis.POSTAL_CODE})


@dataclass(frozen=True, slots=True)
class Named:
    """The places that a text without postal code names. Uncertain ones are only asked about."""

    text: str
    hits: tuple[Hit, ...] = ()
    is_certain: bool = True

    @property
    def basis(self) -> Basis:
        return Basis.NAME if self.is_certain else Basis.SIMILAR


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
class Reader:
    """Reads texts with the names and postal codes of one index."""

    index: PlaceIndex

    def read(self, text: str) -> Reading:
        """Read `text` in the order of the specification: exact, then prefix, then similar."""
        typed = names.read(text)
        if typed.code:
            return self._read_with_code(typed)
        if typed.code_prefix and not typed.name:
            return self._read_digits(typed)
        named = self._named(typed.name)
        if typed.code_prefix and named.hits:
            return self._read_with_short_code(typed, named)
        if named.hits:
            return Reading(typed.text, named.text, named.basis, named.hits)
        return self._nearly(typed.text, typed.name)

    def _nearly(self, typed: str, name: str) -> Reading:
        """What `name` may have been meant for: never more than a question."""
        found = self.index.starting_with(name)
        if found:
            return Reading(typed, name, Basis.PREFIX, found)
        found = (
            self.index.exact(names.spelt_out(name))
            or self.index.similar(name)
            or self._half_right(name)
            or self._named_inside(name)
        )
        return Reading(typed, name, Basis.SIMILAR if found else Basis.NOTHING, found)

    def _read_with_code(self, typed: names.Typed) -> Reading:
        entry = self.index.codes.get(typed.code)
        withdrawn = entry if entry and entry.successor else None
        by_code = hits_of(entry.places) if entry else ()
        shared = {"code": typed.code, "withdrawn": withdrawn}

        def reading(name: str, basis: Basis, hits: tuple[Hit, ...]) -> Reading:
            return Reading(typed.text, f"{typed.code} {name}".strip(), basis, hits, **shared)

        if not typed.name:
            return reading("", Basis.POSTAL_CODE if entry else Basis.NOTHING, by_code)
        for name in dict.fromkeys(filter(None, (typed.town, typed.name))):
            named = self._named(name)
            agreeing = self._agreeing(named.hits, typed.code)
            if agreeing:
                return reading(named.text, named.basis, agreeing)
        if named.hits and withdrawn:  # an old code never contradicts a right town
            return reading(named.text, named.basis, named.hits)
        if not named.hits:
            near = self._nearly(typed.text, typed.name).hits
            fitting = self._agreeing(near, typed.code)
            if fitting:
                return reading(typed.name, Basis.SIMILAR, fitting)
            basis = Basis.UNKNOWN_NAME if entry else Basis.NOTHING
            return reading(typed.name, basis, towns_or_all(by_code))
        both = municipalities_first(named.hits + towns_or_all(by_code))
        return reading(named.text, Basis.READINGS, both)

    def _read_with_short_code(self, typed: names.Typed, named: Named) -> Reading:
        code = f"0{typed.code_prefix}"
        agreeing = self._agreeing(named.hits, code)
        if agreeing:
            return Reading(typed.text, named.text, named.basis, agreeing, code=code)
        return Reading(typed.text, named.text, Basis.READINGS, named.hits, code=typed.code_prefix)

    def _read_digits(self, typed: names.Typed) -> Reading:
        digits = typed.code_prefix
        fitting = [code for code in self.index.codes if code.startswith(digits)]
        if len(digits) == 4:
            fitting += [code for code in (f"0{digits}",) if code in self.index.codes]
        places = [place for code in sorted(fitting) for place in self.index.codes[code].places]
        found = towns_or_all(hits_of(places))
        basis = Basis.DIGITS if found else Basis.NOTHING
        return Reading(typed.text, typed.text, basis, found, code=digits)

    def _agreeing(self, hits: tuple[Hit, ...], code: str) -> tuple[Hit, ...]:
        """Those of `hits` that have `code`.

        Of a place outside no code is recorded. A code that we do not know is taken for its own, but
        not beside a namesake whose code it may be with a wrong digit.
        """
        agreeing = tuple(hit for hit in hits if self._has_code(hit.place, code))
        if agreeing or code in self.index.codes or any(hit.place.known_codes for hit in hits):
            return agreeing
        return hits

    def _has_code(self, place: Place, code: str) -> bool:
        """Whether `place` has `code`, by today's codes or by what a withdrawn one led to."""
        entry = self.index.codes.get(code)
        if entry and entry.successor:
            return place in entry.places or self._has_code(place, entry.successor)
        return code in place.known_codes

    # Names ---------------------------------------------------------------------------------------

    def _named(self, name: str) -> Named:
        """The text that was understood, without a street, and the places that it names."""
        named = self._named_without_street(name)
        if named.hits:
            return named
        for rest in names.without_street(name):
            named = self._named_without_street(rest)
            if named.hits:
                return named
        return Named(name)

    def _named_without_street(self, name: str) -> Named:
        hits = self.index.exact(name)
        if hits:
            return Named(name, hits)
        region = names.without_region(name)
        if region:
            rest, state = region
            named = self._named_without_street(rest)
            if named.hits:
                fitting = tuple(h for h in named.hits if h.place.district.state == state)
                if fitting or not state:
                    return Named(name, fitting or named.hits, named.is_certain)
                return Named(name, named.hits, is_certain=False)
        near = names.near(name)
        if near:
            named = self._named_near(name, *near)
            if named.hits:
                return named
        found: dict[int, Hit] = {}
        for one, other in names.halves(name):
            outer, inner = self.index.exact(one), self.index.exact(other)
            for hit in within(inner, outer) + within(outer, inner):
                found.setdefault(hit.place.id, hit)
        return Named(name, tuple(found.values()))

    def _named_near(self, name: str, place: str, near: str) -> Named:
        """ "Grimma bei Leipzig": what lies inside of the second place, else the first one alone.

        Where the second place is known and far from the first, they do not mean what we know.
        """
        hits, around = self.index.exact(place), self.index.exact(near)
        inside = within(hits, around)
        if inside or not hits or not around:
            return Named(name, inside or hits)
        close = tuple(h for h in hits if any(self._is_close(h.place, a.place) for a in around))
        if close:
            return Named(name, close)
        return Named(name, within(self.index.similar(place), around) + hits, is_certain=False)

    def _is_close(self, place: Place, near: Place) -> bool:
        """Whether `near` lies in the district of `place`, or touches it."""
        if place.district is near.district:
            return True
        town = near.municipality
        return town is not None and town.id in self.index.borders.get(place.district.id, ())

    def _half_right(self, name: str) -> tuple[Hit, ...]:
        """Places of which one half is spelt right and the other nearly, one inside the other."""
        found: list[Hit] = []
        for one, other in names.halves(name):
            for right, wrong in ((one, other), (other, one)):
                hits = self.index.exact(right)
                if hits:
                    nearly = self.index.similar(wrong)
                    found += within(nearly, hits) + within(hits, nearly)
        return municipalities_first(found)

    def _named_inside(self, text: str) -> tuple[Hit, ...]:
        """Every place that is named somewhere in `text`, by its longest name there."""
        found: list[Hit] = []
        taken: set[int] = set()
        for position, phrase in names.phrases(text):
            hits = () if taken.intersection(position) else self.index.exact(phrase)
            if hits:
                taken.update(position)
                found += hits
        return municipalities_first(found)
