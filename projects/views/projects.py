"""The projects of agencies: running ones, and what finished ones have left."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from portal.public import public_page
from projects.undertakings import current


@public_page
def projects(request: HttpRequest) -> HttpResponse:
    every = current(request.versions)
    return render(
        request,
        "projects/project/list.html",
        {"running": every.running(request.on), "finished": every.finished(request.on)},
    )


@public_page
def project(request: HttpRequest, slug: str) -> HttpResponse:
    found = current(request.versions).project(slug)
    if found is None:
        raise Http404("no such project")
    return render(
        request,
        "projects/project/detail.html",
        {
            "project": found,
            "agency": found.agency,
            "is_finished": found.is_finished(request.on),
            "has_begun": found.has_begun(request.on),
        },
    )
