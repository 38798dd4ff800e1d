"""Places, their names and their codes as records: what their keys, slugs and parents have to be."""

from contacts.loadable import Record, Ref
from contacts.models import (
    Area,
    District,
    Locality,
    Municipality,
    PlaceName,
    PostalCode,
    Quarter,
)
from contacts.names import search_keys
from contacts.slugs import german_slug
from contacts.tables import Row

PROXIES = {
    Area.Kind.DISTRICT: District,
    Area.Kind.MUNICIPALITY: Municipality,
    Area.Kind.QUARTER: Quarter,
    Area.Kind.LOCALITY: Locality,
}
AREA_CODES = Area.postal_codes.through
AREA_NEIGHBOURS = Area.neighbours.through


class PlaceRows:
    """Collects records of places; `look_at_what_is_there` comes first.

    A place that is there already, such as a municipality that the bundled files know by name only,
    keeps its name in addresses.
    """

    def __init__(self) -> None:
        self.present: dict[str, Area] = {}
        self.slugs: dict[tuple[str, str], str] = {}
        self.in_quarter: dict[str, str] = {}
        self.areas: dict[str, Record] = {}
        self.names: dict[str, Record] = {}
        self.codes: dict[str, Record] = {}
        self.area_codes: dict[str, Record] = {}
        self.key_by_name: dict[tuple[str, str], str] = {}

    def look_at_what_is_there(self) -> None:
        for area in Area.objects.exclude(kind=Area.Kind.LOCALITY).defer("boundary"):
            self.present[area.key] = area
            self.slugs[area.kind, area.slug] = area.key
        parts = Area.objects.filter(kind=Area.Kind.LOCALITY, parent__kind=Area.Kind.QUARTER)
        self.in_quarter = dict(parts.values_list("key", "parent__key"))

    def _area(self, row: Row, key: str, kind: str, name: str, parent: str | None, **values) -> None:
        if key in self.areas:
            raise row.bad(f"the place {key} is given twice.")
        if parent is not None and parent not in self.areas and parent not in self.present:
            raise row.bad(
                f"it lies in district {parent}, which is not known. Name it in districts.csv, or "
                "in the columns district and state."
            )
        values |= {"key": key, "kind": kind, "name": name, "slug": self._slug(key, kind, name)}
        if parent is not None:
            values["parent"] = self._ref(parent)
        self.areas[key] = Record(Area, key, values, row.path, row.line, unique="key")
        self.key_by_name[key[:8], name] = key

    def _slug(self, key: str, kind: str, name: str) -> str:
        """Made once; the second municipality of a name has its key behind it."""
        if key in self.present:
            return self.present[key].slug
        slug = german_slug(name)
        is_part = kind in (Area.Kind.QUARTER, Area.Kind.LOCALITY)
        if is_part or self.slugs.setdefault((kind, slug), key) == key:
            return slug
        return f"{slug}-{key}"

    def _ref(self, key: str) -> Ref | int:
        """What stands for a place of this folder, or for one that is there already."""
        if key not in self.areas:
            return self.present[key].pk
        return Ref(PROXIES[self.areas[key].values["kind"]], key)

    def _name(self, row: Row, area: str, text: str, kind: str, **values) -> None:
        key1, key2 = search_keys(text)
        if not key1:
            raise row.bad(f"“{text}” has no letter or digit to be found by.")
        key = f"{area} {text}"
        if key in self.names:
            return  # the same name from two files, such as a short form that is also an alias
        values |= {"area": self._ref(area), "text": text, "kind": kind}
        values |= {"key1": key1, "key2": key2}
        self.names[key] = Record(PlaceName, key, values, row.path, row.line)

    def _code(self, row: Row, area: str, code: str) -> None:
        if not (len(code) == 5 and code.isascii() and code.isdigit()):
            raise row.bad(f"“{code}” is not a postal code of five digits.{_zero(code, 5)}")
        values = {"code": code}
        record = Record(PostalCode, code, values, row.path, row.line, unique="code")
        self.codes.setdefault(code, record)
        key = f"{area} {code}"
        values = {"area": self._ref(area), "postalcode": Ref(PostalCode, code)}
        self.area_codes.setdefault(key, Record(AREA_CODES, key, values, row.path, row.line))

    def _digits(self, row: Row, column: str, length: int) -> str:
        value = row[column]
        if not (len(value) == length and value.isascii() and value.isdigit()):
            raise row.bad(
                f"{column}: “{value}” is not a key of {length} digits.{_zero(value, length)}"
            )
        return value

    def _known_municipality(self, row: Row, column: str = "municipality_ags") -> str:
        key = self._digits(row, column, 8)
        if key not in self.areas:
            raise row.bad(f"{column}: there is no municipality {key}.")
        return key


def _zero(value: str, length: int) -> str:
    """What to do about a number that a spreadsheet has taken for one."""
    if value.isdigit() and len(value) == length - 1:
        return " A spreadsheet drops the first 0: give the column the format “text”."
    return ""
