"""The cost of a look-up by the number of names, in the index alone."""

import csv
import gzip
import itertools
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from contacts.index import Name, PlaceIndex
from contacts.models import Area, PlaceName
from contacts.names import search_keys
from contacts.places import Place

SIZES = (300, 3_000, 60_000)
LOOK_UPS = 300

_STEMS = [
    "alt",
    "ber",
    "bor",
    "brand",
    "dorn",
    "eich",
    "frau",
    "gei",
    "gers",
    "grim",
    "hain",
    "hart",
    "hohen",
    "kle",
    "kohr",
    "lang",
    "lind",
    "lob",
    "mar",
    "mei",
    "mut",
    "nau",
    "neu",
    "nie",
    "ober",
    "otter",
    "par",
    "peg",
    "rod",
    "roth",
    "sachs",
    "schön",
    "sei",
    "stein",
    "tann",
    "thal",
    "trag",
    "wald",
    "wei",
    "wur",
]
_ENDINGS = [
    "au",
    "bach",
    "berg",
    "born",
    "burg",
    "dorf",
    "feld",
    "hain",
    "hausen",
    "heim",
    "itz",
    "kirchen",
    "ma",
    "nau",
    "ow",
    "rode",
    "stedt",
    "tal",
    "walde",
]


def generated() -> list[str]:
    """More than enough made-up place names, the same in each run."""
    pairs = itertools.product(_STEMS, _STEMS, _ENDINGS)
    names = [f"{one}{two}{ending}".title() for one, two, ending in pairs]
    names += [f"{name} {side}" for side in ("Nord", "Süd") for name in names]
    random.Random(1).shuffle(names)
    return names


def from_file(path: Path) -> list[str]:
    """The column ``name`` of a gzipped CSV file, shuffled."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    random.Random(1).shuffle(names)
    return names


def measure(names: Sequence[str]) -> dict[int, tuple[float, float]]:
    """Median seconds of an exact and of a similar look-up, by number of names."""
    return {size: _measure(names[:size]) for size in SIZES if size <= len(names)}


def _measure(names: Sequence[str]) -> tuple[float, float]:
    index = _index(names)
    chosen = random.Random(2).sample(list(names), min(LOOK_UPS, len(names)))
    slips = [name[:-2] + name[-1] + name[-2] + "x" for name in chosen]
    return _median(index.exact, chosen), _median(index.similar, slips)


def _median(function: Callable[[str], object], texts: Sequence[str]) -> float:
    taken = []
    for text in texts:
        start = time.perf_counter()
        function(text)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _index(names: Sequence[str]) -> PlaceIndex:
    district = Place(0, "14000", Area.Kind.DISTRICT, "Landkreis", "landkreis", None)
    entries = []
    for number, name in enumerate(names, start=1):
        place = Place(number, str(number), Area.Kind.MUNICIPALITY, name, str(number), district)
        entries.append((*search_keys(name), Name(name, PlaceName.Kind.OFFICIAL, place)))
    return PlaceIndex(entries, {})
