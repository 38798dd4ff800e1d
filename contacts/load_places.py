"""The folder of a district or of many (such as `data/places/`) as records for `contacts.loading`.

Files and columns are described in data/places/README.md. Needed are municipalities.csv and
sources.toml; without another file, what it would say is not known.
"""

import re
from pathlib import Path

from django.conf import settings

from contacts.loadable import BadFileError, Record, Ref
from contacts.models import Area, Doubt, PlaceName, PostalCode, Source
from contacts.outlines import read_outlines
from contacts.place_rows import AREA_NEIGHBOURS, PROXIES, PlaceRows
from contacts.slugs import german_slug
from contacts.tables import Row, read_csv, read_toml

DATASET = "places"  # of the bundled folder, and the family of all others
BUNDLED = settings.BASE_DIR / "data" / "places"


class PlaceFiles(PlaceRows):
    """Reads and checks the files of one folder; `records()` is what they say, in load order.

    `name` tells folders apart, by default that of the folder.
    """

    def __init__(self, folder: Path, *, name: str = "") -> None:
        super().__init__()
        self.folder = folder.resolve()
        self.name = german_slug(name or self.folder.name)
        self.is_bundled = self.folder == BUNDLED and not name
        self.neighbours: list[Record] = []
        self.doubts: list[Record] = []
        self.sources: list[Record] = []

    @property
    def dataset(self) -> str:
        return DATASET if self.is_bundled else f"{DATASET}:{self.name}"

    def records(self) -> list[Record]:
        self.look_at_what_is_there()
        self._read_sources()
        self._read_districts()
        municipalities = self._read(
            "municipalities.csv",
            "ags name",
            "kind district_ags district state latitude longitude postal_codes",
            needed=True,
        )
        for row in municipalities:
            self._district_of(row)
        for row in municipalities:
            self._municipality(row)
        for row in self._read("neighbours.csv", "ags name", "kind district_ags"):
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

    def _read(self, name: str, columns: str, may_have: str = "", *, needed: bool = False):
        return read_csv(
            self.folder / name, columns.split(), may_have=may_have.split(), optional=not needed
        )

    def _read_sources(self) -> None:
        path = self.folder / "sources.toml"
        needed = ["key", "title", "licence"] + ([] if self.is_bundled else ["attribution"])
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
        if not path.exists():
            raise BadFileError(
                path,
                None,
                "the file is missing. Licences want to be named: copy the one of "
                "data/template/places and say in it where your data come from.",
            )
        entries = read_toml(path).get("source", [])
        if not entries and not self.is_bundled:
            raise BadFileError(path, None, "it names no [[source]] of the data.")
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise BadFileError(path, None, "a source begins with [[source]], in two brackets.")
        for rank, entry in enumerate(entries):
            for name in needed:
                if not entry.get(name):
                    raise BadFileError(path, None, f"source number {rank + 1} has no {name}.")
            key = entry["key"] if self.is_bundled else f"{self.name}-{entry['key']}"
            values = {name: entry.get(name, "") for name in names}
            values |= {"key": key, "dataset": self.dataset}
            values["rank"] = rank if self.is_bundled else 50 + rank
            self.sources.append(Record(Source, key, values, path, unique="key"))

    def _read_districts(self) -> None:
        for row in self._read("districts.csv", "ags name", "state short_names"):
            key = self._digits(row, "ags", 5)
            self._district(row, key, row.required("name"), row.listed("short_names"))

    def _district_of(self, row: Row) -> None:
        """The district of a municipality, where the columns of its row are the first to name it."""
        key = self._digits(row, "ags", 8)[:5]
        if row["district"] and key not in self.areas:
            self._district(row, key, row["district"], [])

    def _district(self, row: Row, key: str, name: str, shorts: list[str]) -> None:
        self._area(row, key, Area.Kind.DISTRICT, name, None, state=row["state"])
        # "Stadt Leipzig" is typed for the city, which has the same name without "Stadt".
        if not name.startswith("Stadt "):
            self._name(row, key, name, PlaceName.Kind.OFFICIAL)
            for short in shorts:
                self._name(row, key, short, PlaceName.Kind.SHORT)

    def _municipality(self, row: Row) -> None:
        point = {name: row.number(name) for name in ("latitude", "longitude") if row[name]}
        key = self._new_municipality(row, **point)
        if not self.is_bundled:  # there, somebody has chosen the short forms
            self._short_form(row, key)
        for code in row["postal_codes"].split():
            self._code(row, key, code)

    def _neighbour(self, row: Row) -> None:
        self._short_form(row, self._new_municipality(row))

    def _short_form(self, row: Row, key: str) -> None:
        short = re.split(r" \(|/| am | an der | im ", row["name"])[0]
        if short != row["name"]:
            self._name(row, key, short, PlaceName.Kind.SHORT)

    def _new_municipality(self, row: Row, **values) -> str:
        key = self._digits(row, "ags", 8)
        name = row.required("name")
        if row["district_ags"] and self._digits(row, "district_ags", 5) != key[:5]:
            raise row.bad(f"{key} lies in district {key[:5]}, not in {row['district_ags']}.")
        values["official_kind"] = row["kind"]
        self._area(row, key, Area.Kind.MUNICIPALITY, name, key[:5], **values)
        self._name(row, key, name, PlaceName.Kind.OFFICIAL)
        return key

    def _read_places(self) -> None:
        rows = self._read("places.csv", "municipality_ags name", "kind postal_code alias_of source")
        quarter_of = self._read_quarters()
        kinds = ("ortsteil", "former_municipality", "alias", "")
        for row in rows:
            if row.choice("kind", kinds) != "alias":
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
        for row in self._read("quarters.csv", "municipality_ags name members", "source"):
            municipality = self._known_municipality(row)
            name = row.required("name")
            key = f"{municipality}-{german_slug(name)}"
            self._area(row, key, Area.Kind.QUARTER, name, municipality)
            self._name(row, key, name, PlaceName.Kind.OFFICIAL, source=row["source"])
            quarter_of |= {(municipality, member): key for member in row.listed("members")}
        return quarter_of

    def _locality(self, row: Row, quarter_of: dict[tuple[str, str], str]) -> None:
        """A second row of a part adds another spelling or another postal code."""
        municipality = self._known_municipality(row)
        name = row.required("name")
        key = f"{municipality}-{german_slug(name)}"
        was_municipality = row["kind"] == "former_municipality"
        kind = PlaceName.Kind.FORMER if was_municipality else PlaceName.Kind.OFFICIAL
        if key in self.areas and self.areas[key].values["kind"] == Area.Kind.LOCALITY:
            kind = PlaceName.Kind.SHORT
            self.key_by_name[municipality, name] = key
        else:
            stays = self.in_quarter.get(key, municipality)
            parent = quarter_of.get((municipality, name), stays)
            values = {"is_former_municipality": was_municipality}
            self._area(row, key, Area.Kind.LOCALITY, name, parent, **values)
        self._name(row, key, name, kind, source=row["source"])
        for code in row["postal_code"].split():
            self._code(row, key, code)

    def _alias(self, row: Row) -> None:
        municipality = self._known_municipality(row)
        target = self.key_by_name.get((municipality, row["alias_of"]))
        if target is None:
            raise row.bad(f"the alias “{row['name']}” does not say whose it is (alias_of).")
        kind = PlaceName.Kind.SHORT
        self._name(row, target, row.required("name"), kind, source=row["source"])

    def _read_foreign_names(self) -> None:
        for row in self._read("foreign_names.csv", "ags language name", "source date"):
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
        columns = "postal_code municipality_ags place successor"
        for row in self._read("withdrawn_codes.csv", columns, "source"):
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
        """Outlines of other districts may be in the file, too: one of a whole state will do."""
        path = self.folder / "boundaries.geojson"
        if not path.exists():
            return
        ours = {key[:5] for key in self.areas}
        pairs = set()
        for key, outline in read_outlines(path).items():
            named = [key, *outline.neighbours]
            unknown = [k for k in named if k[:5] in ours and k not in self.areas]
            if unknown:
                raise BadFileError(path, None, f"municipalities.csv has no {', '.join(unknown)}.")
            if key in self.areas:
                self.areas[key].values |= {
                    "boundary": outline.geometry,
                    "label_point": outline.label_point,
                }
            known = [k for k in named if k in self.areas or k in self.present]
            if key in known:
                pairs |= {(key, other) for other in known if other != key}
        for one, other in sorted(pairs | {(b, a) for a, b in pairs}):
            values = {"from_area": self._ref(one), "to_area": self._ref(other)}
            self.neighbours.append(Record(AREA_NEIGHBOURS, f"{one} {other}", values, path))

    def _read_doubts(self) -> None:
        columns = "subject field value_used other_value source date note"
        for row in self._read("doubts.csv", columns):
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
