"""Agencies with their teams, and their offices."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from contacts import documents, news, panels
from contacts.cards import Card, OfficeToday, tiles_of
from contacts.network import published as network
from contacts.published import OfficeView, PostView
from contacts.snapshot import Snapshot, current
from contacts.views.shared import moment_of, open_offices
from portal.colours import lightened, mixed
from portal.public import public_page

SHOWN_NEWS = 3


@public_page
def agencies(request: HttpRequest) -> HttpResponse:
    snapshot = current(request.versions)
    every = snapshot.agencies.values()
    return render(
        request,
        "contacts/agencies.html",
        {
            "at_work": [agency for agency in every if not agency.is_finished(request.on)],
            "finished": [agency for agency in every if agency.is_finished(request.on)],
            "topics": snapshot.topics,
        },
    )


@public_page(state=panels.of_agencies.state)
def agency(request: HttpRequest, slug: str) -> HttpResponse:
    snapshot = current(request.versions)
    found = snapshot.agency(slug)
    if found is None:
        raise Http404("no such agency")
    team = sorted(snapshot.posts_of(found), key=lambda p: (not p.leads, p.rank, p.slug))
    moment = moment_of(request)
    held = network.current(request.versions)
    groups = held.groups_of(found, request.on)
    partners = held.partners(request.on, found)
    return render(
        request,
        "contacts/agency.html",
        {
            "agency": found,
            "is_finished": found.is_finished(request.on),
            "card": Card(found, moment),
            "team": tiles_of(team, request.on),
            "former": [(post, post.tenures) for post in team if post.tenures],
            "offices": [OfficeToday(office, moment) for office in snapshot.offices_of(found)],
            "groups": groups,
            "partners": len(partners),
            "news": news.current(request.versions).fresh(request.on, found)[:SHOWN_NEWS],
            "documents": documents.current(request.versions).of_agency(found, request.on),
            "panels": panels.of_agencies.shown(request, found),
        },
    )


@public_page
def accent(request: HttpRequest, slug: str) -> HttpResponse:
    """The agency's own colour as a stylesheet, since nothing may be written into a page."""
    found = current(request.versions).agency(slug)
    if found is None or not found.accent:
        raise Http404("no colour of its own")
    light, dark = found.accent, lightened(found.accent)
    return HttpResponse(
        _rule("screen", light, strong=mixed(light, "#000000", 0.25))
        + _rule(
            "screen and (prefers-color-scheme: dark)", dark, strong=mixed(dark, "#ffffff", 0.25)
        ),
        content_type="text/css; charset=utf-8",
    )


def _rule(media: str, brand: str, *, strong: str) -> str:
    colours = f"--color-brand: {brand}; --color-brand-strong: {strong};"
    return f"@media {media} {{ :root {{ {colours} }} }}\n"


@public_page(state=open_offices)
def office(request: HttpRequest, slug: str) -> HttpResponse:
    snapshot = current(request.versions)
    found = snapshot.office(slug)
    if found is None:
        raise Http404("no such office")
    return render(
        request,
        "contacts/office.html",
        {
            "office": found,
            "address": f"{found.street}, {found.postal_code} {found.city}",
            "today": OfficeToday(found, moment_of(request)),
            "is_finished": found.agency.is_finished(request.on),
            "people": tiles_of(_posts_at(found, snapshot), request.on),
        },
    )


def _posts_at(office: OfficeView, snapshot: Snapshot) -> list[PostView]:
    """The filled posts of `office` in the order of the team."""
    posts = (post for post in snapshot.posts.values() if post.office is office and post.is_filled)
    return sorted(posts, key=lambda post: (post.rank, post.slug))
