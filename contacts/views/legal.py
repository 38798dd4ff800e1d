"""Imprint, privacy notice, accessibility statement: one section an agency; and the sources."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.models import Agency
from contacts.published import AgencyView
from contacts.snapshot import current
from contacts.states import STATES
from portal.legal import texts_of
from portal.models import Page
from portal.public import public_page


@public_page
def imprint(request: HttpRequest) -> HttpResponse:
    return _legal_page(request, Page.Kind.IMPRINT, "contacts/imprint.html")


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    return _legal_page(request, Page.Kind.PRIVACY, "contacts/privacy.html")


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return _legal_page(request, Page.Kind.ACCESSIBILITY, "contacts/accessibility.html")


def _legal_page(request: HttpRequest, kind: Page.Kind, template: str) -> HttpResponse:
    own_texts = texts_of(kind, request.versions)
    bodies = [
        (agency, agency.legal, _state(agency), own_texts.get(agency.slug))
        for agency in current(request.versions).agencies.values()
    ]
    return render(request, template, {"bodies": bodies, "site_text": own_texts.get("")})


def _state(agency: AgencyView):
    return STATES[Agency.State(agency.state)]


@public_page
def sources(request: HttpRequest) -> HttpResponse:
    """Where the data come from, under which licence, and what was changed."""
    return render(
        request,
        "contacts/sources.html",
        {"sources": current(request.versions).gazetteer.sources},
    )
