"""Files that machines ask for: robots.txt, sitemap.xml, security.txt."""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override

from contacts import documents, news
from contacts.enquiries.kinds import PAGES
from contacts.interpreting import published as interpreting
from contacts.network import published as network
from contacts.snapshot import current
from portal.context import absolute
from portal.public import public_page
from projects import funding, guide, undertakings

PLAIN_PAGES = (
    "home",
    "contacts:map",
    "contacts:agencies",
    "contacts:directory",
    "contacts:documents",
    "contacts:news",
    "contacts:network",
    "contacts:interpreting",
    "contacts:enquiries",
    "projects:offers",
    "projects:offers_map",
    "projects:projects",
    "projects:programmes",
    "projects:funding_check",
    "contacts:imprint",
    "contacts:privacy",
    "contacts:accessibility",
    "contacts:sources",
)


@public_page
def robots(request: HttpRequest) -> HttpResponse:
    """All may be read, but a demo is no official service and wants to be found by nobody."""
    lines = ["User-agent: *"]
    lines += ["Disallow: /"] if settings.DEMO else ["Disallow: /verwaltung/"]
    lines += [f"Sitemap: {absolute(request, reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@public_page
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116; `Expires` is always half a year ahead, at the beginning of a day.

    A demo names nobody: the agencies in its data do not run it.
    """
    if settings.DEMO or not settings.SECURITY_CONTACT:
        raise Http404("nobody to tell")
    expires = request.now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    expires += dt.timedelta(days=180)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Contact: {absolute(request, reverse('contacts:correction'))}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {absolute(request, reverse('security'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page of every language, each with its twins in the others (sitemaps.org, hreflang)."""
    languages = [code for code, _name in settings.LANGUAGES]
    addresses = {}
    for code in languages:
        with override(code):
            addresses[code] = [absolute(request, path) for path in _paths(request)]
    pages = [
        list(zip(languages, twins, strict=True)) for twins in zip(*addresses.values(), strict=True)
    ]
    return render(request, "sitemap.xml", {"pages": pages}, content_type="application/xml")


def _paths(request: HttpRequest) -> Iterator[str]:
    snapshot, versions = current(request.versions), request.versions
    for name in PLAIN_PAGES:
        yield reverse(name)
    for agency in snapshot.agencies.values():
        yield agency.get_absolute_url()
    for row in (*snapshot.offices.values(), *snapshot.posts.values()):
        if not row.archived_on:
            yield row.get_absolute_url()
    for shown in (
        *PAGES,
        *snapshot.topics,
        *funding.current(versions).programmes,
        *documents.current(versions).by_id.values(),
        *news.current(versions).current(request.on),
        *interpreting.current(versions).at_work(request.on),
        *network.current(versions).groups,
        *undertakings.current(versions).every,
        *guide.current(versions).listed(request.on),
    ):
        yield shown.get_absolute_url()
    for place in snapshot.gazetteer.by_id.values():
        if snapshot.is_covered(place):
            yield place.get_absolute_url()
