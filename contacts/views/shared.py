"""What the views of this app have in common."""

import datetime as dt

from django.http import HttpRequest

from contacts.map import Map, draw, geometries
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


def answer_map(request: HttpRequest, place: Place, snapshot: Snapshot) -> Map | None:
    """The town of `place` and its neighbours, as far as they lie in a district that is covered."""
    town = place.municipality
    if town is None or not snapshot.is_covered(town):
        return None
    geometry = geometries.at(request.versions)
    by_id = snapshot.gazetteer.by_id
    around = [by_id[pk] for pk in geometry.neighbours.get(town.id, ()) if pk in by_id]
    return draw(
        [resolve(each, on=request.on, snapshot=snapshot) for each in (town, *around)],
        geometry,
        here=town,
    )
