"""What the pages of towns and agencies show of the guide of local offers."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from contacts.places import Place
from contacts.published import AgencyView
from portal import data_version
from projects.guide import OfferView, current

SHOWN = 5


def address_of(place: Place) -> str:
    """The list of offers at `place`."""
    query = urlencode({"ort": place.name, "gebiet": place.key})
    return f"{reverse('projects:offers')}?{query}"


def at_place(request: HttpRequest, place: Place) -> str:
    """A few offers at `place`, its parts and all around it; nothing where there is none."""
    found = current(request.versions).at(place, request.on)
    return _panel(found, address_of(place))


def of_agency(request: HttpRequest, agency: AgencyView) -> str:
    """A few offers in the area of `agency`, and the way to all of them."""
    found = current(request.versions).of_agency(agency, request.on)
    return _panel(found, reverse("projects:offers"))


def agency_of(arguments: Mapping[str, str]) -> AgencyView | None:
    """Whose offer the page of one shows, for what visitors say is wrong."""
    offer = current(data_version.read()).offer(arguments.get("slug", ""))
    return offer.agency if offer else None


def _panel(offers: list[OfferView], url: str) -> str:
    if not offers:
        return ""
    context = {"offers": offers[:SHOWN], "number": len(offers), "url": url, "shown": SHOWN}
    return render_to_string("projects/guide/_panel.html", context)
