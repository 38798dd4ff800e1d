"""What agencies tell: a list, a page for each piece of news, and a feed (RFC 4287)."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contacts.news import News, current
from contacts.published import AgencyView
from contacts.snapshot import current as contacts_of
from portal.context import SITE_NAME, absolute
from portal.public import public_page
from portal.texts import Text

IN_A_FEED = 30
# What XML has no way to say, from a text that somebody pasted.
UNSAYABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


@public_page
def news(request: HttpRequest) -> HttpResponse:
    """All that is current, and below what was; `?stelle=` leaves one agency."""
    every = current(request.versions)
    agency = _agency(request)
    return render(
        request,
        "contacts/news/list.html",
        {
            "agency": agency,
            "agencies": _agencies(every, request.on),
            "current": every.current(request.on, agency),
            "former": every.former(request.on, agency),
        },
    )


@public_page
def news_item(request: HttpRequest, slug: str) -> HttpResponse:
    found = current(request.versions).item(slug, request.on)
    if found is None:
        raise Http404("no such news")
    return render(
        request,
        "contacts/news/detail.html",
        {"item": found, "agency": found.agency, "is_current": found.is_current(request.on)},
    )


@public_page
def feed(request: HttpRequest) -> HttpResponse:
    """What is current as Atom; `?stelle=` leaves one agency."""
    agency = _agency(request)
    name = _said(agency.name) if agency else SITE_NAME
    written = Atom1Feed(
        title=_("News: %(agency)s") % {"agency": name},
        link=absolute(request, reverse("contacts:news")),
        description="",
        language=get_language(),
        feed_url=absolute(request, request.get_full_path()),
    )
    for item in current(request.versions).current(request.on, agency)[:IN_A_FEED]:
        address = absolute(request, item.get_absolute_url())
        moment = dt.datetime.combine(
            item.published_on, dt.time(), tzinfo=timezone.get_default_timezone()
        )
        written.add_item(
            title=_said(item.title),
            link=address,
            unique_id=address,
            description=_said(item.summary) or _said(item.text),
            author_name=_said(item.agency.name),
            pubdate=moment,
            updateddate=moment,
        )
    return HttpResponse(
        written.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )


def _said(text: Text) -> str:
    return str(text).translate(UNSAYABLE)


def _agency(request: HttpRequest) -> AgencyView | None:
    return contacts_of(request.versions).agency(request.GET.get("stelle", ""))


def _agencies(every: News, on: dt.date) -> list[AgencyView]:
    """Those that have told something, if they are more than one."""
    found = {item.agency.id: item.agency for item in every.every if item.is_out(on)}
    return sorted(found.values(), key=lambda agency: agency.slug) if len(found) > 1 else []
