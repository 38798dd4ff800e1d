"""How the place that somebody typed into an enquiry is read, and what is left to ask about it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from contacts.enquiries.routing import nearest
from contacts.names import clean
from contacts.places import Place
from contacts.published import AgencyView
from contacts.reasons import why_here
from contacts.resolver import LookUp, Outcome, Resolution, look_up, resolve
from contacts.snapshot import Snapshot

NO_PLACE = "-"  # chosen instead of a place
SHOWN_CHOICES = 12
SIMILAR = 5


@dataclass(frozen=True)
class Where:
    """What is known of a typed place: an answer, places to choose from, or neither.

    `choices` stay when one of them was chosen. `goes_without`: the sender says that none of them
    fits, and wants to be answered all the same.
    """

    typed: str = ""
    resolution: Resolution | None = None
    choices: tuple[Place, ...] = ()
    is_known: bool = True
    goes_without: bool = False

    @property
    def place(self) -> Place | None:
        return self.resolution.place if self.resolution else None

    @property
    def is_outside(self) -> bool:
        return self.resolution is not None and self.resolution.outcome is Outcome.OUTSIDE

    @property
    def question(self) -> str:
        """What is to be done about a text that names no single place."""
        words = {"typed": self.typed}
        if self.is_known:
            return _("Several places fit “%(typed)s”. Choose the one that you mean.") % words
        return (
            _(
                "We do not know a place called “%(typed)s”. Type the nearest town that you know, "
                "or choose here."
            )
            % words
        )

    def to_choose_from(self) -> list[tuple[str, str]]:
        """Keys with labels of what may be meant, or of going on without a place; empty: neither."""
        if not self.choices and self.is_known:
            return []
        found = [(place.key, _labelled(place)) for place in self.choices]
        return [*found, (NO_PLACE, _("None of these: answer me without a place"))]

    def said_of_outside(self, offices: Sequence[AgencyView], *, snapshot: Snapshot) -> str:
        """That nobody here is responsible for the place, who is, and who would answer."""
        words = {"office": nearest(self.place, offices, snapshot=snapshot).name}
        offer = _("If you tick the box, this office answers you all the same: %(office)s.") % words
        return f"{why_here(self.resolution)} {offer}"


def read_place(typed: str, chosen: str, *, on: dt.date, snapshot: Snapshot) -> Where:
    """Read `typed` as the look-up does; `chosen` is the key of one of the places it may mean."""
    typed = clean(typed)
    if not typed:
        return Where()
    found = look_up(typed, on=on, snapshot=snapshot)
    if found.answer is not None:
        return Where(typed, found.answer)
    is_known = found.outcome is Outcome.CHOOSE
    places = [hit.place for hit in found.hits] if is_known else _similar(found, snapshot)
    offered = tuple({place.key: place for place in places}.values())[:SHOWN_CHOICES]
    meant = next((place for place in offered if place.key == chosen), None)
    return Where(
        typed,
        resolve(meant, on=on, snapshot=snapshot) if meant else None,
        choices=offered,
        is_known=is_known,
        goes_without=meant is None and chosen == NO_PLACE,
    )


def _similar(found: LookUp, snapshot: Snapshot) -> list[Place]:
    """Places that begin like what was typed."""
    index = snapshot.gazetteer.index
    start = index.longest_start(found.reading.canonical)
    return [hit.place for hit in index.starting_with(start)[:SIMILAR]] if start else []


def _labelled(place: Place) -> str:
    name = f"{place.name} ({place.municipality.name})" if place.is_part else place.name
    return name if place.is_district else f"{name}, {place.district.name}"
