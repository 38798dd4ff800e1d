"""A bundled office (`data/offices/<name>/`) as records for `contacts.loading`.

Files and columns are described in data/offices/README.md. Keys are stable: they name a row for
ever, and the keys of agencies, offices and posts become parts of addresses.
"""

from pathlib import Path
from typing import Any

from django.db import models

from contacts.loadable import BadFileError, Record, Ref
from contacts.models import (
    Agency,
    AgencyTranslation,
    Area,
    Doubt,
    LegalDetails,
    LoadRecord,
    Office,
    OfficeTranslation,
    OpeningHours,
    Person,
    Post,
    PostTranslation,
    Responsibility,
    Source,
    SpokenLanguage,
    Tenure,
    Topic,
    TopicTranslation,
)
from contacts.models.offices import YesNoUnknown
from contacts.states import STATES
from contacts.tables import Row, read_csv, read_toml

AGENCY_DISTRICTS = Agency.districts.through
POST_TOPICS = Post.topics.through
CONTENT_LANGUAGES = ("de", "en")
TEXTS = ("name", "area_label", "summary", "network", "funding_notice")  # of an agency

DOUBT_ABOUT = {
    "agency": (Agency, "agency"),
    "office": (Office, "office"),
    "post": (Post, "post"),
    "area": (Area, "area"),
    "responsibility": (Responsibility, "responsibility"),
}


class OfficeFiles:
    """Reads and checks the files of one folder; `records()` is what they say, in load order.

    Places are not part of the folder: their keys are looked up among the loaded areas.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.areas: dict[str, int] = {}
        self.found: list[Record] = []
        self.agency = ""

    @property
    def dataset(self) -> str:
        return f"office:{self.agency}"

    def records(self) -> list[Record]:
        self.areas = dict(Area.objects.values_list("key", "pk"))
        self._agency()
        self._topics()
        self._offices()
        self._people()
        self._posts()
        self._tenures()
        self._responsibilities()
        self._doubts()
        order = list(dict.fromkeys(record.model for record in self.found))
        return sorted(self.found, key=lambda record: order.index(record.model))

    # The agency ----------------------------------------------------------------------------------

    def _agency(self) -> None:
        path = self.folder / "agency.toml"
        content = read_toml(path)
        agency = content.get("agency", {})
        if not isinstance(agency, dict):
            raise BadFileError(path, None, "the agency begins with [agency], in brackets.")
        for name in ("key", "name", "districts", "state"):
            if not agency.get(name):
                raise BadFileError(path, None, f"[agency] has no {name}.")
        if not isinstance(agency["key"], str):
            raise BadFileError(path, None, "[agency] key is a text in quotation marks.")
        self._refuse_unusable(agency, path)
        self.agency = agency["key"]
        plain = (
            "short_name", "parent_body", "department", "phone", "fax", "email", "website",
            "integreat_url", "state",
        )  # fmt: skip
        values: dict[str, Any] = {name: agency.get(name, "") for name in plain}
        values["slug"] = self.agency
        values |= {name: agency.get(name) or None for name in ("started_on", "ended_on")}
        self._add(Agency, self.agency, values, path, unique="slug")
        for key in agency["districts"]:
            district = self._area(key, path, None)
            values = {"agency": Ref(Agency, self.agency), "area": district}
            self._add(AGENCY_DISTRICTS, f"{self.agency} {key}", values, path)
        for language in CONTENT_LANGUAGES:
            if not agency["name"].get(language):
                continue
            texts = {name: agency.get(name, {}).get(language, "") for name in TEXTS}
            texts["tasks"] = "\n".join(agency.get("tasks", {}).get(language, []))
            self._translation(AgencyTranslation, Agency, self.agency, language, texts, path)
        self._legal(content.get("legal", {}), path)
        self._sources(content.get("source", []), path)

    def _refuse_unusable(self, agency: dict, path: Path) -> None:
        """What nobody can be named or reached by, or is of another state than its districts."""
        for name in (*TEXTS, "tasks"):
            if not isinstance(agency.get(name, {}), dict):
                raise BadFileError(path, None, f"[agency] {name} is written {{ de = … }}.")
        if not agency["name"].get("de"):
            raise BadFileError(path, None, "[agency] has no name in German (de).")
        if not (agency.get("phone") or agency.get("email")):
            raise BadFileError(path, None, "[agency] has neither phone nor email.")
        pack = STATES.get(agency["state"])
        if pack is None:
            raise BadFileError(path, None, f"[agency] state is none of {', '.join(STATES)}.")
        elsewhere = [key for key in agency["districts"] if key[:2] != pack.ags]
        if elsewhere:
            raise BadFileError(
                path, None, f"[agency] {', '.join(elsewhere)} does not lie in {pack.name}."
            )

    def _legal(self, legal: dict, path: Path) -> None:
        values = {name: value for name, value in legal.items() if not isinstance(value, dict)}
        values["legal_form"] = legal.get("legal_form", {}).get("de", "")
        days = {"statement_on", "assessed_on"} & values.keys()
        values |= {name: values[name] or None for name in days}
        known = {field.name for field in LegalDetails._meta.concrete_fields}
        unknown = values.keys() - known
        if unknown:
            raise BadFileError(path, None, f"[legal] has no field {', '.join(sorted(unknown))}.")
        values["agency"] = Ref(Agency, self.agency)
        self._add(LegalDetails, self.agency, values, path)

    def _sources(self, sources: list[dict], path: Path) -> None:
        for number, source in enumerate(sources, start=1):
            key = f"{self.agency}-{number}"
            values = {name: source.get(name, "") for name in ("publisher", "url", "as_of")}
            values |= {
                "key": key,
                "title": source["title"]["de"],
                "licence": source.get("licence", ""),
                "dataset": self.agency,
                "rank": 100 + number,
            }
            self._add(Source, key, values, path, unique="key")

    # Tables --------------------------------------------------------------------------------------

    def _topics(self) -> None:
        """A topic that another folder or an editor has brought already keeps its names."""
        loaded = LoadRecord.objects.filter(dataset=self.dataset, model=Topic._meta.model_name)
        others = set(
            Topic.objects.exclude(slug__in=loaded.values("key")).values_list("slug", flat=True)
        )
        for row in self._read("topics.csv", "key name_de name_en", optional=True):
            key = row.required("key")
            self._row(Topic, key, {"slug": key}, row, unique="slug")
            if key not in others:
                self._translations(TopicTranslation, Topic, key, row, ["name"])

    def _offices(self) -> None:
        plain = (
            "building street postal_code city postal_street postal_postal_code postal_city phone"
        )
        texts = "name_de name_en hours_note_de hours_note_en"
        for row in self._read("offices.csv", f"key {plain} by_appointment step_free {texts}"):
            key = row.required("key")
            values: dict[str, Any] = {name: row[name] for name in plain.split()}
            values |= {
                "slug": key,
                "agency": Ref(Agency, self.agency),
                "by_appointment": row.choice("by_appointment", YesNoUnknown.values),
                "step_free": row.choice("step_free", YesNoUnknown.values),
            }
            self._row(Office, key, values, row, unique="slug")
            self._translations(OfficeTranslation, Office, key, row, ["name", "hours_note"])
        for row in self._read("opening_hours.csv", "office weekday opens closes"):
            values = {name: row.required(name) for name in ("weekday", "opens", "closes")}
            values["office"] = Ref(Office, row.required("office"))
            key = f"{row['office']} {row['weekday']} {row['opens']}"
            self._row(OpeningHours, key, values, row)

    def _people(self) -> None:
        for row in self._read("people.csv", "key name languages"):
            key = row.required("key")
            values = {"name": row.required("name"), "agency": Ref(Agency, self.agency)}
            self._row(Person, key, values, row)
            for code in row.listed("languages"):
                values = {"person": Ref(Person, key), "code": code}
                self._row(SpokenLanguage, f"{key} {code}", values, row)

    def _posts(self) -> None:
        plain = "abbreviation room phone phone_alternative fax email provider"
        other = "key title_de title_en office staffing deputy leads topics rank"
        rows = self._read("posts.csv", f"{plain} {other}")
        # A deputy has to be there before the post that names it.
        for row in sorted(rows, key=lambda row: bool(row["deputy"])):
            key = row.required("key")
            values: dict[str, Any] = {name: row[name] for name in plain.split()}
            values |= {
                "slug": key,
                "agency": Ref(Agency, self.agency),
                "staffing": row.choice("staffing", Post.Staffing.values),
                "leads": row.yes("leads"),
                "rank": int(row.number("rank") or 0),
            }
            if row["office"]:
                values["office"] = Ref(Office, row["office"])
            if row["deputy"]:
                values["deputy"] = Ref(Post, row["deputy"])
            self._row(Post, key, values, row, unique="slug")
            row.required("title_de")
            self._translations(PostTranslation, Post, key, row, ["title"])
            for topic in row.listed("topics"):
                values = {"post": Ref(Post, key), "topic": Ref(Topic, topic)}
                self._row(POST_TOPICS, f"{key} {topic}", values, row)

    def _tenures(self) -> None:
        for row in self._read("tenures.csv", "key person post valid_from valid_until"):
            values = {
                "person": Ref(Person, row.required("person")),
                "post": Ref(Post, row.required("post")),
                "valid_from": row.date("valid_from"),
                "valid_until": row.date("valid_until"),
            }
            self._row(Tenure, row.required("key"), values, row)

    def _responsibilities(self) -> None:
        columns = "key post area topic valid_from valid_until joint"
        for row in self._read("responsibilities.csv", columns):
            values = {
                "post": Ref(Post, row.required("post")),
                "area": self._area(row.required("area"), row.path, row.line),
                "valid_from": row.date("valid_from"),
                "valid_until": row.date("valid_until"),
                "joint": row.yes("joint"),
            }
            if row["topic"]:
                values["topic"] = Ref(Topic, row["topic"])
            self._row(Responsibility, row.required("key"), values, row)

    def _doubts(self) -> None:
        columns = "subject_kind subject field value_used other_value source date note_de note_en"
        for row in self._read("doubts.csv", columns):
            model, name = DOUBT_ABOUT[row.choice("subject_kind", list(DOUBT_ABOUT))]
            subject = row.required("subject")
            is_area = model is Area
            about = self._area(subject, row.path, row.line) if is_area else Ref(model, subject)
            values: dict[str, Any] = {"agency": Ref(Agency, self.agency), name: about}
            values |= {key: row[key] for key in ("field", "value_used", "other_value", "source")}
            values |= {"source_date": row["date"], "note": row["note_de"]}
            key = f"{row['subject_kind']} {subject} {row['field']} {row['other_value']}"
            self._row(Doubt, key, values, row)

    # Records -------------------------------------------------------------------------------------

    def _read(self, name: str, columns: str, *, optional: bool = False) -> list[Row]:
        return read_csv(self.folder / name, columns.split(), optional=optional)

    def _area(self, key: str, path: Path, line: int | None) -> int:
        if key not in self.areas:
            raise BadFileError(path, line, f"there is no place “{key}”; run load_places first.")
        return self.areas[key]

    def _add(
        self,
        model: type[models.Model],
        key: str,
        values: dict[str, Any],
        path: Path,
        line: int | None = None,
        unique: str = "",
    ) -> None:
        self.found.append(Record(model, key, values, path, line, unique))

    def _row(self, model, key: str, values: dict[str, Any], row: Row, unique: str = "") -> None:
        self._add(model, key, values, row.path, row.line, unique)

    def _translations(self, model, master, key: str, row: Row, fields: list[str]) -> None:
        for language in CONTENT_LANGUAGES:
            texts = {name: row[f"{name}_{language}"] for name in fields}
            if any(texts.values()):
                self._translation(model, master, key, language, texts, row.path, row.line)

    def _translation(self, model, master, key, language, texts, path, line=None) -> None:
        values = {"master": Ref(master, key), "language_code": language, **texts}
        self._add(model, f"{key} {language}", values, path, line)
