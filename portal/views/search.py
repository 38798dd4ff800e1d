"""The search over the whole site; its address is all that it remembers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.resolver import Outcome, look_up
from contacts.snapshot import current
from portal.public import public_page
from projects.site_index import Kind
from projects.site_search import LONGEST, find

OF_EACH_KIND = 5
OF_ONE_KIND = 100


@public_page
def search(request: HttpRequest) -> HttpResponse:
    """`?q=` is what is looked for, `?art=` leaves one kind of what was found."""
    typed = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    found = find(typed, versions=request.versions, on=request.on)
    only = request.GET.get("art", "")
    kinds = [Kind(only)] if only in Kind.values else list(Kind)
    most = OF_ONE_KIND if len(kinds) == 1 else OF_EACH_KIND
    return render(
        request,
        "portal/search.html",
        {
            "typed": typed,
            "number": found.number,
            "only": Kind(only) if only in Kind.values else None,
            "place": _place(typed, request),
            "parts": [
                {
                    "kind": kind,
                    "entries": found.by_kind[kind][:most],
                    "number": len(found.by_kind[kind]),
                    "has_more": len(found.by_kind[kind]) > most,
                }
                for kind in kinds
                if kind in found.by_kind
            ],
        },
    )


def _place(typed: str, request: HttpRequest):
    """The place that was typed, if it is one: then people want to know who is responsible."""
    if not typed:
        return None
    answer = look_up(typed, on=request.on, snapshot=current(request.versions))
    is_one = answer.outcome in (Outcome.EXACT, Outcome.UNASSIGNED, Outcome.OUTSIDE)
    return answer.places[0] if is_one else None
