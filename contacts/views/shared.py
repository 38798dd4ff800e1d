"""What the views of this app have in common."""

import datetime as dt
from collections.abc import Iterable

from django.http import HttpRequest

from contacts.map import Map, draw, geometries
from contacts.models import Source
from contacts.places import Place
from contacts.resolver import resolve
from contacts.snapshot import Snapshot, current
from portal import clock


def moment_of(request: HttpRequest) -> dt.datetime:
    """The instant of the request as the clocks of the offices show it."""
    return clock.local(request.now)


def open_offices(request: HttpRequest) -> tuple[int, ...]:
    """For `public_page(state=…)`: a page that says "open now" changes when an office opens."""
    return current(request.versions).open_offices(moment_of(request))


def answer_map(request: HttpRequest, places: Iterable[Place], snapshot: Snapshot) -> Map | None:
    """The towns of `places` and their neighbours, unless they lie where nobody covers them."""
    towns = tuple(dict.fromkeys(p.municipality for p in places if p.municipality))
    if not towns or not snapshot.is_covered(towns[0]):
        return None
    geometry = geometries.at(request.versions)
    by_id = snapshot.gazetteer.by_id
    around = [
        by_id[pk] for town in towns for pk in geometry.neighbours.get(town.id, ()) if pk in by_id
    ]
    whole = dict.fromkeys(
        [*snapshot.gazetteer.municipalities_of(towns[0].district), *towns, *around]
    )
    return draw(
        [resolve(each, on=request.on, snapshot=snapshot) for each in whole],
        geometry,
        here=towns,
        near=frozenset(each.id for each in around),
    )


def credits_of(sources: Iterable[Source]) -> list[str]:
    """The attributions that a page has to show, each once."""
    parts = [part for source in sources for part in source.attribution.split(" · ")]
    return [part for part in dict.fromkeys(parts) if part]
