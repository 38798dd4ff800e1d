"""The page of a town or of a part of it, and the notice to print."""

from io import BytesIO

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe

from contacts import panels
from contacts.cards import cards_of, topic_cards
from contacts.places import Place
from contacts.reasons import why_here
from contacts.resolver import resolve
from contacts.snapshot import Snapshot, current
from contacts.views.shared import answer_map, credits_of, moment_of, open_offices
from portal.context import absolute
from portal.public import public_page


def _state(request: HttpRequest) -> tuple:
    return (open_offices(request), panels.of_places.state(request))


@public_page(state=_state)
def municipality(request: HttpRequest, municipality: str) -> HttpResponse:
    snapshot = current(request.versions)
    moved = _moved(municipality, snapshot)
    if moved:
        return HttpResponsePermanentRedirect(moved.get_absolute_url())
    return _place_page(request, _municipality(municipality, snapshot), snapshot)


@public_page(state=_state)
def locality(request: HttpRequest, municipality: str, part: str) -> HttpResponse:
    snapshot = current(request.versions)
    moved = _moved(municipality, snapshot)
    town = moved or _municipality(municipality, snapshot)
    place = snapshot.gazetteer.part(town, part)
    if place is None:
        raise Http404("no such part of the town")
    if moved:
        return HttpResponsePermanentRedirect(place.get_absolute_url())
    return _place_page(request, place, snapshot)


def _municipality(slug: str, snapshot: Snapshot) -> Place:
    place = snapshot.gazetteer.municipality_by_slug.get(slug)
    if place is None:
        raise Http404("no such municipality")
    return place


def _moved(slug: str, snapshot: Snapshot) -> Place | None:
    """Where a municipality that has ended has gone, unless another one has its address now."""
    gazetteer = snapshot.gazetteer
    return None if slug in gazetteer.municipality_by_slug else gazetteer.moved.get(slug)


def _place_page(request: HttpRequest, place: Place, snapshot: Snapshot) -> HttpResponse:
    topic = snapshot.topic(request.GET.get("thema", ""))
    answer = resolve(place, topic, on=request.on, snapshot=snapshot)
    cards = cards_of(answer, moment_of(request))
    gazetteer = snapshot.gazetteer
    return render(
        request,
        "contacts/place.html",
        {
            "place": place,
            "answer": answer,
            "cards": cards,
            "reason": why_here(answer),
            "topic": topic,
            "topic_cards": () if topic else topic_cards(answer, snapshot, moment_of(request)),
            "office": next((card.office for card in cards if card.office), None),
            "map": answer_map(request, [place], snapshot),
            "parts": gazetteer.parts_of(place),
            "panels": panels.of_places.shown(request, place),
            "credits": credits_of(gazetteer.sources),
        },
    )


@public_page
def notice(request: HttpRequest, municipality: str) -> HttpResponse:
    """A sheet for the notice board, with a QR code that leads to the page of the town."""
    snapshot = current(request.versions)
    place = _moved(municipality, snapshot) or _municipality(municipality, snapshot)
    answer = resolve(place, on=request.on, snapshot=snapshot)
    address = absolute(request, reverse("contacts:municipality", args=[place.slug]))
    return render(
        request,
        "contacts/notice.html",
        {
            "place": place,
            "answer": answer,
            "cards": cards_of(answer, moment_of(request)),
            "address": address,
            "qr_code": qr_code(address),
        },
    )


def qr_code(address: str) -> str:
    """`address` as a QR code: an SVG without style attributes, dark modules only."""
    buffer = BytesIO()
    segno.make(address, error="m", micro=False).save(
        buffer,
        kind="svg",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        svgclass="qr",
        lineclass=None,
        border=4,
    )
    return mark_safe(buffer.getvalue().decode())  # noqa: S308 (drawn by segno, holds no text)
