"""The search over everything public: contacts, network, offers, news, documents, funding, pages.

No query depends on the number of rows, and both databases find the same: "grosspoesna" and
"Großpösna" are one word. Every word has to occur, as the beginning or, from four letters on, as
any part of a word ("kurs" in "Sprachkurs").
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from contacts.names import clean, search_keys
from contacts.snapshot import current as contacts_of
from portal.data_version import Versions
from projects.site_index import Entry, Kind, index, posts

LONGEST = 200  # characters of a query that are read
MOST_WORDS = 8
PART_OF_A_WORD = 4  # letters from which on a word may be found inside of another


@dataclass(frozen=True)
class Word:
    """One word of a query, folded both ways; an empty key matches nothing."""

    keys: tuple[str, str]

    def weight(self, entry: Entry) -> int:
        """How well it fits: 4 and 3 in the title, 2 and 1 elsewhere, 0 not at all."""
        return max(
            _weight(key, title, text)
            for key, title, text in zip(self.keys, entry.title_keys, entry.keys, strict=True)
        )


def _weight(key: str, title: str, text: str) -> int:
    if not key:
        return 0
    start, part = f" {key}", len(key) >= PART_OF_A_WORD
    if start in title:
        return 4
    if part and key in title:
        return 3
    if start in text:
        return 2
    return 1 if part and key in text else 0


@dataclass(frozen=True)
class Found:
    """What was found, by kind, the best first."""

    by_kind: Mapping[Kind, list[Entry]]

    @property
    def number(self) -> int:
        return sum(len(entries) for entries in self.by_kind.values())


def words_of(query: str) -> list[Word]:
    typed = clean(query[:LONGEST]).split()[:MOST_WORDS]
    found = (Word(search_keys(word)) for word in typed)
    return [word for word in found if any(word.keys)]


def find(query: str, *, versions: Versions, on: dt.date) -> Found:
    """Everything public that fits all words of `query` on the local date `on`."""
    words = words_of(query)
    if not words:
        return Found({})
    rated = []
    for entry in (*posts(contacts_of(versions), on), *index.at(versions)):
        weights = [word.weight(entry) for word in words]
        if all(weights) and entry.is_shown(on):
            rated.append((sum(weights), entry))
    rated.sort(key=lambda pair: -pair[0])  # stable: else in the order of the lists
    found = {kind: [entry for _sum, entry in rated if entry.kind == kind] for kind in Kind}
    return Found({kind: entries for kind, entries in found.items() if entries})
