"""The bundled places (`data/places/`) as records for `contacts.loading`.

Files and columns are described in data/places/README.md.
"""

import json
import re
from collections import Counter
from pathlib import Path

from contacts.loadable import BadFileError, Record, Ref
from contacts.models import (
    Area,
    District,
    Doubt,
    Locality,
    Municipality,
    PlaceName,
    PostalCode,
    Quarter,
    Source,
)
from contacts.names import search_keys
from contacts.slugs import german_slug
from contacts.tables import Row, read_csv, read_toml

PROXIES = {
    Area.Kind.DISTRICT: District,
    Area.Kind.MUNICIPALITY: Municipality,
    Area.Kind.QUARTER: Quarter,
    Area.Kind.LOCALITY: Locality,
}
AREA_CODES = Area.postal_codes.through
AREA_NEIGHBOURS = Area.neighbours.through


class PlaceFiles:
    """Reads and checks the files of one folder; `records()` is what they say, in load order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.areas: dict[str, Record] = {}
        self.names: dict[str, Record] = {}
        self.codes: dict[str, Record] = {}
        self.area_codes: dict[str, Record] = {}
        self.neighbours: list[Record] = []
        self.doubts: list[Record] = []
        self.sources: list[Record] = []
        self.key_by_name: dict[tuple[str, str], str] = {}
        self.municipality_slugs: Counter[str] = Counter()

    def records(self) -> list[Record]:
        self._read_sources()
        self._read_districts()
        municipalities = read_csv(
            self.folder / "municipalities.csv",
            ["ags", "name", "kind", "district_ags", "latitude", "longitude", "postal_codes"],
        )
        neighbours = read_csv(
            self.folder / "neighbours.csv", ["ags", "name", "kind", "district_ags"]
        )
        for row in municipalities:
            self._municipality(row)
        for row in neighbours:
            self._neighbour(row)
        self._read_places()
        self._read_foreign_names()
        self._read_withdrawn_codes()
        self._read_boundaries()
        self._read_doubts()
        kinds = list(Area.Kind.values)
        areas = sorted(self.areas.values(), key=lambda record: kinds.index(record.values["kind"]))
        return [
            *self.sources,
            *self._split_by_kind(areas),
            *self.names.values(),
            *sorted(self.codes.values(), key=lambda record: "successor" in record.values),
            *self.area_codes.values(),
            *self.neighbours,
            *self.doubts,
        ]

    @staticmethod
    def _split_by_kind(areas: list[Record]) -> list[Record]:
        """The same records under the proxy of their kind, so that parents are written first."""
        for record in areas:
            record.model = PROXIES[record.values["kind"]]
        return areas

    # Files ---------------------------------------------------------------------------------------

    def _read_sources(self) -> None:
        path = self.folder / "sources.toml"
        names = [
            "title",
            "publisher",
            "url",
            "licence",
            "licence_url",
            "as_of",
            "attribution",
            "changes_de",
            "changes_en",
        ]
        for rank, entry in enumerate(read_toml(path).get("source", [])):
            if not entry.get("key"):
                raise BadFileError(path, None, f"source number {rank + 1} has no key.")
            values = {name: entry.get(name, "") for name in names}
            values |= {"key": entry["key"], "dataset": "places", "rank": rank}
            self.sources.append(Record(Source, entry["key"], values, path, unique="key"))

    def _read_districts(self) -> None:
        path = self.folder / "districts.csv"
        for row in read_csv(path, ["ags", "name", "state", "short_names"]):
            key = self._digits(row, "ags", 5)
            name = row.required("name")
            values = {"state": row["state"]}
            self._area(row, key, Area.Kind.DISTRICT, name, german_slug(name), None, **values)
            # "Stadt Leipzig" is typed for the city, which has the same name without "Stadt".
            if not name.startswith("Stadt "):
                self._name(row, key, name, PlaceName.Kind.OFFICIAL)
                for short in row.listed("short_names"):
                    self._name(row, key, short, PlaceName.Kind.SHORT)

    def _municipality(self, row: Row) -> None:
        key = self._new_municipality(
            row, latitude=row.number("latitude"), longitude=row.number("longitude")
        )
        for code in row["postal_codes"].split():
            self._code(row, key, code)

    def _neighbour(self, row: Row) -> None:
        key = self._new_municipality(row)
        short = re.split(r" \(|/| am | an der | im ", row["name"])[0]
        if short != row["name"]:
            self._name(row, key, short, PlaceName.Kind.SHORT)

    def _new_municipality(self, row: Row, **values) -> str:
        key = self._digits(row, "ags", 8)
        name = row.required("name")
        district = self._digits(row, "district_ags", 5)
        slug = german_slug(name)
        self.municipality_slugs[slug] += 1
        if self.municipality_slugs[slug] > 1:  # the second of a name carries its key
            slug = f"{slug}-{key}"
        values["official_kind"] = row["kind"]
        self._area(row, key, Area.Kind.MUNICIPALITY, name, slug, district, **values)
        self._name(row, key, name, PlaceName.Kind.OFFICIAL)
        return key

    def _read_places(self) -> None:
        columns = ["municipality_ags", "name", "kind", "postal_code", "alias_of", "source"]
        rows = read_csv(self.folder / "places.csv", columns)
        quarter_of = self._read_quarters()
        for row in rows:
            if row.choice("kind", ("ortsteil", "former_municipality", "alias")) != "alias":
                self._locality(row, quarter_of)
        missing = quarter_of.keys() - self.key_by_name.keys()
        if missing:
            path = self.folder / "quarters.csv"
            raise BadFileError(path, None, f"no such places: {', '.join(n for _a, n in missing)}.")
        for row in rows:
            if row["kind"] == "alias":
                self._alias(row)

    def _read_quarters(self) -> dict[tuple[str, str], str]:
        """The key of the quarter by municipality and name of each of its members."""
        quarter_of = {}
        path = self.folder / "quarters.csv"
        for row in read_csv(path, ["municipality_ags", "name", "members", "source"]):
            municipality = self._known_municipality(row)
            name = row.required("name")
            slug = german_slug(name)
            key = f"{municipality}-{slug}"
            self._area(row, key, Area.Kind.QUARTER, name, slug, municipality)
            self._name(row, key, name, PlaceName.Kind.OFFICIAL, source=row["source"])
            quarter_of |= {(municipality, member): key for member in row.listed("members")}
        return quarter_of

    def _locality(self, row: Row, quarter_of: dict[tuple[str, str], str]) -> None:
        municipality = self._known_municipality(row)
        name = row.required("name")
        slug = german_slug(name)
        key = f"{municipality}-{slug}"
        was_municipality = row["kind"] == "former_municipality"
        parent = quarter_of.get((municipality, name), municipality)
        values = {"is_former_municipality": was_municipality}
        self._area(row, key, Area.Kind.LOCALITY, name, slug, parent, **values)
        kind = PlaceName.Kind.FORMER if was_municipality else PlaceName.Kind.OFFICIAL
        self._name(row, key, name, kind, source=row["source"])
        if row["postal_code"]:
            self._code(row, key, row["postal_code"])

    def _alias(self, row: Row) -> None:
        municipality = self._known_municipality(row)
        target = self.key_by_name.get((municipality, row["alias_of"]))
        if target is None:
            raise row.bad(f"the alias “{row['name']}” does not say whose it is (alias_of).")
        kind = PlaceName.Kind.SHORT
        self._name(row, target, row.required("name"), kind, source=row["source"])

    def _read_foreign_names(self) -> None:
        path = self.folder / "foreign_names.csv"
        for row in read_csv(path, ["ags", "language", "name", "source", "date"]):
            key = self._known_municipality(row, "ags")
            self._name(
                row,
                key,
                row.required("name"),
                PlaceName.Kind.FOREIGN,
                language=row.required("language"),
                source=row["source"],
                noted_on=row.date("date"),
            )

    def _read_withdrawn_codes(self) -> None:
        columns = ["postal_code", "municipality_ags", "place", "successor", "source"]
        for row in read_csv(self.folder / "withdrawn_codes.csv", columns):
            municipality = self._known_municipality(row)
            area = self.key_by_name.get((municipality, row["place"]))
            if area is None:
                raise row.bad(f"there is no place “{row['place']}” in {municipality}.")
            code, successor = self._digits(row, "postal_code", 5), row.required("successor")
            if successor not in self.codes:
                raise row.bad(f"the successor {successor} is not a known postal code.")
            self._code(row, area, code)
            self.codes[code].values["successor"] = Ref(PostalCode, successor)

    def _read_boundaries(self) -> None:
        path = self.folder / "boundaries.geojson"
        try:
            features = json.loads(path.read_text(encoding="utf-8"))["features"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadFileError(
                path, getattr(error, "lineno", None), f"not GeoJSON ({error})."
            ) from error
        pairs = set()
        for number, feature in enumerate(features, start=1):
            key = feature["properties"]["ags"]
            if key not in self.areas:
                raise BadFileError(path, None, f"feature {number}: unknown municipality {key}.")
            self.areas[key].values |= {
                "boundary": feature["geometry"],
                "label_point": feature["properties"]["label_point"],
            }
            pairs |= {(key, other) for other in feature["properties"]["neighbours"]}
        for one, other in sorted(pairs | {(b, a) for a, b in pairs}):
            if other not in self.areas:
                raise BadFileError(path, None, f"{one} has an unknown neighbour {other}.")
            values = {"from_area": self._ref(one), "to_area": self._ref(other)}
            self.neighbours.append(Record(AREA_NEIGHBOURS, f"{one} {other}", values, path))

    def _read_doubts(self) -> None:
        columns = ["subject", "field", "value_used", "other_value", "source", "date", "note"]
        for row in read_csv(self.folder / "doubts.csv", columns):
            subject = row.required("subject")
            if subject not in self.areas:
                raise row.bad(f"there is no place “{subject}”.")
            values = {name: row[name] for name in ("field", "value_used", "other_value", "note")}
            values |= {
                "area": self._ref(subject),
                "source": row["source"],
                "source_date": row["date"],
            }
            key = f"{subject} {row['field']} {row['other_value']}"
            self.doubts.append(Record(Doubt, key, values, row.path, row.line))

    # Rows ----------------------------------------------------------------------------------------

    def _area(self, row: Row, key, kind, name, slug, parent, **values) -> None:
        if key in self.areas:
            raise row.bad(f"the place {key} is given twice.")
        if parent is not None and parent not in self.areas:
            raise row.bad(f"it is a part of {parent}, which is not given.")
        values |= {"key": key, "kind": kind, "name": name, "slug": slug}
        if parent is not None:
            values["parent"] = self._ref(parent)
        self.areas[key] = Record(Area, key, values, row.path, row.line, unique="key")
        self.key_by_name[key[:8], name] = key

    def _ref(self, key: str) -> Ref:
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
            raise row.bad(f"“{code}” is not a postal code of five digits.")
        values = {"code": code}
        record = Record(PostalCode, code, values, row.path, row.line, unique="code")
        self.codes.setdefault(code, record)
        key = f"{area} {code}"
        values = {"area": self._ref(area), "postalcode": Ref(PostalCode, code)}
        self.area_codes.setdefault(key, Record(AREA_CODES, key, values, row.path, row.line))

    def _digits(self, row: Row, column: str, length: int) -> str:
        value = row[column]
        if not (len(value) == length and value.isascii() and value.isdigit()):
            raise row.bad(f"{column}: “{value}” is not a key of {length} digits.")
        return value

    def _known_municipality(self, row: Row, column: str = "municipality_ags") -> str:
        key = self._digits(row, column, 8)
        if key not in self.areas:
            raise row.bad(f"{column}: there is no municipality {key}.")
        return key
