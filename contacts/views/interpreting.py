"""Which pool of interpreters helps where, and what to do elsewhere; never who interprets."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from contacts.cards import Card
from contacts.enquiries.kinds import BY_KIND
from contacts.enquiries.promises import ANSWER_DAYS
from contacts.interpreting.published import TOPIC, current
from contacts.models.enquiry import EnquiryKind
from contacts.published import AgencyView
from contacts.snapshot import current as contacts_of
from contacts.views.shared import moment_of, open_offices
from portal.public import public_page

FORM = BY_KIND[EnquiryKind.INTERPRETER]
DAYS = ANSWER_DAYS[EnquiryKind.INTERPRETER]


@public_page
def interpreting(request: HttpRequest) -> HttpResponse:
    """The pools, and the agencies that have none: they look for somebody, too."""
    snapshot = contacts_of(request.versions)
    pools = current(request.versions).at_work(request.on)
    with_pool = {pool.agency.id for pool in pools}
    agencies = (a for a in snapshot.agencies.values() if not a.is_finished(request.on))
    context = {
        "pools": [(pool, pool.areas(snapshot, request.on)) for pool in pools],
        "elsewhere": [agency for agency in agencies if agency.id not in with_pool],
        "form": FORM,
        "days": DAYS,
        "topic": snapshot.topic(TOPIC),
    }
    return render(request, "contacts/interpreting/list.html", context)


@public_page(state=open_offices)
def pool(request: HttpRequest, slug: str) -> HttpResponse:
    snapshot = contacts_of(request.versions)
    found = current(request.versions).pool(slug)
    if found is None:
        raise Http404("no such pool")
    contact = found.contact(snapshot, request.on)
    context = {
        "pool": found,
        "agency": found.agency,
        "is_at_work": found.is_at_work(request.on),
        "areas": found.areas(snapshot, request.on),
        "card": Card(found.agency, moment_of(request), contact),
        "form": FORM,
        "days": DAYS,
    }
    return render(request, "contacts/interpreting/pool.html", context)


def panel_of_agency(request: HttpRequest, agency: AgencyView) -> str:
    """For the page of an agency (`contacts.panels`)."""
    pools = current(request.versions).at_work(request.on, agency)
    if not pools:
        return ""
    return render_to_string("contacts/interpreting/_panel.html", {"pools": pools, "form": FORM})
