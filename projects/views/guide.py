"""The guide of local offers for the public: list, one offer, map, and the same as data."""

from collections.abc import Iterator

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from contacts.map import geometries
from contacts.places import Place
from contacts.snapshot import current as contacts_of
from contacts.views.shared import credits_of
from portal import sheets
from portal.exports import streamed
from portal.public import public_page
from projects import guide_map
from projects.booklet import second_languages
from projects.guide import Guide, OfferView, current
from projects.guide_filters import Active, GuideFilter
from projects.guide_panels import address_of

PAGE = 20
NEIGHBOURS = 6


def _filters(request: HttpRequest) -> GuideFilter:
    return GuideFilter(
        request.GET,
        guide=current(request.versions),
        snapshot=contacts_of(request.versions),
        on=request.on,
    )


@public_page
def offers(request: HttpRequest) -> HttpResponse:
    """Offers as filtered; the filters are in the address. An empty answer says what to do next."""
    filters = _filters(request)
    page = Paginator(filters.offers, PAGE).get_page(request.GET.get("seite"))
    context = {
        "filters": filters,
        "page": page,
        "query": filters.query(),
        "second_languages": second_languages(filters.listed),
    }
    if not filters.offers:
        context |= {
            "dropped": list(_with_one_filter_less(filters)),
            "neighbours": _neighbours(filters, request),
            "enquiries_url": enquiries_url(),
        }
    return render(request, "projects/guide/list.html", context)


@public_page
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    """One offer; what is over says so, and leads to what there is."""
    guide = current(request.versions)
    found = guide.offer(slug)
    if found is None and slug not in guide.ended:
        raise Http404("no such offer")
    if found is None or not found.is_listed(request.on):
        place = found.place if found else guide.ended[slug]
        context = {"offer": found, "place": place, "list_url": address_of(place)}
        return render(request, "projects/guide/gone.html", context, status=410)
    return render(
        request,
        "projects/guide/offer.html",
        {
            "offer": found,
            "on": request.on,
            "is_doubtful": found.is_doubtful(request.on),
            "is_coming": found.is_coming(request.on),
            "list_url": address_of(found.place.municipality or found.place),
            "other_languages": _versions(found),
        },
    )


@public_page
def offers_map(request: HttpRequest) -> HttpResponse:
    """How many offers each town has, one district at a time: `?kreis=` chooses another one."""
    snapshot = contacts_of(request.versions)
    listed = current(request.versions).listed(request.on)
    districts = guide_map.districts_of(listed)
    asked = snapshot.gazetteer.district_by_slug.get(request.GET.get("kreis", ""))
    shown = asked if asked in districts else next(iter(districts), None)
    drawn = None
    if shown is not None:
        drawn = guide_map.draw(
            listed,
            shown,
            gazetteer=snapshot.gazetteer,
            geometry=geometries.at(request.versions),
        )
    return render(
        request,
        "projects/guide/map.html",
        {
            "map": drawn,
            "towns": [(town, address_of(town.place)) for town in drawn.towns] if drawn else [],
            "district_url": address_of(shown) if shown else "",
            "districts": districts,
            "credits": credits_of(snapshot.gazetteer.sources),
        },
    )


# As data ------------------------------------------------------------------------------------------


@public_page
def as_csv(request: HttpRequest) -> HttpResponse:
    """The guide as filtered, as CSV."""
    header = [_("Title"), _("What"), _("Who offers it"), _("What is offered"), _("For whom")]
    header += [_("Languages"), _("Town"), _("Place"), _("Times"), _("Cost"), _("Step-free access")]
    header += [_("Contact"), _("Telephone"), _("E-mail"), _("Web site"), _("First day")]
    header += [_("Last day"), _("Confirmed on"), _("Agency")]
    lines = (_line(offer) for offer in _filters(request).offers)
    return streamed(sheets.csv_pieces(header, lines), name="angebote")


def _line(offer: OfferView) -> list[str]:
    town = offer.place.municipality or offer.place
    dates = (offer.valid_from, offer.valid_until, offer.confirmed_on)
    return [
        str(offer.title),
        offer.kind_label,
        offer.provider,
        str(offer.text),
        ", ".join(offer.group_labels),
        ", ".join(offer.language_names),
        town.name,
        ", ".join(offer.address),
        "; ".join(times_of(offer)),
        ", ".join(filter(None, (offer.cost_label, str(offer.cost_note)))),
        offer.step_free_label,
        offer.contact_name,
        offer.phone,
        offer.email,
        offer.website,
        *(date.isoformat() if date else "" for date in dates),
        str(offer.agency.name),
    ]


def times_of(offer: OfferView) -> Iterator[str]:
    """When it takes place, one line a time."""
    yield from map(str, offer.times)
    if offer.by_appointment:
        yield _("by appointment")
    if offer.times_note:
        yield str(offer.times_note)


# An empty answer ----------------------------------------------------------------------------------


def _with_one_filter_less(filters: GuideFilter) -> Iterator[tuple[Active, int]]:
    """Each filter whose absence would leave something, and how much."""
    if filters.asked.is_open:
        return
    for active in filters.active:
        query = QueryDict(active.query)
        gone = set(filters.values) - set(query)
        number = filters.without(*gone)
        if number:
            yield active, number


def _neighbours(filters: GuideFilter, request: HttpRequest) -> list[tuple[Place, int, str]]:
    """The towns around the one that was asked for, where something fits the other filters."""
    gazetteer = filters.snapshot.gazetteer
    geometry = geometries.at(request.versions)
    towns = {place.municipality for place in filters.asked.places if place.municipality}
    around = {pk for town in towns for pk in geometry.neighbours.get(town.id, ())}
    found = []
    for place in (gazetteer.by_id[pk] for pk in around if pk in gazetteer.by_id):
        query = filters.query(ort=place.name, gebiet=place.key)
        there = GuideFilter(
            QueryDict(query),
            guide=Guide(tuple(filters.listed), {}),
            snapshot=filters.snapshot,
            on=request.on,
        )
        number = sum(offer.place.municipality is place for offer in there.offers)
        if number:
            found.append((place, number, query))
    return sorted(found, key=lambda each: (-each[1], each[0].sort_key))[:NEIGHBOURS]


def enquiries_url() -> str:
    """Where people ask the coordinator."""
    try:
        return reverse("contacts:enquiries")
    except NoReverseMatch:
        return ""


def _versions(offer: OfferView) -> list[tuple[str, str, str]]:
    """What is offered in languages that the portal itself does not speak: code, title, text."""
    own = dict(settings.LANGUAGES)
    return [
        (code, title, offer.text.versions.get(code, ""))
        for code, title in offer.title.versions.items()
        if code not in own and title
    ]
