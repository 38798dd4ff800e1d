"""What agencies have published: a list, a page for each document, and its file."""

from itertools import groupby

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from contacts.document_filters import DocumentFilter
from contacts.documents import Documents, DocumentView, current
from portal.files import as_attachment
from portal.public import public_page
from portal.uploads import PDF


@public_page
def documents(request: HttpRequest) -> HttpResponse:
    filters = DocumentFilter(request.GET, documents=current(request.versions), on=request.on)
    found = filters.found()
    return render(
        request,
        "contacts/document/list.html",
        {
            "filters": filters,
            "number": len(found),
            "agencies": [(a, list(own)) for a, own in groupby(found, key=lambda d: d.agency)],
        },
    )


@public_page
def document(request: HttpRequest, slug: str) -> HttpResponse:
    every = current(request.versions)
    found = _document(every, slug)
    return render(
        request,
        "contacts/document/detail.html",
        {
            "document": found,
            "agency": found.agency,
            "is_current": found.is_current(request.on),
            "newer": every.next_of(found),
            "former": every.former_of(found),
        },
    )


@public_page
def document_file(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The file itself, to be saved: what a browser makes of it may do nothing here."""
    found = _document(current(request.versions), slug)
    if not found.file:
        raise Http404("no file here")
    try:
        content = default_storage.open(found.file)
    except FileNotFoundError as error:  # replaced a moment ago
        raise Http404("no such file") from error
    return as_attachment(content, name=found.file_name, content_type=PDF.content_type)


def _document(every: Documents, slug: str) -> DocumentView:
    found = every.document(slug)
    if found is None:
        raise Http404("no such document")
    return found
