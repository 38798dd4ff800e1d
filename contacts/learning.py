"""Learning without spying: how look-ups end, and which inputs lead nowhere (docs/look-up.md).

`note` counts in memory and never touches the database, so a public page stays one that only reads.
A daemon thread, started by the first note in a process, writes the sums every half minute; what a
crash loses is half a minute of counting.

Stored are numbers per day, outcome, municipality and topic. An input without an answer is kept
under a hash with the key of its week; its text only when the third request of the week brings it
and it looks like a place name. Nothing leads to a person.
"""

import atexit
import datetime as dt
import logging
import os
import re
import threading
from collections import Counter
from dataclasses import dataclass, field

from django.conf import settings
from django.db import Error, IntegrityError, connections, transaction
from django.db.models import F, Model
from django.utils.crypto import salted_hmac

from contacts.models import Area, LookUpCount, MissedInput, PlaceName
from contacts.names import search_keys
from contacts.reader import Basis
from contacts.resolver import LookUp, Outcome

logger = logging.getLogger(__name__)

SECONDS = 30
SHOWN_FROM = 3  # requests of one week with the same input, before its text is stored
MOST_MISSES = 1000  # different inputs kept in memory between two flushes

_LOOKS_LIKE_A_NAME = re.compile(r"(?=.{2,40}\Z)[^\W\d_]+(?:[ -][^\W\d_]+){0,3}")


def looks_like_a_name(text: str) -> bool:
    """At most forty letters in at most four words: no number, no address, no sentence."""
    return bool(_LOOKS_LIKE_A_NAME.fullmatch(text))


def week_of(on: dt.date) -> str:
    year, week, _day = on.isocalendar()
    return f"{year}-W{week:02}"


def digest_of(text: str, week: str) -> str:
    """The keyed hash of an input, the same for all its spellings, another one every week."""
    key = f"contacts.learning.{week}"
    return salted_hmac(key, search_keys(text)[0], algorithm="sha256").hexdigest()


@dataclass
class Sums:
    """What has been noted since the last flush. `texts` holds only what looks like a name."""

    look_ups: Counter = field(default_factory=Counter)
    misses: Counter = field(default_factory=Counter)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)


class Ledger:
    """The sums of this process, and the thread that writes them."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, as the child of a fork must: its parent writes what it has noted."""
        self._lock = threading.Lock()
        self._sums = Sums()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def add(self, cell: tuple, miss: tuple[str, str] | None = None, text: str = "") -> None:
        with self._lock:
            self._sums.look_ups[cell] += 1
            known = miss in self._sums.misses
            if miss and (known or len(self._sums.misses) < MOST_MISSES):
                self._sums.misses[miss] += 1
                if text:
                    self._sums.texts[miss] = text

    def take(self) -> Sums:
        with self._lock:
            taken, self._sums = self._sums, Sums()
        return taken

    def start(self) -> None:
        """Start the thread, once a process; `LEARNING_SECONDS = 0` in the settings forbids it."""
        seconds = getattr(settings, "LEARNING_SECONDS", SECONDS)
        if not seconds or self._thread is not None:
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, args=(seconds,), name="learning", daemon=True
                )
                self._thread.start()
                atexit.register(flush)

    def _run(self, seconds: float) -> None:
        while not self._stop.wait(seconds):
            flush()
            connections.close_all()


_ledger = Ledger()
os.register_at_fork(after_in_child=_ledger.forget)


def note(look_up: LookUp, *, on: dt.date) -> None:
    """Count an answer that somebody has been given on the local date `on`. No query, no wait.

    For GET requests of the result page; a HEAD request or a suggestion is nobody's question. A
    browser that asks again for a page it has (304) does not get here, and is not counted twice.
    """
    towns = {place.municipality.id for place in look_up.places if place.municipality}
    town = towns.pop() if len(towns) == 1 else None
    topic = look_up.topic.id if look_up.topic else None
    cell = (on, look_up.outcome.value, town, topic)
    typed = look_up.reading.canonical
    if _is_missed(look_up) and search_keys(typed)[0]:
        week = week_of(on)
        text = typed if looks_like_a_name(typed) else ""
        _ledger.add(cell, (week, digest_of(typed, week)), text)
    else:
        _ledger.add(cell)
    _ledger.start()


def _is_missed(look_up: LookUp) -> bool:
    """Whether nothing fitted, or only something similar."""
    return look_up.outcome is Outcome.NONE or look_up.reading.basis is Basis.SIMILAR


def flush() -> None:
    """Write what this process has noted. An error costs the half minute, not the site."""
    try:
        write(_ledger.take())
    except Error as error:
        logger.warning("Some look-ups were not counted (%s).", type(error).__name__)


def write(sums: Sums) -> None:
    """Add `sums` to what is stored. Raises `django.db.Error`; what was written by then stays."""
    known = set(Area.objects.filter(pk__in=_towns(sums)).values_list("pk", flat=True))
    for (day, outcome, municipality, topic), number in sums.look_ups.items():
        town = municipality if municipality in known else None
        cell = {"outcome": outcome, "municipality_id": town, "topic_id": topic}
        _count(LookUpCount, number, day=day, **cell)
    for (week, digest), number in sums.misses.items():
        _count(MissedInput, number, week=week, digest=digest)
    _write_texts(sums)
    if sums.misses:
        _forget_rare_misses(max(week for week, _digest in sums.misses))


def _towns(sums: Sums) -> set[int]:
    return {town for _day, _outcome, town, _topic in sums.look_ups if town is not None}


def _count(model: type[Model], number: int, **cell) -> None:
    """Add `number` to the row of `cell`, or make the row; safe when two processes do so at once."""
    rows = model.objects.filter(**cell)
    for _attempt in range(2):
        if rows.update(number=F("number") + number):
            return
        try:
            with transaction.atomic():
                model.objects.create(**cell, number=number)
        except IntegrityError:  # another process made the row: add to it
            continue
        return


def _write_texts(sums: Sums) -> None:
    for (week, digest), text in sums.texts.items():
        MissedInput.objects.filter(
            week=week, digest=digest, number__gte=SHOWN_FROM, text=""
        ).update(text=text)


def _forget_rare_misses(week: str) -> None:
    """Inputs of earlier weeks that stayed rare are of no use, and their key is gone."""
    MissedInput.objects.filter(week__lt=week, text="").delete()


@transaction.atomic
def make_alias(missed: MissedInput, area: Area, *, by, on: dt.date) -> PlaceName:
    """Let the typed text lead to `area` from now on. The missed inputs with this text go.

    Raises `ValueError` for an input whose text is not stored.
    """
    if not missed.text:
        raise ValueError("The text of this input was not stored.")
    name = area.names.filter(text=missed.text).first() or area.names.create(
        text=missed.text,
        kind=PlaceName.Kind.SHORT,
        source=f"Staff ({by})" if by else "Staff",
        noted_on=on,
    )
    MissedInput.objects.filter(text=missed.text).delete()
    return name
