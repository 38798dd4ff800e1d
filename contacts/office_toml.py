"""A TOML file in the folder of an office, read entry by entry: each problem is told with its file.

`guide.toml` and `network.toml` are such files; data/offices/README.md describes them.
"""

import datetime as dt
from pathlib import Path
from typing import Any

from django.db import models

from contacts.load_office import CONTENT_LANGUAGES
from contacts.loadable import BadFileError, Record, Ref
from contacts.models import Agency, Area
from contacts.tables import read_toml


class OfficeToml:
    """Reads one file of an office that has been loaded before; `found` is what it says so far.

    Its first line names the agency. Raises BadFileError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content = read_toml(path)
        agency = Agency.objects.filter(slug=self.content.get("agency", "")).first()
        if agency is None:
            raise self.bad("agency names none that has been loaded.")
        self.agency = agency
        self.areas = dict(Area.objects.values_list("key", "pk"))
        self.found: list[Record] = []

    def bad(self, problem: str) -> BadFileError:
        return BadFileError(self.path, None, problem)

    def in_order(self) -> list[Record]:
        """What was found, one model after the other, as they first came."""
        order = list(dict.fromkeys(record.model for record in self.found))
        return sorted(self.found, key=lambda record: order.index(record.model))

    # Records -------------------------------------------------------------------------------------

    def _add(self, model: type[models.Model], key: str, *, unique: str = "slug", **values) -> None:
        self.found.append(Record(model, key, values, self.path, unique=unique))

    def _translations(
        self, model, of, key: str, entry: dict, names: tuple[str, ...], *, needed: str = "title"
    ) -> None:
        """The texts `names` in each language that `needed` has; that is German at least."""
        title = self._versions(entry, needed)
        if not title.get(CONTENT_LANGUAGES[0]):
            raise self.bad(f"{key}: {needed} has no text in {CONTENT_LANGUAGES[0]}.")
        for language in title:
            texts = {name: self._text(self._versions(entry, name), language) for name in names}
            values = {"master": Ref(of, key), "language_code": language, **texts}
            self._add(model, f"{key} {language}", unique="", **values)

    # Values --------------------------------------------------------------------------------------

    def _versions(self, entry: dict, name: str) -> dict:
        """A text in several languages, such as { de = "Sport", en = "Sports" }."""
        versions = entry.get(name, {})
        if not isinstance(versions, dict):
            raise self.bad(f"{entry.get('key', '?')}: {name} needs a text for each language.")
        return versions

    def _text(self, versions: dict, language: str) -> str:
        text = versions.get(language, "")
        return "\n".join(text) if isinstance(text, list) else text

    def _needed(self, entry: dict, name: str) -> Any:
        if entry.get(name) in (None, ""):
            raise self.bad(f"{entry.get('key', '?')}: {name} is missing.")
        return entry[name]

    def _choice(self, choices, entry: dict, name: str) -> str:
        return self._one_of(choices, self._needed(entry, name))

    def _one_of(self, choices, value: str) -> str:
        if value not in choices.values:
            raise self.bad(f"“{value}” is none of {', '.join(choices.values)}.")
        return value

    def _area(self, entry: dict) -> int | None:
        key = entry.get("area", "")
        if key and key not in self.areas:
            raise self.bad(f"area “{key}” is not among the loaded places.")
        return self.areas.get(key)

    def _day(self, entry: dict, name: str) -> dt.date | None:
        value = entry.get(name)
        is_day = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
        if value is None or is_day:
            return value
        raise self.bad(f"{entry.get('key', '?')}: {name} is no date.")
