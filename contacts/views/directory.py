"""The directory of contacts, the page of a post, and its vCard."""

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.cards import Card, tiles_of
from contacts.filters import DirectoryFilter
from contacts.published import PostView
from contacts.resolver import contacts_of
from contacts.snapshot import Snapshot, current
from contacts.vcard import vcard as write_vcard
from contacts.views.shared import moment_of, open_offices
from portal.context import absolute
from portal.public import public_page


@public_page
def directory(request: HttpRequest) -> HttpResponse:
    snapshot = current(request.versions)
    filters = DirectoryFilter(request.GET, snapshot=snapshot, on=request.on)
    posts = filters.posts()
    return render(
        request,
        "contacts/directory.html",
        {
            "filters": filters,
            "is_filtered": any(request.GET.get(name) for name in filters.filters),
            "number": len(posts),
            "teams": [
                (agency, tiles_of(team, request.on))
                for agency, team in groupby(posts, key=lambda post: post.agency)
            ],
        },
    )


def _post(snapshot: Snapshot, slug: str) -> PostView:
    found = snapshot.post(slug)
    if found is None:
        raise Http404("no such post")
    return found


@public_page(state=open_offices)
def post(request: HttpRequest, slug: str) -> HttpResponse:
    snapshot = current(request.versions)
    found = _post(snapshot, slug)
    moment = moment_of(request)
    is_finished = found.agency.is_finished(request.on)
    lines = [] if is_finished else contacts_of([found], on=request.on, snapshot=snapshot)
    return render(
        request,
        "contacts/post.html",
        {
            "post": found,
            "holders": found.holders(request.on),
            "is_finished": is_finished,
            "cards": [Card(line.post.agency, moment, line) for line in lines],
            "agency_card": Card(found.agency, moment),
            "rules": [] if is_finished else snapshot.areas_of(found, request.on),
            "topics": [topic for topic in snapshot.topics if topic.id in found.topic_ids],
        },
    )


@public_page
def vcard(request: HttpRequest, slug: str) -> HttpResponse:
    """The contact for an address book: vCard 3.0, or 4.0 with `?v=4`."""
    snapshot = current(request.versions)
    found = _post(snapshot, slug)
    if found.agency.is_finished(request.on) or not found.is_filled:
        raise Http404("nobody to call")
    version = "4.0" if request.GET.get("v") == "4" else "3.0"
    url = absolute(request, found.get_absolute_url())
    content = write_vcard(found, on=request.on, url=url, version=version)
    return HttpResponse(
        content,
        content_type="text/vcard; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{found.slug}.vcf"'},
    )
