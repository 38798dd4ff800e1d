"""What somebody prints who does not apply on the internet."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language

from portal.context import absolute
from portal.public import public_page
from projects.blank_form import render_blank
from projects.funding import current
from projects.panels import call_states


@public_page(state=call_states)
def blank_form(request: HttpRequest, slug: str) -> HttpResponse:
    """The empty form of a call; the same bytes for a whole day."""
    funding = current(request.versions)
    call = funding.call(slug)
    programme = funding.programme(call.programme_slug) if call else None
    if call is None or programme is None:
        raise Http404("no such call")
    url = absolute(request, programme.get_absolute_url())
    noon = dt.datetime.combine(request.on, dt.time(12), dt.UTC)
    return HttpResponse(
        render_blank(call, programme, url=url, language=get_language(), now=noon),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{slug}.pdf"'},
    )
