"""Imprint, privacy notice, accessibility statement: one section an agency; and the sources."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from contacts.models import Agency, LegalDetails
from contacts.published import AgencyView
from contacts.snapshot import current
from contacts.states import STATES
from portal.legal import texts_of
from portal.models import Page
from portal.processing import activities
from portal.public import public_page


@public_page
def imprint(request: HttpRequest) -> HttpResponse:
    context = _legal_context(request, Page.Kind.IMPRINT)
    bodies = []
    for body in context["bodies"]:
        agency = body[0]
        lender = None if agency.is_finished(request.on) else agency
        bodies.append((*body, lender, _not_on_file(agency.legal or LegalDetails(), lender)))
    return render(request, "contacts/imprint.html", {**context, "bodies": bodies})


def _not_on_file(legal: LegalDetails, lender: AgencyView | None) -> list[str]:
    """The lines of an imprint for which nothing is recorded.

    `lender` is the agency whose own telephone and e-mail stand in, while it is at work.
    """
    lines = {
        _("Public body"): legal.body_name,
        _("Legal form"): legal.legal_form,
        _("Represented by"): legal.representative,
        _("Address"): legal.street,
        _("Telephone"): legal.phone or (lender and lender.phone),
        _("E-mail"): legal.email or (lender and lender.email),
        _("Supervised by"): legal.supervisory_authority,
    }
    return [label for label, value in lines.items() if not value]


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    context = _legal_context(request, Page.Kind.PRIVACY)
    return render(request, "contacts/privacy.html", {**context, "activities": activities()})


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    context = _legal_context(request, Page.Kind.ACCESSIBILITY)
    return render(request, "contacts/accessibility.html", context)


def _legal_context(request: HttpRequest, kind: Page.Kind) -> dict:
    own_texts = texts_of(kind, request.versions)
    bodies = [
        (agency, agency.legal, _state(agency), own_texts.get(agency.slug))
        for agency in current(request.versions).agencies.values()
    ]
    return {"bodies": bodies, "site_text": own_texts.get("")}


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
