"""The map of responsibilities: one a district."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.map import draw, geometries
from contacts.resolver import resolve
from contacts.snapshot import current
from contacts.views.shared import credits_of
from portal.public import public_page


@public_page
def districts(request: HttpRequest) -> HttpResponse:
    """The districts that have a map of their own."""
    snapshot = current(request.versions)
    by_id = snapshot.gazetteer.by_id
    covered = sorted((by_id[pk] for pk in snapshot.covering), key=lambda place: place.sort_key)
    return render(
        request,
        "contacts/maps.html",
        {
            "districts": [
                (district, snapshot.covering[district.id], _number_of_towns(snapshot, district))
                for district in covered
            ]
        },
    )


def _number_of_towns(snapshot, district) -> int:
    return len(snapshot.gazetteer.municipalities_of(district))


@public_page
def district(request: HttpRequest, district: str) -> HttpResponse:
    snapshot = current(request.versions)
    place = snapshot.gazetteer.district_by_slug.get(district)
    if place is None:
        raise Http404("no such district")
    towns = snapshot.gazetteer.municipalities_of(place)
    answers = [resolve(town, on=request.on, snapshot=snapshot) for town in towns]
    return render(
        request,
        "contacts/map.html",
        {
            "district": place,
            "agencies": snapshot.covering.get(place.id, ()),
            "map": draw(answers, geometries.at(request.versions)),
            "answers": answers,
            "on": request.on,
            "credits": credits_of(snapshot.gazetteer.sources),
        },
    )
