"""The network of agencies: its groups and partners in one list, and a page for each group."""

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.network.published import OrganisationView, current
from contacts.network_filters import PartnerFilter
from contacts.snapshot import current as contacts_of
from portal.public import public_page

PAGE = 60
OF_THE_PAGE = ("seite", "partner")  # what an address says besides the filters


@public_page
def network(request: HttpRequest) -> HttpResponse:
    """`?partner=` opens the page of the list on which that partner stands."""
    held, on = current(request.versions), request.on
    filters = PartnerFilter(request.GET, network=held, on=on)
    query = request.GET.copy()
    for name in OF_THE_PAGE:
        query.pop(name, None)
    at_work = [a for a in contacts_of(request.versions).agencies.values() if not a.is_finished(on)]
    groups = [(agency, held.groups_of(agency, on)) for agency in at_work]
    return render(
        request,
        "contacts/network/list.html",
        {
            "filters": filters,
            "page": _page(request, filters.found()),
            "networks": [(agency, own) for agency, own in groups if own or agency.network],
            "has_agencies": len({partner.agency.id for partner in filters.listed}) > 1,
            "query": query.urlencode(),
        },
    )


def _page(request: HttpRequest, found: list[OrganisationView]) -> Page:
    wanted, number = request.GET.get("partner"), request.GET.get("seite")
    slugs = [partner.slug for partner in found] if wanted else []
    if wanted in slugs:
        number = slugs.index(wanted) // PAGE + 1
    return Paginator(found, PAGE).get_page(number)


@public_page
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """What a group is there for and how to join it; who belongs to it is nobody else's."""
    held = current(request.versions)
    found = held.group(slug)
    if found is None:
        raise Http404("no such group")
    return render(
        request,
        "contacts/network/group.html",
        {
            "group": found,
            "agency": found.agency,
            "is_ended": found.is_ended(request.on),
            "is_planned": found.started_on is not None and found.started_on > request.on,
            "others": [g for g in held.groups_of(found.agency, request.on) if g is not found],
        },
    )
