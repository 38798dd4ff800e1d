"""Who advises on a project at a place that somebody has typed."""

import datetime as dt
from dataclasses import dataclass

from contacts.index import Hit
from contacts.published import AgencyView
from contacts.reader import Reading
from contacts.resolver import Outcome, Resolution, look_up, resolve
from contacts.snapshot import Snapshot

SHOWN_CHOICES = 20


@dataclass(frozen=True)
class Advice:
    """What is known of the typed place: an answer, places to choose from, or neither."""

    reading: Reading
    resolution: Resolution | None = None
    choices: tuple[Hit, ...] = ()
    agencies: tuple[AgencyView | None, ...] = ()  # of all that it may mean, each once
    more: int = 0

    @property
    def typed(self) -> str:
        return self.reading.typed

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known of what was typed."""
        return self.resolution is None and not self.choices

    @property
    def agency(self) -> AgencyView | None:
        """Who answers there, or would have to, if that is the same for all that it may mean."""
        return self.agencies[0] if len(self.agencies) == 1 else None

    @property
    def is_outside(self) -> bool:
        return self.resolution is not None and self.resolution.outcome is Outcome.OUTSIDE


def advise(typed: str, chosen: str = "", *, on: dt.date, snapshot: Snapshot) -> Advice:
    """Read `typed` as the look-up does; `chosen` is the key of one of the places it may mean."""
    found = look_up(typed, on=on, snapshot=snapshot)
    answer = found.answer
    if answer is None:
        hit = next((hit for hit in found.hits if hit.place.key == chosen), None)
        answer = resolve(hit.place, on=on, snapshot=snapshot) if hit else None
    if answer is not None:
        return Advice(found.reading, answer, agencies=(answer.agency,))
    choices = found.hits[:SHOWN_CHOICES]
    agencies = tuple(dict.fromkeys(resolution.agency for resolution in found.resolutions))
    return Advice(
        found.reading, choices=choices, agencies=agencies, more=len(found.hits) - len(choices)
    )
